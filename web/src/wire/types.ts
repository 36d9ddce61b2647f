// The shapes of the HTTP API. Times are RFC 3339 strings in UTC; a name that
// ends in _ms is a number of milliseconds since 1970.

export type GameState =
  | "pre"
  | "in"
  | "post"
  | "postponed"
  | "cancelled"
  | "suspended"
  | "delayed"
  | "abandoned";

export interface Mode {
  source: "simulator" | "live" | "replay";
  speed: number;
  name?: string | null;
}

export interface League {
  id: string;
  name: string;
  sport: string;
  draw: boolean;
}

export interface Side {
  id: string;
  name: string;
  short?: string | null;
  abbreviation?: string | null;
  score?: number | null;
  record?: string | null;
  periods?: number[] | null;
}

export interface Weather {
  temperature_c?: number | null;
  wind_ms?: number | null;
  wind_degrees?: number | null;
  precipitation?: number | null;
  condition?: string | null;
  description?: string | null;
  event_time?: string | null;
}

export interface Outcome {
  outcome: string;
  best_price?: number | null;
  best_book?: string | null;
  best_event_time?: string | null;
  best_seen_time?: string | null;
  fair?: number | null;
  multiplicative?: number | null;
  power?: number | null;
  shin?: number | null;
  /** Of a main line: what the books of all lines say, each brought to this one. */
  common?: number | null;
  prices?: number | null;
}

/** A book with an open price that is not in a market's consensus. */
export interface LeftOut {
  book: string;
  reason: "incomplete" | "crossed" | "stale" | "outlier" | "untrusted";
}

export interface Market {
  market: string;
  period?: string | null;
  line?: number | null;
  books: number;
  method?: string | null;
  hold?: number | null;
  best_sum?: number | null;
  dispersion?: number | null;
  average?: string | null;
  left_out?: LeftOut[] | null;
  main?: boolean;
  common_books?: number | null;
  event_time?: string | null;
  seen_time?: string | null;
  outcomes: Outcome[];
}

/** A point of a series: milliseconds and a value. */
export type Point = [t_ms: number, value: number];

export interface Fixture {
  fixture_id: string;
  league: string;
  start_time: string;
  home: Side;
  away: Side;
  state: GameState;
  status?: string | null;
  detail?: string | null;
  period?: number | null;
  clock?: string | null;
  situation?: string | null;
  possession?: "home" | "away" | "" | null;
  game_seen?: string | null;
  venue?: string | null;
  markets?: Market[] | null;
  sparkline?: Point[] | null;
  weather?: Weather | null;
  updated?: string | null;
}

export type Rule =
  | "arbitrage"
  | "middle"
  | "low_hold"
  | "value"
  | "steam"
  | "drop"
  | "reverse_move"
  | "stale_line"
  | "outlier";

/** One price that a signal rests on: a bet, or a book that moved. */
export interface SignalLeg {
  outcome: string;
  line?: number | null;
  book: string;
  sharp?: boolean;
  price: number;
  /** Where the book stands, a fair probability or points, and what that is held against. */
  position?: number | null;
  reference?: number | null;
  event_time: string;
  seen_time?: string | null;
  /** The share of the whole stake; 0 where there is nothing to bet. */
  stake: number;
}

/** A word in the life of a signal. "dropped" is a candidate that a guard refused. */
export interface SignalRecord {
  signal_id: string;
  rule: Rule;
  state: "open" | "update" | "close" | "dropped";
  fixture_id: string;
  league: string;
  market: string;
  period?: string | null;
  line?: number | null;
  outcome: string;
  book: string;
  value: number;
  unit: "return" | "hold" | "probability" | "points" | "share" | "mads";
  fair?: number | null;
  ev?: number | null;
  kelly?: number | null;
  profit?: number | null;
  books: number;
  method: string;
  legs?: SignalLeg[] | null;
  reason?: string | null;
  detail?: string | null;
  opened_time: string;
  event_time?: string | null;
  seen_time: string;
}

export interface Board {
  epoch: string;
  seq: number;
  now: string;
  mode: Mode;
  leagues: League[] | null;
  fixtures: Fixture[] | null;
  signals?: SignalRecord[] | null;
}

export interface Delta {
  seq: number;
  now: string;
  fixtures?: Fixture[] | null;
  signals?: SignalRecord[] | null;
  removed?: string[] | null;
}

export interface Heartbeat {
  seq: number;
  now: string;
}

export interface Alias {
  source: string;
  id: string;
  confidence: number;
}

export interface BookQuote {
  market: string;
  period?: string | null;
  line?: number | null;
  outcome: string;
  book: string;
  price: number;
  price_original?: string | null;
  state: "open" | "suspended" | "withdrawn";
  event_time: string;
  seen_time?: string | null;
  fair_edge?: number | null;
}

export interface FixtureDetail {
  fixture: Fixture;
  aliases?: Alias[] | null;
  markets?: Market[] | null;
  books?: BookQuote[] | null;
}

export interface Movement {
  market: string;
  line?: number | null;
  outcome: string;
  series?: { book: string; points: [t_ms: number, price: number | null][] }[] | null;
  consensus?: Point[] | null;
  best?: [t_ms: number, price: number | null][] | null;
}

export interface WindowRow {
  window_start: string;
  window_end: string;
  revision: number;
  count: number;
  first: number;
  last: number;
  min: number;
  max: number;
  mean: number;
  stddev?: number | null;
}

export interface SourceStatus {
  source: string;
  state: "ok" | "degraded" | "down" | "idle";
  last_success?: string | null;
  last_error?: string | null;
  hint?: string | null;
  next_fetch?: string | null;
  requests: number;
  retries: number;
  errors: number;
  quota?: { remaining?: number | null; used?: number | null; last?: number | null } | null;
}

export interface TopicStatus {
  topic: string;
  records: number;
  /** Records that its slowest reader has not read yet. */
  lag: number;
}

export interface TaskStatus {
  task: string;
  records: number;
  emitted: number;
  restarts: number;
  /** How long it took to take up its state at the start. */
  restored_seconds: number;
  error?: string | null;
}

export interface Status {
  started: string;
  now: string;
  version: string;
  mode: Mode;
  sources?: SourceStatus[] | null;
  topics?: TopicStatus[] | null;
  tasks?: TaskStatus[] | null;
  counters?: Record<string, number> | null;
  watermark?: string | null;
  parity?: Parity | null;
}

/** Finished windows that were recomputed from the log since the start. */
export interface Parity {
  checked: number;
  /** Of which the stream had said something else. */
  mismatches: number;
  unchecked: number;
}

export interface QuarantineRow {
  source: string;
  seen_time: string;
  path?: string | null;
  place?: string | null;
  reason: string;
  body?: string | null;
}

export interface ReviewRow {
  league: string;
  source: string;
  subject: string;
  source_id: string;
  name: string;
  candidate?: string | null;
  score: number;
  reason: string;
  seen_time: string;
}

export interface QueryResult {
  columns: string[];
  rows: unknown[][] | null;
  truncated: boolean;
  elapsed_ms: number;
}
