import type { Entry } from "../state/board";
import type { GameState } from "../wire/types";

/** The groups that a reader may choose. */
export type StateFilter = "all" | "playing" | "upcoming" | "finished" | "off";

export interface Group {
  id: string;
  name: string;
  /** The filter that keeps the group. */
  filter: StateFilter;
  holds: (state: GameState, started: boolean) => boolean;
}

/** The board's groups in the order of their urgency. Each fixture is in exactly one. */
export const groups: readonly Group[] = [
  { id: "playing", name: "In play", filter: "playing", holds: (state) => state === "in" || state === "suspended" },
  {
    id: "started",
    name: "Start time passed, no score",
    filter: "playing",
    holds: (state, started) => state === "pre" && started,
  },
  {
    id: "upcoming",
    name: "Upcoming",
    filter: "upcoming",
    holds: (state, started) => (state === "pre" && !started) || state === "delayed",
  },
  { id: "finished", name: "Finished", filter: "finished", holds: (state) => state === "post" },
  {
    id: "off",
    name: "Called off",
    filter: "off",
    holds: (state) => state === "postponed" || state === "cancelled" || state === "abandoned",
  },
];

/** How long after its start a game that no source calls running is still about to begin. */
const startGrace = 5 * 60_000;

/** The group a fixture belongs to at a time of the log. */
export function groupOf(entry: Pick<Entry, "state" | "start">, now: number): Group {
  const started = now - entry.start > startGrace;
  return groups.find((group) => group.holds(entry.state, started)) ?? groups[groups.length - 1];
}
