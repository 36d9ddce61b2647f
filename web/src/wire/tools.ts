// The answers of the calculators under /api/v1/tools. Money has two decimals;
// shares, margins and expected values are fractions.

export interface Conversions {
  prices: { text: string; format: string; price: number; formats: Record<string, string> }[];
}

export interface MethodAnswer {
  method: string;
  fair: number[] | null;
  parameter: number | null;
  status: "ok" | "problematic" | "underround";
}

export interface Comparison {
  prices: number[];
  winners: number;
  margin: number;
  hold: number;
  methods: MethodAnswer[];
  spread: number[];
  max_spread: number;
}

/** How money is split over outcomes and what comes of it. */
export interface Staking {
  total: number;
  stakes: number[];
  profits: number[];
  /** The least of the profits. */
  profit: number;
}

export interface Arb extends Partial<Staking> {
  prices: number[];
  net_prices: number[];
  booksum: number;
  hold: number;
  roi: number;
  arbitrage: boolean;
  shares: number[];
}

export interface Hedge extends Staking {
  prices: number[];
  exact: number;
}

export interface Middle extends Partial<Staking> {
  prices: number[];
  break_even: number;
  cost: number;
  ev?: number;
  both?: number;
}

export interface Lay {
  price: number;
  lay: number;
  stake: number;
  lay_stake: number;
  liability: number;
  result: number;
  rate: number;
}

export interface Kelly {
  bets: { price: number; probability: number; ev: number; full: number; share: number; stake?: number }[];
  fraction: number;
  share: number;
  growth: number;
  full_growth: number;
  bankroll?: number;
  stake?: number;
}

export interface Clv {
  bet: number;
  closing: number[];
  method: string;
  status: MethodAnswer["status"];
  fair: number;
  price: number;
  no_vig: number;
  probability: number;
  cents: number;
  line?: number;
  closing_line?: number;
  points?: number;
}
