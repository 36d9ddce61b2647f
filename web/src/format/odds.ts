/** How a price is written. All prices are decimal odds until they are shown. */
export type OddsFormat = "decimal" | "american" | "fractional" | "probability";

export const oddsFormats: readonly { id: OddsFormat; label: string }[] = [
  { id: "decimal", label: "Decimal" },
  { id: "american", label: "American" },
  { id: "fractional", label: "Fractional" },
  { id: "probability", label: "Probability" },
];

export function isOddsFormat(value: string | null): value is OddsFormat {
  return oddsFormats.some((format) => format.id === value);
}

/** Writes a decimal price, or a dash where there is none. */
export function formatPrice(price: number | null | undefined, format: OddsFormat): string {
  if (price == null || !(price > 1)) return "–";
  switch (format) {
    case "decimal":
      return decimal(price);
    case "american":
      return american(price);
    case "fractional":
      return fractional(price);
    case "probability":
      return percent(1 / price);
  }
}

function decimal(price: number): string {
  if (price >= 100) return price.toFixed(0);
  if (price >= 20) return price.toFixed(1);
  // Exchanges and American prices such as -110 (1.909) need the third digit.
  return price < 2 && Math.abs(price * 100 - Math.round(price * 100)) > 1e-6 ? price.toFixed(3) : price.toFixed(2);
}

function american(price: number): string {
  return price >= 2 ? "+" + Math.round((price - 1) * 100) : "−" + Math.round(100 / (price - 1));
}

/**
 * The simplest fraction within half a percent of the winnings: what a
 * bookmaker's ladder would say, where decimal odds were themselves rounded.
 */
function fractional(price: number): string {
  const win = price - 1;
  for (let denominator = 1; denominator <= 100; denominator++) {
    const numerator = Math.round(win * denominator);
    if (numerator > 0 && Math.abs(numerator / denominator - win) <= 0.005 * win) return `${numerator}/${denominator}`;
  }
  return `1/${Math.round(1 / win)}`;
}

/** Writes a probability or a share as a percentage, with one digit where no other number is asked for. */
export function percent(p: number | null | undefined, digits = 1): string {
  return p == null || !Number.isFinite(p) ? "–" : (p * 100).toFixed(digits).replace("-", "−") + "%";
}

/** Writes a signed share, such as an edge. */
export function signedPercent(p: number | null | undefined, digits = 1): string {
  return p == null || !Number.isFinite(p) ? "–" : signed(p * 100, digits) + "%";
}

/** Writes a number with its sign and so many digits. What rounds to zero has no direction. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return (Number(text) === 0 ? "±" : value < 0 ? "−" : "+") + text;
}

/** Writes a handicap with its sign. */
export function handicap(line: number): string {
  if (line === 0) return "0";
  return (line < 0 ? "−" : "+") + Math.abs(line);
}
