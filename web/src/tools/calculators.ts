import type { ComponentType } from "preact";
import type { Form } from "./form";
import { ArbAnswer, HedgeAnswer, MiddleAnswer } from "./staking";
import { ConvertAnswer, FairAnswer } from "./prices";
import { ClvAnswer, KellyAnswer, LayAnswer } from "./bets";

export interface Calculator extends Form {
  id: string;
  name: string;
  about: string;
  /** The API's path below /api/v1/tools. */
  path: string;
  // Each calculator's answer is its own; what binds the two is the path.
  Answer: ComponentType<{ answer: any }>;
}

const formats = [
  { value: "", label: "told by their looks" },
  { value: "decimal", label: "decimal" },
  { value: "american", label: "American" },
  { value: "fractional", label: "fractional" },
  { value: "hongkong", label: "Hong Kong" },
  { value: "malay", label: "Malay" },
  { value: "indonesian", label: "Indonesian" },
  { value: "probability", label: "probability" },
];

const methods = [
  { value: "", label: "power, the default" },
  ...["multiplicative", "additive", "shin", "oddsratio", "probit", "balanced", "goto", "jsd"].map((name) => ({
    value: name,
    label: name,
  })),
];

const prices = { name: "prices", label: "Price" };
const written = { name: "format", label: "Prices are written", kind: "choice", options: formats } as const;
const stake = { name: "stake", label: "Stake in total", kind: "text", placeholder: "1000" } as const;
const round = { name: "round", label: "Round stakes to", kind: "text", placeholder: "0.01" } as const;

/** The calculators in the order of the page. Each asks the API that the command of its name prints with --json. */
export const calculators: readonly Calculator[] = [
  {
    id: "convert",
    name: "Convert",
    about: "A price in every format, exact.",
    path: "convert",
    columns: [prices],
    fields: [{ ...written, name: "from" }],
    example: "prices=2.75,-110,7/4,55%",
    Answer: ConvertAnswer,
  },
  {
    id: "fair",
    name: "Fair",
    about: "A book's prices without its margin, by every method side by side. Where the methods differ, nobody knows.",
    path: "fair/methods",
    columns: [prices],
    fields: [written, { name: "winners", label: "Winners", kind: "text", placeholder: "1", hint: "2 for a place in the top two" }],
    example: "prices=2.60,2.40,4.30",
    Answer: FairAnswer,
  },
  {
    id: "arb",
    name: "Arbitrage",
    about: "Whether the best prices of all outcomes cross, and what to stake on each.",
    path: "arb",
    columns: [prices, { name: "commission", label: "Commission", blank: "0" }],
    fields: [written, stake, round],
    example: "prices=2.10,2.05&stake=1000&round=5",
    Answer: ArbAnswer,
  },
  {
    id: "hedge",
    name: "Hedge",
    about: "What to stake on all other outcomes, so that an open bet has the same result whatever comes.",
    path: "hedge",
    columns: [{ ...prices, label: "Price of another outcome" }],
    fields: [{ name: "bet", label: "Open bet", kind: "bet" }, written, round],
    example: "prices=2.50,3.50&bet=25@6.00",
    Answer: HedgeAnswer,
  },
  {
    id: "middle",
    name: "Middle",
    about: "Two bets at different lines, which both win if the result lands between them.",
    path: "middle",
    columns: [prices],
    rows: ["Over the lower line", "Under the higher line"],
    fields: [
      written,
      { name: "probability", label: "Chance to land between", kind: "text", placeholder: "6%" },
      stake,
      round,
    ],
    example: "prices=-110,-110&probability=6%25&stake=220",
    Answer: MiddleAnswer,
  },
  {
    id: "lay",
    name: "Lay",
    about: "The lay bet on an exchange that gives a back bet the same result whatever comes.",
    path: "lay",
    columns: [],
    fields: [
      { name: "bet", label: "Back bet", kind: "bet" },
      { name: "price", label: "Lay price", kind: "text" },
      { name: "commission", label: "Commission", kind: "text", placeholder: "0" },
      { name: "free", label: "The back bet is free: its stake is not returned", kind: "check" },
      written,
    ],
    example: "bet=10@5.00&price=5.20&commission=2%25",
    Answer: LayAnswer,
  },
  {
    id: "kelly",
    name: "Kelly",
    about: "Which share of a bankroll makes it grow fastest: on one bet, or on several outcomes of one market at once.",
    path: "kelly",
    columns: [prices, { name: "probabilities", label: "Probability" }],
    fields: [
      { name: "fraction", label: "Fraction of Kelly", kind: "text", placeholder: "1", hint: "a quarter forgives an estimate that is off" },
      { name: "bankroll", label: "Bankroll", kind: "text", placeholder: "1000" },
      round,
      written,
    ],
    example: "prices=2.10,3.60&probabilities=50%25,30%25&fraction=0.25&bankroll=1000",
    Answer: KellyAnswer,
  },
  {
    id: "clv",
    name: "CLV",
    about: "Closing line value: how a bet's price compares with the market's last word.",
    path: "clv",
    columns: [{ name: "closing", label: "Closing price" }],
    first: "The bet's",
    fields: [
      { name: "price", label: "The bet's price", kind: "text" },
      { name: "method", label: "Margin taken out by", kind: "choice", options: methods },
      written,
      { name: "line", label: "The bet's line", kind: "text", placeholder: "none", hint: "a handicap of its own side, or a total" },
      { name: "closing_line", label: "Closing line", kind: "text", placeholder: "none" },
      {
        name: "side",
        label: "Bet on",
        kind: "choice",
        options: [
          { value: "", label: "a spread" },
          { value: "over", label: "over" },
          { value: "under", label: "under" },
        ],
      },
      { name: "league", label: "League", kind: "text", placeholder: "nfl", hint: "whose results say what a point is worth" },
    ],
    example: "closing=2.05,1.85&price=2.25",
    Answer: ClvAnswer,
  },
];
