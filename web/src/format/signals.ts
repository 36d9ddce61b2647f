import { percent, signed, signedPercent } from "./odds";
import { marketName, outcomeLine, outcomeName } from "./words";
import type { Fixture, Rule, SignalLeg, SignalRecord } from "../wire/types";

/** The rules in the order of the page, with what each says. */
export const rules: readonly { id: Rule; name: string; about: string }[] = [
  { id: "arbitrage", name: "Arbitrage", about: "the best prices of all outcomes return more than they cost" },
  { id: "middle", name: "Middle", about: "two lines so far apart that both bets win in between" },
  { id: "low_hold", name: "Low hold", about: "the best prices of all outcomes have almost no hold" },
  { id: "value", name: "Value", about: "a price is worth more by the other books' consensus than it costs" },
  { id: "steam", name: "Steam", about: "several books move the same way within minutes" },
  { id: "drop", name: "Drop", about: "a book's fair price falls within minutes" },
  { id: "reverse_move", name: "Reverse move", about: "a line moves against most of the bets" },
  { id: "stale_line", name: "Stale line", about: "a book confirms its price while the others have moved on" },
  { id: "outlier", name: "Outlier", about: "a book stands far from the others" },
];

export const ruleOf = (id: string) => rules.find((rule) => rule.id === id) ?? { id, name: id.replaceAll("_", " "), about: "" };

/** A signal's value in its unit, and the unit's name. */
export function valueWords({ value, unit }: Pick<SignalRecord, "value" | "unit">): [value: string, unit: string] {
  switch (unit) {
    case "return":
      return [signedPercent(value), "return"];
    case "hold":
      return [percent(value, 2), "hold"];
    case "probability":
      return [signedPercent(value), "probability"];
    case "points":
      return [signed(value, Number.isInteger(value) ? 0 : 1), "points"];
    case "share":
      return [percent(value), "fall"];
    case "mads":
      return [value.toFixed(1), "MADs"];
  }
}

const reasons: Record<string, string> = {
  stale: "Price too old",
  spread: "Prices not of one time",
  outlier: "Book apart from all others",
  one_sided: "One side only",
  own_prices: "One book's own prices",
  few_books: "Too few books",
  implausible: "Too good to be true",
  sharp_margin: "No sharp opinion",
  in_play: "Game has begun",
  cooldown: "Only just ended",
  ended: "Value is gone",
  withdrawn: "Price withdrawn",
  reversed: "Moved back",
  followed: "The book has followed",
  gone: "Fixture left the board",
};

/** Why a signal closed, or why a candidate was none. */
export function reasonName(reason: string | null | undefined): string {
  if (!reason) return "No reason given";
  const words = reason.replaceAll("_", " ");
  return reasons[reason] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The sentence with the numbers behind a reason. */
export function detailSentence({ detail }: Pick<SignalRecord, "detail">): string {
  if (!detail) return "";
  return detail.charAt(0).toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? "" : ".");
}

/** What a signal is about: its market and, where it takes one, the side. */
export function subject(record: SignalRecord, fixture: Fixture | undefined, sport?: string): string {
  const market = marketName(record.market, sport);
  const line = outcomeLine(record.market, record.outcome || "home", record.line);
  if (record.outcome === "") return [market, line].filter(Boolean).join(" ");
  return `${market}: ${[sideName(record.outcome, fixture), line].filter(Boolean).join(" ")}`;
}

/** The name of a side, where the fixture is known its team's. */
export const sideName = (outcome: string, fixture: Fixture | undefined) => (fixture ? outcomeName(outcome, fixture) : outcome);

/**
 * Where a leg's book stands: "50.1% → 52.4%" for one that moved, "48.0% v 51.2%"
 * for one that is held against the others. Empty where that does not matter.
 */
export function standing({ position, reference }: SignalLeg, { rule, unit }: Pick<SignalRecord, "rule" | "unit">): string {
  if (position == null) return "";
  const write = (value: number) => (unit === "points" ? String(Number(value.toFixed(1))).replace("-", "−") : percent(value));
  if (reference == null) return write(position);
  return rule === "stale_line" || rule === "outlier"
    ? `${write(position)} v ${write(reference)}`
    : `${write(reference)} → ${write(position)}`;
}

/** The calculator with the signal's prices in it, where there is something to calculate. */
export function calculatorHref({ rule, legs, fair }: Pick<SignalRecord, "rule" | "legs" | "fair">): string | undefined {
  const prices = (legs ?? []).map(({ price }) => price).join(",");
  switch (rule) {
    case "arbitrage":
    case "low_hold":
      return `/tools/arb?prices=${prices}&stake=1000`;
    case "middle":
      return `/tools/middle?prices=${prices}` + (fair == null ? "" : `&probability=${fair.toFixed(4)}`);
    case "value":
      return fair == null ? undefined : `/tools/kelly?prices=${prices}&probabilities=${fair.toFixed(4)}`;
    default:
      return undefined;
  }
}
