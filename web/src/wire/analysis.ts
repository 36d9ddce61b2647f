// What the API computes of one fixture when asked: models beside its market, and
// how the market found its prices.

import type { GameState } from "./types";

export interface ModelInput {
  name: string;
  value: number;
  market?: string;
  line?: number | null;
  books?: number;
  age_seconds?: number | null;
}

/** One outcome of a market, by the model and by the books. */
export interface ModelComparison {
  market: string;
  line: number | null;
  outcome: string;
  probability: number;
  consensus: { fair: number; books: number; best_price: number | null; best_book: string; age_seconds: number } | null;
  difference: number | null;
  /** The model was made from this market, so both must agree. */
  input: boolean;
}

export interface Model {
  model: string;
  method: string;
  /** Why there are no numbers. */
  absent?: string;
  inputs: ModelInput[];
  parameters: { name: string; value: number }[];
  markets: ModelComparison[];
  scores?: { home: number; away: number; probability: number }[];
}

export interface Models {
  now: string;
  state: GameState;
  models: Model[];
}

/** A number with what it rests on; without a value there are fewer observations than it needs. */
export interface Estimate {
  value: number | null;
  standard_error?: number;
  n: number;
  need?: number;
}

/** Where a book stood at its opening or closing. */
export interface Stand {
  book: string;
  line: number | null;
  prices: { outcome: string; price: number; fair: number | null }[];
  event_time: string;
  seen_time: string;
  age_s: number;
  standing: boolean;
  rule: string;
}

export interface BookMoves {
  book: string;
  net_move: Estimate;
  line_moves: number;
  volatility: Estimate;
  first_moves: Estimate;
  arrival: { since: string; before_start_s: number } | null;
}

export interface Lead {
  leader: string;
  follower: string;
  lag_s: Estimate;
  correlation: Estimate;
}

export interface Follow {
  leader: string;
  follower: string;
  median_s: Estimate;
  lower_s: number | null;
  upper_s: number | null;
  never: number;
}

export interface MarketDiscovery {
  market: string;
  period: string;
  outcome: string;
  reference_line: number | null;
  quotes: number;
  left_out: number;
  open: Stand[];
  open_consensus: { fair: number; books: number; seen_time: string; rule: string } | null;
  close: Stand[];
  books: BookMoves[];
  leads: Lead[];
  information: {
    n: number;
    need: number;
    moves: number;
    step_s: number;
    books: { book: string; share: number; low: number; high: number }[];
  };
  information_obstacle?: string;
  follows: Follow[];
}

export interface Discovery {
  scheduled: string;
  start: string;
  observed: boolean;
  method: string;
  markets: MarketDiscovery[];
}
