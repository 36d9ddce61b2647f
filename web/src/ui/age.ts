import { computed, type ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { briefSpan, span } from "../format/time";
import { logNow } from "../state/clock";
import type { GameState } from "../wire/types";

/**
 * How current a price is. A "closed" price belongs to a game that is over; an
 * "unknown" one carries no time, which is no reason to trust it.
 */
export type Freshness = "fresh" | "ageing" | "stale" | "closed" | "unknown";

interface Limits {
  ageing: number;
  stale: number;
}

// In play a market moves within seconds. Before the start the usual freshness
// gate of value tools is 15 minutes.
const inPlay: Limits = { ageing: 60_000, stale: 180_000 };
const beforeStart: Limits = { ageing: 60_000, stale: 900_000 };

/** Judges a price of this age in a game of this state. */
export function freshness(age: number, state: GameState): Freshness {
  if (state === "post" || state === "cancelled" || state === "abandoned") return "closed";
  if (!Number.isFinite(age)) return "unknown";
  const limits = state === "in" || state === "suspended" ? inPlay : beforeStart;
  if (age < limits.ageing) return "fresh";
  return age < limits.stale ? "ageing" : "stale";
}

/** The words beside a price: its age, and that it is stale where it is. */
export function ageLabel(age: number, level: Freshness): string {
  switch (level) {
    case "closed":
      return "closed";
    case "unknown":
      return "no time";
    case "stale":
      return "stale " + briefSpan(age);
    default:
      return span(age);
  }
}

/**
 * The freshness and label of a price as signals on the log's clock. Bound to
 * the DOM directly, they repaint a text or an attribute without rendering the
 * row again, and only when the words change.
 */
export function useAge(
  time: number,
  state: GameState,
): { level: ReadonlySignal<Freshness>; label: ReadonlySignal<string> } {
  return useMemo(() => {
    const level = computed(() => freshness(logNow.value - time, state));
    return { level, label: computed(() => ageLabel(logNow.value - time, level.value)) };
  }, [time, state]);
}
