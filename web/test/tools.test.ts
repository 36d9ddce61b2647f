import assert from "node:assert/strict";
import { test } from "node:test";
import { money, result } from "../src/format/money";
import { inputsOf, placeOf, queryOf, rowsOf, withCells, withField, type Form } from "../src/tools/form";

const form: Form = {
  columns: [
    { name: "prices", label: "Price" },
    { name: "commission", label: "Commission", blank: "0" },
  ],
  fields: [
    { name: "bet", label: "Bet", kind: "bet" },
    { name: "stake", label: "Stake", kind: "text" },
    { name: "fraction", label: "Fraction", kind: "text" },
  ],
  example: "prices=2.1,2.05&stake=1000",
};

test("a question and its query are the same thing", () => {
  for (const query of ["prices=2.1,2.05&stake=1000", "prices=+170,-110,7/4&commission=0,2%25,0&bet=25@6.00&stake=5", "bet=25@6.00", ""]) {
    assert.equal(queryOf(form, inputsOf(form, query)), query);
  }
});

test("a plus stands for itself, however it is written", () => {
  for (const query of ["prices=+170,-110", "prices=%2B170%2C-110"]) {
    assert.deepEqual(inputsOf(form, query).columns.prices, ["+170", "-110"]);
  }
});

test("what the form does not know is no question", () => {
  assert.equal(queryOf(form, inputsOf(form, "odds=american&league=nhl")), "");
});

test("rows that are blank are left out, and a blank beside others means what its column says", () => {
  let inputs = inputsOf(form, "");
  inputs = withCells(inputs, "prices", 0, ["2.1", " ", "2.2 "]);
  inputs = withCells(inputs, "commission", 2, ["5%"]);
  assert.equal(queryOf(form, inputs), "prices=2.1,2.2&commission=0,5%25");
  assert.deepEqual(rowsOf(form, inputs), [
    ["2.1", ""],
    ["", ""],
    ["2.2", "5%"],
  ]);
});

test("a pasted list fills the rows below, and a cleared end shortens the table", () => {
  let inputs = withCells(inputsOf(form, "prices=1.5,3,4"), "prices", 1, ["2", "7/2", "+900"]);
  assert.deepEqual(inputs.columns.prices, ["1.5", "2", "7/2", "+900"]);
  inputs = withCells(inputs, "prices", 3, [""]);
  assert.equal(rowsOf(form, inputs).length, 3);
});

test("the rows of a form that names them are as many", () => {
  assert.equal(rowsOf({ ...form, rows: ["Over", "Under"] }, inputsOf(form, "")).length, 2);
});

test("an error finds the input that it is about", () => {
  const inputs = withField(inputsOf(form, "prices=2.1,x,x5&commission=0,2,0&stake=-5&bet=25@1"), "fraction", "2");
  const cases: [string, unknown][] = [
    ['price "x" is impossible: it is not a number', { name: "prices", row: 1 }],
    ['commission "2" does not lie between 0 and 1; 5% and 0.05 are the same', { name: "commission", row: 1 }],
    ['fraction "2" does not lie between 0 and 1; 5% and 0.05 are the same', { name: "fraction" }],
    ['amount "-5" is not a number above zero with at most two decimals', { name: "stake" }],
    ['price "1" is impossible: a decimal price is above 1', { name: "bet" }],
    ["a stake is finite and above zero, and a step no larger than the total", { name: "stake" }],
    ["a market needs a price for each of at least two outcomes", undefined],
    ["The server does not answer.", undefined],
  ];
  for (const [message, place] of cases) assert.deepEqual(placeOf(message, form, inputs), place, message);
});

test("amounts have two decimals, and results their sign", () => {
  assert.equal(money(1234.5), "1,234.50");
  assert.equal(result(12), "+12.00");
  assert.equal(result(-0.4), "−0.40");
  assert.equal(result(0), "0.00");
  assert.equal(money(undefined), "–");
});
