import assert from "node:assert/strict";
import { test } from "node:test";
import { calculatorHref, detailSentence, reasonName, rules, standing, subject, valueWords } from "../src/format/signals";
import { BoardState } from "../src/state/board";
import { OpenSignals } from "../src/state/signals";
import { leftOutWords } from "../src/format/words";
import type { Fixture, LeftOut, SignalLeg, SignalRecord } from "../src/wire/types";

const record = (id: string, more: Partial<SignalRecord> = {}): SignalRecord => ({
  signal_id: id,
  rule: "value",
  state: "open",
  fixture_id: "f1",
  league: "nhl",
  market: "h2h",
  outcome: "home",
  book: "bovada",
  value: 0.031,
  unit: "return",
  books: 5,
  method: "power",
  opened_time: "2026-03-01T10:00:00Z",
  seen_time: "2026-03-01T10:00:00Z",
  ...more,
});

const leg = (more: Partial<SignalLeg>): SignalLeg => ({
  outcome: "away",
  line: -3.5,
  book: "bovada",
  price: 2,
  event_time: "2026-03-01T10:00:00Z",
  stake: 0,
  ...more,
});

const fixture = { home: { id: "h", name: "Buffalo Bills", short: "Bills" }, away: { id: "a", name: "Miami Dolphins", short: "Dolphins" } } as Fixture;

test("a signal opens, changes in its place and goes when it closes", () => {
  const open = new OpenSignals();
  open.replace([record("a"), record("b", { opened_time: "2026-03-01T11:00:00Z", fixture_id: "f2" })]);
  assert.deepEqual(open.ids.value, ["b", "a"]);
  const before = open.index.value;
  open.apply([record("a", { state: "update", value: 0.05 })]);
  assert.equal(open.index.value, before, "an update moves no row");
  assert.equal(open.index.value.get("a")?.value.value, 0.05);
  open.apply([record("b", { state: "close" }), record("c"), record("x", { state: "dropped" })]);
  assert.deepEqual(open.ids.value, ["a", "c"]);
  assert.deepEqual([...open.byFixture.value], [["f1", ["a", "c"]]]);
  open.replace([]);
  assert.equal(open.ids.value.length, 0);
});

test("a signal that opens and closes in one delta leaves nothing", () => {
  const open = new OpenSignals();
  open.apply([record("a"), record("a", { state: "update", value: 1 }), record("a", { state: "close" })]);
  assert.equal(open.index.value.size, 0);
});

test("the board's frames carry the signals, and an old delta is no news", () => {
  const board = new BoardState();
  const frame = { seq: 5, now: "2026-03-01T10:00:00Z" };
  board.replace({ ...frame, epoch: "one", mode: { source: "simulator", speed: 1 }, leagues: [], fixtures: [], signals: [record("a")] });
  board.apply({ ...frame, signals: [record("a", { state: "close" })] });
  assert.equal(board.signals.index.value.size, 1);
  board.apply({ ...frame, seq: 6, signals: [record("a", { state: "close" })] });
  assert.equal(board.signals.index.value.size, 0);
});

test("a value is written in its unit", () => {
  const cases: [SignalRecord["unit"], number, string, string][] = [
    ["return", 0.031, "+3.1%", "return"],
    ["hold", 0.0018, "0.18%", "hold"],
    ["probability", -0.024, "−2.4%", "probability"],
    ["points", 1.5, "+1.5", "points"],
    ["points", -2, "−2", "points"],
    ["share", 0.0724, "7.2%", "fall"],
    ["mads", 7.43, "7.4", "MADs"],
  ];
  for (const [unit, value, ...words] of cases) assert.deepEqual(valueWords({ unit, value }), words);
});

test("a signal names its market and side as the board does", () => {
  const cases: [Partial<SignalRecord>, string][] = [
    [{}, "Moneyline: Bills"],
    [{ market: "spreads", outcome: "away", line: -3.5 }, "Spread: Dolphins +3.5"],
    [{ market: "totals", outcome: "over", line: 44.5 }, "Total: Over 44.5"],
    [{ market: "totals", outcome: "", line: 44.5 }, "Total 44.5"],
    [{ market: "totals", outcome: "", line: null }, "Total"],
  ];
  for (const [more, words] of cases) assert.equal(subject(record("a", more), fixture), words);
  assert.equal(subject(record("a"), undefined), "Moneyline: home");
});

test("a leg tells where its book stands, if that matters", () => {
  assert.equal(standing(leg({}), record("a")), "");
  assert.equal(standing(leg({ position: 0.524, reference: 0.501 }), record("a", { rule: "drop", unit: "share" })), "50.1% → 52.4%");
  assert.equal(standing(leg({ position: 0.48, reference: 0.512 }), record("a", { rule: "outlier", unit: "mads" })), "48.0% v 51.2%");
  assert.equal(standing(leg({ position: -0.5, reference: 1.0004 }), record("a", { rule: "steam", unit: "points" })), "1 → −0.5");
});

test("a signal's prices open the calculator that fits", () => {
  const legs = [leg({ price: 2.1 }), leg({ price: 2.05 })];
  assert.equal(calculatorHref({ rule: "arbitrage", legs }), "/tools/arb?prices=2.1,2.05&stake=1000");
  assert.equal(calculatorHref({ rule: "middle", legs, fair: 0.05812 }), "/tools/middle?prices=2.1,2.05&probability=0.0581");
  assert.equal(calculatorHref({ rule: "value", legs: [legs[0]], fair: 0.5 }), "/tools/kelly?prices=2.1&probabilities=0.5000");
  assert.equal(calculatorHref({ rule: "steam", legs }), undefined);
});

test("every rule and reason has words, a new one its own", () => {
  assert.equal(rules.length, 9);
  assert.equal(reasonName("few_books"), "Too few books");
  assert.equal(reasonName("no_such_guard"), "No such guard");
  assert.equal(reasonName(""), "No reason given");
  assert.equal(detailSentence({ detail: "the game began 5s ago" }), "The game began 5s ago.");
  assert.equal(detailSentence({ detail: "" }), "");
});

test("why a book is not in the consensus is said, also for a reason that is new", () => {
  assert.equal(leftOutWords({ book: "bovada", reason: "outlier" }), "far from the others");
  assert.equal(leftOutWords({ book: "bovada", reason: "whim" as LeftOut["reason"] }), "whim");
});
