import assert from "node:assert/strict";
import { test } from "node:test";
import { candlesOf, lastRevisions } from "../src/fixture/windowrows";
import type { WindowRow } from "../src/wire/types";

const row = (start: string, end: string, revision: number, last: number): WindowRow => ({
  window_start: `2026-03-01T${start}:00Z`,
  window_end: `2026-03-01T${end}:00Z`,
  revision,
  count: 1,
  first: 2,
  last,
  min: 1.8,
  max: 2.2,
  mean: 2,
});

test("the last revision of a window counts, in whatever order they come", () => {
  const rows = lastRevisions([row("10:10", "10:20", 0, 2), row("10:00", "10:10", 1, 2.1), row("10:00", "10:10", 0, 2)]);
  assert.deepEqual(
    rows.map(({ window_start, revision }) => [window_start.slice(11, 16), revision]),
    [
      ["10:00", 1],
      ["10:10", 0],
    ],
  );
});

test("windows in which nothing changed keep their place on the axis", () => {
  const candles = candlesOf([row("10:00", "10:10", 0, 2.1), row("10:30", "10:40", 0, 1.9)]);
  const begin = Date.parse("2026-03-01T10:00:00Z") / 1000;
  assert.deepEqual(
    candles.map(({ time }) => (time as number) - begin),
    [0, 600, 1200, 1800],
  );
  assert.deepEqual(candles[0], { time: begin, open: 2, high: 2.2, low: 1.8, close: 2.1 });
  assert.deepEqual(Object.keys(candles[1]), ["time"]);
});
