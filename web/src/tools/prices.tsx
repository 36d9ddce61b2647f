import { formatPrice, percent } from "../format/odds";
import { oddsFormat } from "../state/prefs";
import type { Comparison, Conversions, MethodAnswer } from "../wire/tools";
import { Facts, Numbers, Verdict } from "./parts";

const names: readonly [format: string, name: string][] = [
  ["decimal", "Decimal"],
  ["american", "American"],
  ["fractional", "Fractional"],
  ["hongkong", "Hong Kong"],
  ["malay", "Malay"],
  ["indonesian", "Indonesian"],
  ["probability", "Probability"],
];

export function ConvertAnswer({ answer }: { answer: Conversions }) {
  return (
    <>
      <Numbers
        heads={["Written", "read as", ...names.map(([, name]) => name)]}
        rows={answer.prices.map(({ text, format, formats }) => [
          text,
          format,
          ...names.map(([id]) => <span title={formats[id]}>{sixDigits(formats[id])}</span>),
        ])}
      />
      <p class="explain">
        Cut to six digits; a tooltip holds as many as identify the price. A probability is the price's own, 1/price, with
        the book's margin in it.
      </p>
    </>
  );
}

/** Shortens the number in a price, and leaves a fraction whole. */
export function sixDigits(price: string): string {
  return price.replace(/^([+-]?)(\d+\.\d+)(%?)$/, (_, sign, digits, unit) => sign + Number(Number(digits).toPrecision(6)) + unit).replace("-", "−");
}

const statusWords: Record<MethodAnswer["status"], string> = {
  ok: "",
  problematic: "a probability is not between 0 and 1",
  underround: "prices pay out more than they take in",
};

export function FairAnswer({ answer }: { answer: Comparison }) {
  const { prices, methods, margin, hold, spread } = answer;
  const doubtful = methods.some(({ status }) => status !== "ok");
  return (
    <>
      <Verdict>
        {margin < 0
          ? `The prices pay out more than they take in: the margin is ${percent(margin, 2)}. They are not of one book at one time.`
          : `The methods differ by ${(answer.max_spread * 100).toFixed(2)} percentage points at most: that much the prices do not tell.`}
      </Verdict>
      <Facts
        facts={[
          ["Margin", percent(margin, 2)],
          ["Hold", percent(hold, 2)],
          answer.winners > 1 && ["Winners", answer.winners],
        ]}
      />
      <Numbers
        heads={["Method", ...prices.map((_, i) => String(i + 1)), "parameter", ...(doubtful ? ["doubt"] : [])]}
        rows={[
          ["as written", ...prices.map((price) => <Chance p={1 / price} />), "", ...(doubtful ? [""] : [])],
          ...methods.map(({ method, fair, parameter, status }) => [
            method,
            ...prices.map((_, i) => (fair ? <Chance p={fair[i]} /> : "–")),
            parameter === null ? "" : Number(parameter.toPrecision(4)),
            ...(doubtful ? [<span class="status-words">{statusWords[status]}</span>] : []),
          ]),
          ["spread", ...spread.map((s) => percent(s, 2)), "", ...(doubtful ? [""] : [])],
        ]}
      />
    </>
  );
}

/** A probability and, below it, the price that is fair for it. */
function Chance({ p }: { p: number }) {
  return (
    <>
      {percent(p, 2)}
      <span class="fair-price">{formatPrice(1 / p, oddsFormat.value)}</span>
    </>
  );
}
