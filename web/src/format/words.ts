import { handicap } from "./odds";
import type { Fixture, League, LeftOut, Market, Side } from "../wire/types";

const marketNames: Record<string, string> = {
  h2h: "Moneyline",
  spreads: "Spread",
  totals: "Total",
  team_totals: "Team total",
  outrights: "Outright",
  btts: "Both teams score",
};

/** The name of a market for people. */
export function marketName(market: string, sport?: string): string {
  if (market === "h2h" && sport === "soccer") return "Match result";
  if (market === "spreads" && sport === "soccer") return "Handicap";
  return marketNames[market] ?? market.replaceAll("_", " ");
}

/** The shortest name that still tells the team. */
export const shortName = (side: Side) => side.short || side.name;

/** The name of an outcome in this fixture. */
export function outcomeName(outcome: string, fixture: Fixture): string {
  switch (outcome) {
    case "home":
      return shortName(fixture.home);
    case "away":
      return shortName(fixture.away);
    case "draw":
      return "Draw";
    case "over":
      return "Over";
    case "under":
      return "Under";
    default:
      return outcome;
  }
}

/**
 * The line as an outcome's backer reads it. The data keeps home's handicap on
 * both sides of a spread; away's is its negative.
 */
export function outcomeLine(market: string, outcome: string, line: number | null | undefined): string {
  if (line == null) return "";
  if (market === "spreads") return handicap(outcome === "away" ? -line : line);
  return String(line);
}

/** Which side is written first: American sports name the visitor first, soccer the host. */
export function sideOrder(league: League | undefined): readonly ["home" | "away", "home" | "away"] {
  return league?.sport === "soccer" ? ["home", "away"] : ["away", "home"];
}

/** The title of a fixture in its league's manner. */
export function title(fixture: Fixture, league: League | undefined): string {
  return league?.sport === "soccer"
    ? `${fixture.home.name} v ${fixture.away.name}`
    : `${fixture.away.name} at ${fixture.home.name}`;
}

/** The part of the game that a market or quote is about. */
export const periodOf = (market: Pick<Market, "period">) => market.period ?? "full";

/** A value that tells one market, period and line of a fixture from the others. */
export const marketKey = (market: Pick<Market, "market" | "period" | "line">) =>
  `${market.market}|${periodOf(market)}|${market.line ?? ""}`;

const leftOutReasons: Record<LeftOut["reason"], string> = {
  incomplete: "lacks an outcome",
  crossed: "its own prices cross",
  stale: "too old",
  outlier: "far from the others",
  untrusted: "has no weight",
};

/** Why a book is not in the consensus. */
export const leftOutWords = ({ reason }: LeftOut) => leftOutReasons[reason] ?? reason;
