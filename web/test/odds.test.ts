import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPrice, handicap, percent, signedPercent } from "../src/format/odds";

test("a price is written in every format", () => {
  const cases: [number, string, string, string, string][] = [
    // decimal, then as decimal, American, fractional, probability
    [1.909090909, "1.909", "−110", "10/11", "52.4%"],
    [1.5, "1.50", "−200", "1/2", "66.7%"],
    [2, "2.00", "+100", "1/1", "50.0%"],
    [3.5, "3.50", "+250", "5/2", "28.6%"],
    [26, "26.0", "+2500", "25/1", "3.8%"],
    [501, "501", "+50000", "500/1", "0.2%"],
    [1.001, "1.001", "−100000", "1/1000", "99.9%"],
  ];
  for (const [price, decimal, american, fractional, probability] of cases) {
    assert.equal(formatPrice(price, "decimal"), decimal);
    assert.equal(formatPrice(price, "american"), american);
    assert.equal(formatPrice(price, "fractional"), fractional);
    assert.equal(formatPrice(price, "probability"), probability);
  }
});

test("what is no price is a dash", () => {
  for (const price of [null, undefined, 1, 0, -2, NaN]) assert.equal(formatPrice(price, "decimal"), "–");
  assert.equal(percent(NaN), "–");
  assert.equal(signedPercent(null), "–");
});

test("signs are written out", () => {
  assert.equal(signedPercent(-0.013), "−1.3%");
  assert.equal(signedPercent(0.013), "+1.3%");
  assert.deepEqual([0.0004, -0.0004].map((p) => signedPercent(p)), ["±0.0%", "±0.0%"]);
  assert.equal(percent(-0.0123, 2), "−1.23%");
  assert.deepEqual([-3.5, 0, 3.5].map(handicap), ["−3.5", "0", "+3.5"]);
});
