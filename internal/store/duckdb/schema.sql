-- The hot store. Times are UTC. Every table that the log feeds is only ever
-- appended to, in the log's order, except fixtures and crosswalk, which hold the
-- current state of each thing.

CREATE TABLE IF NOT EXISTS betflow_positions (
  topic VARCHAR NOT NULL, "partition" INTEGER NOT NULL, next_offset BIGINT NOT NULL, seq BIGINT NOT NULL,
  PRIMARY KEY (topic, "partition")
);

CREATE TABLE IF NOT EXISTS fixtures (
  fixture_id VARCHAR PRIMARY KEY, league VARCHAR NOT NULL, season INTEGER, start_time TIMESTAMP,
  home VARCHAR NOT NULL, away VARCHAR NOT NULL, status VARCHAR NOT NULL,
  home_id VARCHAR, away_id VARCHAR, venue_id VARCHAR, neutral BOOLEAN, seen_time TIMESTAMP
);

CREATE TABLE IF NOT EXISTS crosswalk (
  source VARCHAR NOT NULL, kind VARCHAR NOT NULL, source_id VARCHAR NOT NULL, id VARCHAR NOT NULL,
  confidence DOUBLE NOT NULL, league VARCHAR NOT NULL,
  PRIMARY KEY (source, kind, league, source_id)
);

CREATE TABLE IF NOT EXISTS quotes (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, market VARCHAR NOT NULL, period VARCHAR NOT NULL,
  line DOUBLE, outcome VARCHAR NOT NULL, book VARCHAR NOT NULL,
  price DOUBLE NOT NULL, price_original VARCHAR NOT NULL, price_format VARCHAR NOT NULL, "limit" DOUBLE,
  state VARCHAR NOT NULL, event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, source VARCHAR NOT NULL,
  raw_partition INTEGER NOT NULL, raw_offset BIGINT NOT NULL, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS market_states (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, market VARCHAR NOT NULL, period VARCHAR NOT NULL, line DOUBLE,
  outcome VARCHAR NOT NULL, books INTEGER NOT NULL, best_price DOUBLE, best_book VARCHAR, best_age DOUBLE,
  fair_price DOUBLE, fair_probability DOUBLE, method VARCHAR NOT NULL,
  multiplicative DOUBLE, power DOUBLE, shin DOUBLE,
  hold DOUBLE, best_sum DOUBLE, dispersion DOUBLE, prices INTEGER NOT NULL, oldest_age DOUBLE,
  event_time TIMESTAMP, seen_time TIMESTAMP NOT NULL, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS games (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, state VARCHAR NOT NULL, status VARCHAR NOT NULL, detail VARCHAR,
  period INTEGER, clock VARCHAR, clock_seconds DOUBLE, home_score INTEGER, away_score INTEGER,
  home_periods INTEGER[], away_periods INTEGER[], home_record VARCHAR, away_record VARCHAR,
  possession VARCHAR, situation VARCHAR, event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, source VARCHAR NOT NULL,
  seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS plays (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, play_id VARCHAR NOT NULL, period INTEGER, clock VARCHAR,
  type VARCHAR, text VARCHAR, score_value INTEGER, event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL,
  source VARCHAR NOT NULL, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS weather (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, venue_id VARCHAR, temperature_c DOUBLE, feels_like_c DOUBLE,
  humidity DOUBLE, pressure_hpa DOUBLE, wind_ms DOUBLE, wind_gust_ms DOUBLE, wind_degrees DOUBLE, precipitation DOUBLE,
  clouds DOUBLE, visibility DOUBLE, condition VARCHAR, description VARCHAR,
  event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, source VARCHAR NOT NULL, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS quarantine (
  source VARCHAR NOT NULL, league VARCHAR, seen_time TIMESTAMP NOT NULL, path VARCHAR, place VARCHAR,
  reason VARCHAR NOT NULL, body BLOB, raw_partition INTEGER NOT NULL, raw_offset BIGINT NOT NULL, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS reviews (
  league VARCHAR NOT NULL, source VARCHAR NOT NULL, subject VARCHAR NOT NULL, source_id VARCHAR, name VARCHAR,
  candidate VARCHAR, score DOUBLE, reason VARCHAR, seen_time TIMESTAMP, seq BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS late (
  metric VARCHAR NOT NULL, window_size VARCHAR NOT NULL, window_start TIMESTAMP NOT NULL, key VARCHAR NOT NULL,
  league VARCHAR NOT NULL, value DOUBLE, event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL,
  watermark TIMESTAMP, seq BIGINT NOT NULL
);

-- kind is the signal's rule: arbitrage, value, steam, ...
CREATE TABLE IF NOT EXISTS signals (
  signal_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL,
  market VARCHAR NOT NULL, period VARCHAR NOT NULL, line DOUBLE, outcome VARCHAR, book VARCHAR,
  state VARCHAR NOT NULL, revision INTEGER NOT NULL, value DOUBLE NOT NULL, unit VARCHAR NOT NULL,
  fair_probability DOUBLE, ev DOUBLE, kelly DOUBLE, profit DOUBLE, books INTEGER NOT NULL, method VARCHAR,
  legs STRUCT(outcome VARCHAR, line DOUBLE, book VARCHAR, sharp BOOLEAN, price DOUBLE, position DOUBLE, reference DOUBLE,
    event_time TIMESTAMP, seen_time TIMESTAMP, age DOUBLE, stake DOUBLE)[] NOT NULL,
  reason VARCHAR, detail VARCHAR, dedupe_key VARCHAR NOT NULL, opened_time TIMESTAMP NOT NULL,
  event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, seq BIGINT NOT NULL
);

-- A source of this comes later; the name is promised now.
CREATE TABLE IF NOT EXISTS news (
  news_id VARCHAR NOT NULL, league VARCHAR, team_id VARCHAR, headline VARCHAR, url VARCHAR,
  event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, source VARCHAR NOT NULL
);

-- The last row of each key. A fixture's rows come from one partition, so its
-- sequence numbers order them and, in one table, name a record. Looking up the
-- highest number of each key is ten times faster than ordering all rows of it.
CREATE OR REPLACE VIEW latest_quotes AS
  SELECT * FROM quotes SEMI JOIN (
    SELECT fixture_id, max(seq) AS seq FROM quotes GROUP BY fixture_id, market, period, line, outcome, book
  ) last USING (fixture_id, seq);

CREATE OR REPLACE VIEW latest_market_states AS
  SELECT * FROM market_states SEMI JOIN (
    SELECT fixture_id, outcome, max(seq) AS seq FROM market_states GROUP BY fixture_id, market, period, line, outcome
  ) last USING (fixture_id, outcome, seq);

CREATE OR REPLACE VIEW latest_signals AS
  SELECT * FROM signals SEMI JOIN (SELECT signal_id, max(seq) AS seq FROM signals GROUP BY signal_id) last USING (signal_id, seq);

CREATE OR REPLACE VIEW latest_games AS
  SELECT * FROM games SEMI JOIN (SELECT fixture_id, max(seq) AS seq FROM games GROUP BY fixture_id) last USING (fixture_id, seq);
