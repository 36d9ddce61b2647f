import assert from "node:assert/strict";
import { test } from "node:test";
import { groupOf } from "../src/board/groups";
import { BoardState } from "../src/state/board";
import type { Board, Delta, Fixture, GameState } from "../src/wire/types";

const start = "2026-03-01T20:00:00Z";

const fixture = (id: string, more: Partial<Fixture> = {}): Fixture => ({
  fixture_id: id,
  league: "nhl",
  start_time: start,
  home: { id: "h", name: "Home of " + id },
  away: { id: "a", name: "Away of " + id },
  state: "pre",
  ...more,
});

const snapshot = (epoch: string, seq: number, ...fixtures: Fixture[]): Board => ({
  epoch,
  seq,
  now: start,
  mode: { source: "simulator", speed: 1 },
  leagues: [],
  fixtures,
});

const delta = (seq: number, fixtures: Fixture[], removed: string[] = []): Delta => ({ seq, now: start, fixtures, removed });

const ids = (board: BoardState) => [...board.index.value.keys()].sort();

test("a delta adds, changes and removes", () => {
  const board = new BoardState();
  board.replace(snapshot("one", 5, fixture("a"), fixture("b")));
  board.apply(delta(6, [fixture("a", { state: "in" }), fixture("c")], ["b"]));
  assert.deepEqual(ids(board), ["a", "c"]);
  assert.equal(board.index.value.get("a")?.state, "in");
  assert.equal(board.fixture("a")?.value.state, "in");
  assert.equal(board.fixture("b"), undefined);
  assert.equal(board.seq, 6);
});

test("a delta that the board holds already changes nothing", () => {
  const board = new BoardState();
  board.replace(snapshot("one", 5, fixture("a", { state: "in" })));
  board.apply(delta(5, [fixture("a")], []));
  board.apply(delta(4, [], ["a"]));
  assert.equal(board.fixture("a")?.value.state, "in");
  assert.equal(board.seq, 5);
});

test("a change that moves no row leaves the index alone", () => {
  const board = new BoardState();
  board.replace(snapshot("one", 1, fixture("a")));
  const before = board.index.value;
  board.apply(delta(2, [fixture("a", { clock: "10:00" })]));
  assert.equal(board.index.value, before);
  assert.equal(board.fixture("a")?.value.clock, "10:00");
});

test("a snapshot of another run drops what it lacks and begins its count anew", () => {
  const board = new BoardState();
  board.replace(snapshot("one", 900, fixture("a"), fixture("b")));
  board.replace(snapshot("two", 3, fixture("b")));
  assert.deepEqual(ids(board), ["b"]);
  assert.equal(board.epoch, "two");
  board.apply(delta(4, [fixture("c")]));
  assert.deepEqual(ids(board), ["b", "c"]);
});

test("a fixture without names is shown once it has them", () => {
  const board = new BoardState();
  const nameless = fixture("a", { home: { id: "", name: "" }, away: { id: "", name: "" } });
  board.replace(snapshot("one", 1, nameless));
  assert.deepEqual(ids(board), []);
  board.apply(delta(2, [fixture("a")]));
  assert.deepEqual(ids(board), ["a"]);
});

test("every state has its group, and time moves a game without a score", () => {
  const at = Date.parse(start);
  const group = (state: GameState, minutes: number) => groupOf({ state, start: at }, at + minutes * 60_000).id;
  assert.equal(group("pre", -1), "upcoming");
  assert.equal(group("pre", 4), "upcoming");
  assert.equal(group("pre", 6), "started");
  assert.equal(group("delayed", 60), "upcoming");
  assert.equal(group("in", 10), "playing");
  assert.equal(group("suspended", 10), "playing");
  assert.equal(group("post", 200), "finished");
  for (const state of ["postponed", "cancelled", "abandoned"] as const) assert.equal(group(state, 0), "off");
});
