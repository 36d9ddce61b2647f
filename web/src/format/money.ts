const plain = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Writes an amount of any currency. */
export function money(amount: number | null | undefined): string {
  return amount == null ? "–" : plain.format(amount).replace("-", "−");
}

/** Writes a profit or a loss. */
export function result(amount: number | null | undefined): string {
  return amount == null ? "–" : (amount > 0 ? "+" : "") + money(amount);
}
