import assert from "node:assert/strict";
import { test } from "node:test";
import { span } from "../src/format/time";
import { anchorClock, logNow, timeAt } from "../src/state/clock";
import { ageLabel, freshness } from "../src/ui/age";

const minute = 60_000;
const hour = 60 * minute;

test("a price in play goes stale sooner than one before the start", () => {
  assert.equal(freshness(59_000, "in"), "fresh");
  assert.equal(freshness(minute, "in"), "ageing");
  assert.equal(freshness(3 * minute, "in"), "stale");
  assert.equal(freshness(3 * minute, "pre"), "ageing");
  assert.equal(freshness(15 * minute, "pre"), "stale");
});

test("a price of a game that is over is closed, one without a time is unknown", () => {
  assert.equal(freshness(0, "post"), "closed");
  assert.equal(freshness(NaN, "cancelled"), "closed");
  assert.equal(freshness(NaN, "in"), "unknown");
});

test("the label says what the colour says", () => {
  assert.equal(ageLabel(12_000, "fresh"), "12s");
  assert.equal(ageLabel(2 * hour + 58 * minute, "stale"), "stale 2h");
  assert.equal(ageLabel(0, "closed"), "closed");
  assert.equal(ageLabel(NaN, "unknown"), "no time");
});

test("a span takes two units at most", () => {
  const cases: [number, string][] = [
    [-5, "0s"],
    [59_999, "59s"],
    [2 * hour, "2h"],
    [2 * hour + 5 * minute, "2h 5m"],
    [11 * hour + 5 * minute, "11h"],
    [32 * hour, "1d 8h"],
    [80 * hour, "3d"],
  ];
  for (const [milliseconds, words] of cases) assert.equal(span(milliseconds), words);
});

test("a log without records has no time yet", () => {
  anchorClock("", 1); // as the board of an empty log says
  assert.equal(logNow.value, 0);
  anchorClock("2026-03-01T10:00:00Z", 1);
  assert.equal(logNow.value, Date.parse("2026-03-01T10:00:00Z"));
});

test("the clock runs on at the log's speed, and rests after a recording's end", () => {
  const at = (speed: number, seconds: number) => timeAt({ log: 1_000, local: 0, speed }, seconds * 1_000) - 1_000;
  assert.equal(at(1, 30), 30_000);
  assert.equal(at(600, 30), 5 * hour);
  assert.equal(at(600, 3_600), 12 * hour);
  assert.equal(at(1, 24 * 3_600), 24 * hour);
  assert.equal(at(0, 30), 0);
});
