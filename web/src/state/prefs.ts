import { effect, signal } from "@preact/signals";
import { isOddsFormat, type OddsFormat } from "../format/odds";
import type { StateFilter } from "../board/groups";

export type Theme = "system" | "light" | "dark";

const query = new URLSearchParams(location.search);

/** How prices are written. The address wins over what this browser remembers, so a link shows what its sender saw. */
export const oddsFormat = signal<OddsFormat>(
  [query.get("odds"), remembered("odds")].find(isOddsFormat) ?? "decimal",
);

export const theme = signal<Theme>((remembered("theme") as Theme | null) ?? "system");

// A calculator's question may name a league too.
const leagues = location.pathname.startsWith("/tools") ? null : query.get("league");

/** The leagues that board and signals show. An empty set is all of them. */
export const leagueFilter = signal<readonly string[]>(leagues?.split(",").filter(Boolean) ?? []);

/** What the board shows. */
export const stateFilter = signal<StateFilter>((query.get("state") as StateFilter | null) ?? "all");
export const search = signal(query.get("q") ?? "");

/** Which signals are shown: those that are there, those that were, or those that a guard refused. */
export type SignalTab = "open" | "closed" | "dropped";
export const signalTab = signal<SignalTab>(
  (["closed", "dropped"] as const).find((tab) => tab === query.get("tab")) ?? "open",
);
export const ruleFilter = signal<readonly string[]>(query.get("rule")?.split(",").filter(Boolean) ?? []);

/** The market that a narrow screen shows; a wide one shows all three. */
export const narrowMarket = signal("h2h");

/** Keeps the browser's memory in step with the signals above. */
export function keepPreferences(): void {
  effect(() => remember("odds", oddsFormat.value));
  effect(() => remember("theme", theme.value));
}

// A browser may forbid storage: then nothing is remembered and all else works.

function remembered(key: string): string | null {
  try {
    return localStorage.getItem("betflow." + key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem("betflow." + key, value);
  } catch {
    return;
  }
}
