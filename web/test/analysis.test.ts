import assert from "node:assert/strict";
import { test } from "node:test";
import { estimateWords, leaderOf, shortage } from "../src/fixture/estimates";
import { inputWords, modelName, parameterWords } from "../src/fixture/modelwords";
import type { BookMoves, Estimate, Follow } from "../src/wire/analysis";
import type { Fixture } from "../src/wire/types";

const digits = (x: number) => x.toFixed(2);

test("an estimate is written with its error, and one without a value as too little data", () => {
  assert.deepEqual(estimateWords({ value: 0.4, standard_error: 0.1, n: 20 }, digits, digits), { value: "0.40", sure: "±0.10" });
  assert.deepEqual(estimateWords({ value: 0, n: 20 }, digits, digits), { value: "0.00", sure: "" });
  assert.deepEqual(estimateWords({ value: null, n: 3, need: 5 }, digits, digits), { value: null, sure: "" });
  assert.equal(shortage({ value: null, n: 3, need: 5 }), "not enough data (3/5)");
  assert.equal(shortage({ value: null, n: 3 }), "not enough data");
});

const none: Estimate = { value: null, n: 0, need: 5 };
const book = (name: string, firsts: Estimate): BookMoves => ({
  book: name,
  net_move: none,
  line_moves: 0,
  volatility: none,
  first_moves: firsts,
  arrival: null,
});
const follow = (leader: string, n: number): Follow => ({
  leader,
  follower: "x",
  median_s: { value: null, n, need: 5 },
  lower_s: null,
  upper_s: null,
  never: 0,
});

test("the leader began most waves, or where nobody knows has been followed most", () => {
  const share = (value: number): Estimate => ({ value, n: 10 });
  const books = [book("a", share(0.2)), book("b", share(0.5)), book("c", share(0.9))];
  assert.equal(leaderOf({ books, follows: [follow("a", 1), follow("b", 0)] }), "b", "c leads nobody");
  const unknown = [book("a", none), book("b", none)];
  assert.equal(leaderOf({ books: unknown, follows: [follow("a", 1), follow("b", 4)] }), "b");
  assert.equal(leaderOf({ books: [], follows: [] }), undefined);
});

const fixture = { home: { id: "h", name: "Buffalo Bills", short: "Bills" }, away: { id: "a", name: "Miami Dolphins" } } as Fixture;

test("what a model rests on is said in words", () => {
  assert.equal(inputWords({ name: "home", value: 0.521, market: "spreads", line: -3.5, books: 8 }, fixture), "Bills −3.5 52.1% (8 books)");
  assert.equal(inputWords({ name: "sigma", value: 13.2 }, fixture), "a standard deviation of 13.2");
  assert.equal(inputWords({ name: "lead", value: -3 }, fixture), "a lead of −3 for Bills");
  assert.equal(inputWords({ name: "share_left", value: 0.25 }, fixture), "25.0% of the game left");
  assert.equal(inputWords({ name: "home_score", value: 2 }, fixture), "home score 2");
  assert.equal(parameterWords({ name: "mean_margin", value: 3.14 }), "expected margin of home +3.1");
  assert.equal(parameterWords({ name: "away_goals", value: 0.934 }), "away goals 0.93");
  assert.equal(modelName("brownian"), "Brownian motion, in the game");
  assert.equal(modelName("new_one"), "new one");
});
