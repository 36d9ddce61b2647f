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

-- Running games beside their markets, an outcome a row. change is game or market:
-- the side that is new. *_absent tell why a side says nothing; ages are in seconds.
CREATE TABLE IF NOT EXISTS inplay (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, market VARCHAR NOT NULL, period VARCHAR NOT NULL, line DOUBLE,
  outcome VARCHAR NOT NULL, change VARCHAR NOT NULL,
  state VARCHAR NOT NULL, game_period INTEGER, clock VARCHAR, clock_seconds DOUBLE, home_score INTEGER, away_score INTEGER, elapsed DOUBLE,
  model VARCHAR NOT NULL, model_probability DOUBLE, model_absent VARCHAR,
  anchors STRUCT(market VARCHAR, line DOUBLE, books INTEGER, event_time TIMESTAMP)[] NOT NULL, start_time TIMESTAMP,
  method VARCHAR, books INTEGER NOT NULL, fair_probability DOUBLE, best_price DOUBLE, best_book VARCHAR, market_absent VARCHAR,
  difference DOUBLE, log_odds_difference DOUBLE,
  game_time TIMESTAMP, game_age DOUBLE, market_time TIMESTAMP, market_age DOUBLE,
  event_time TIMESTAMP NOT NULL, seen_time TIMESTAMP NOT NULL, seq BIGINT NOT NULL
);

-- Main totals of games under the open sky beside the weather there. *_move is
-- since the opening for the total, since the reading before for the weather.
CREATE TABLE IF NOT EXISTS totals_weather (
  fixture_id VARCHAR NOT NULL, league VARCHAR NOT NULL, venue_id VARCHAR, change VARCHAR NOT NULL, in_play BOOLEAN NOT NULL,
  line DOUBLE, over_probability DOUBLE, under_probability DOUBLE, implied_total DOUBLE, books INTEGER NOT NULL,
  open_line DOUBLE, open_over_probability DOUBLE, open_time TIMESTAMP, line_move DOUBLE, implied_move DOUBLE,
  temperature_c DOUBLE, wind_ms DOUBLE, wind_gust_ms DOUBLE, precipitation DOUBLE, humidity DOUBLE,
  temperature_move DOUBLE, wind_move DOUBLE, wind_gust_move DOUBLE, precipitation_move DOUBLE, humidity_move DOUBLE,
  market_time TIMESTAMP, market_age DOUBLE, weather_time TIMESTAMP, weather_age DOUBLE, before_time TIMESTAMP,
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

-- Columns that stores of earlier versions lack. common_* are of main lines: what
-- the books of all lines say, brought to this one.
ALTER TABLE market_states ADD COLUMN IF NOT EXISTS average VARCHAR;
ALTER TABLE market_states ADD COLUMN IF NOT EXISTS left_out STRUCT(book VARCHAR, reason VARCHAR)[];
ALTER TABLE market_states ADD COLUMN IF NOT EXISTS main BOOLEAN;
ALTER TABLE market_states ADD COLUMN IF NOT EXISTS common_books INTEGER;
ALTER TABLE market_states ADD COLUMN IF NOT EXISTS common_probability DOUBLE;

CREATE OR REPLACE VIEW latest_market_states AS
  SELECT * FROM market_states SEMI JOIN (
    SELECT fixture_id, outcome, max(seq) AS seq FROM market_states GROUP BY fixture_id, market, period, line, outcome
  ) last USING (fixture_id, outcome, seq);

CREATE OR REPLACE VIEW latest_signals AS
  SELECT * FROM signals SEMI JOIN (SELECT signal_id, max(seq) AS seq FROM signals GROUP BY signal_id) last USING (signal_id, seq);

CREATE OR REPLACE VIEW latest_inplay AS
  SELECT * FROM inplay SEMI JOIN (SELECT fixture_id, max(seq) AS seq FROM inplay GROUP BY fixture_id, market) last USING (fixture_id, seq);

CREATE OR REPLACE VIEW latest_totals_weather AS
  SELECT * FROM totals_weather SEMI JOIN (SELECT fixture_id, max(seq) AS seq FROM totals_weather GROUP BY fixture_id) last USING (fixture_id, seq);

CREATE OR REPLACE VIEW latest_games AS
  SELECT * FROM games SEMI JOIN (SELECT fixture_id, max(seq) AS seq FROM games GROUP BY fixture_id) last USING (fixture_id, seq);

-- When each game began: as scheduled, unless it was seen to run earlier, or later
-- by more than ten minutes, after it had been seen to wait. (movement.Start)
CREATE OR REPLACE VIEW starts AS
  SELECT fixture_id, league, f.start_time AS scheduled_time,
    CASE WHEN NOT coalesce(waited, false) THEN f.start_time
         WHEN f.start_time IS NULL OR running < f.start_time OR running > f.start_time + INTERVAL 10 MINUTE THEN running
         ELSE f.start_time END AS start_time,
    coalesce(waited, false) AS observed
  FROM fixtures f LEFT JOIN (
    SELECT fixture_id, arg_min(seen_time, seq) FILTER (state = 'in') AS running,
      min(seq) FILTER (state IN ('pre', 'delayed', 'postponed')) < min(seq) FILTER (state = 'in') AS waited
    FROM games GROUP BY fixture_id
  ) USING (fixture_id);

-- What each book offered on a market as a whole, a row for each change: a price
-- for every outcome at its most balanced line, or none (prices NULL) when a side
-- was missing. Markets whose outcomes are names are not here. Every step is by
-- hash or by window within a fixture, so that asking for one fixture reads only
-- its rows. (movement.Assemble)
CREATE OR REPLACE VIEW two_sided AS
  WITH entry AS NOT MATERIALIZED (
    SELECT fixture_id, league, market, period, line, book, outcome, event_time, seen_time, seq,
      CASE state WHEN 'open' THEN price ELSE 0 END AS price -- 0 is none, NULL is never seen
    FROM quotes WHERE outcome IN ('home', 'draw', 'away', 'over', 'under')
  ), side AS NOT MATERIALIZED (
    SELECT fixture_id, market, period, bool_or(outcome = 'draw') AS drawn, bool_or(outcome IN ('over', 'under')) AS total
    FROM entry GROUP BY fixture_id, market, period
  ), response AS NOT MATERIALIZED (
    SELECT fixture_id, league, market, period, book, seen_time, max(seq) AS seq, max(event_time) AS event_time
    FROM entry GROUP BY fixture_id, league, market, period, book, seen_time
  ), known AS NOT MATERIALIZED (
    SELECT DISTINCT fixture_id, market, period, book, line FROM entry
  ), line_at AS NOT MATERIALIZED ( -- the sides of each line after each response that spoke of it
    SELECT fixture_id, market, period, book, line, seen_time, {
      'home': last_value(CASE WHEN outcome IN ('home', 'over') THEN price END IGNORE NULLS) OVER so_far,
      'draw': last_value(CASE WHEN outcome = 'draw' THEN price END IGNORE NULLS) OVER so_far,
      'away': last_value(CASE WHEN outcome IN ('away', 'under') THEN price END IGNORE NULLS) OVER so_far,
      'home_time': last_value(CASE WHEN outcome IN ('home', 'over') THEN event_time END IGNORE NULLS) OVER so_far,
      'draw_time': last_value(CASE WHEN outcome = 'draw' THEN event_time END IGNORE NULLS) OVER so_far,
      'away_time': last_value(CASE WHEN outcome IN ('away', 'under') THEN event_time END IGNORE NULLS) OVER so_far} AS s
    FROM entry
    WINDOW so_far AS (PARTITION BY fixture_id, market, period, book, line ORDER BY seq)
    QUALIFY row_number() OVER (PARTITION BY fixture_id, market, period, book, line, seen_time ORDER BY seq DESC) = 1
  ), standing AS NOT MATERIALIZED ( -- every line of the book after each of its responses
    SELECT r.*, k.line,
      last_value(l.s IGNORE NULLS) OVER (PARTITION BY r.fixture_id, r.market, r.period, r.book, k.line ORDER BY r.seq) AS s
    FROM response r
    JOIN known k ON k.fixture_id = r.fixture_id AND k.market = r.market AND k.period = r.period AND k.book = r.book
    LEFT JOIN line_at l ON l.fixture_id = r.fixture_id AND l.market = r.market AND l.period = r.period AND l.book = r.book
      AND l.seen_time = r.seen_time AND l.line IS NOT DISTINCT FROM k.line
  ), main AS NOT MATERIALIZED ( -- the most balanced whole one of them, or any if none is whole
    SELECT t.*, d.drawn, d.total, coalesce(s.home > 0 AND s.away > 0 AND (NOT d.drawn OR s.draw > 0), false) AS whole
    FROM standing t JOIN side d ON d.fixture_id = t.fixture_id AND d.market = t.market AND d.period = t.period
    QUALIFY row_number() OVER (PARTITION BY t.fixture_id, t.market, t.period, t.book, t.seq
      ORDER BY whole DESC, greatest(1 / s.home, 1 / s.draw, 1 / s.away) - least(1 / s.home, 1 / s.draw, 1 / s.away), line NULLS FIRST) = 1
  ), offer AS NOT MATERIALIZED (
    SELECT fixture_id, league, market, period, CASE WHEN whole THEN line END AS line, book, CASE WHEN whole THEN list_filter([
        {'outcome': CASE WHEN total THEN 'over' ELSE 'home' END, 'price': s.home},
        {'outcome': 'draw', 'price': CASE WHEN drawn THEN s.draw END},
        {'outcome': CASE WHEN total THEN 'under' ELSE 'away' END, 'price': s.away}], lambda p: p.price IS NOT NULL) END AS prices,
      1 / s.home + coalesce(1 / s.draw, 0) + 1 / s.away AS booksum,
      CASE WHEN whole THEN greatest(s.home_time, s.draw_time, s.away_time) ELSE event_time END AS event_time, seen_time, seq
    FROM main
  ), change AS NOT MATERIALIZED (
    SELECT * FROM offer
    WINDOW history AS (PARTITION BY fixture_id, market, period, book ORDER BY seq)
    QUALIFY prices IS DISTINCT FROM lag(prices) OVER history OR line IS DISTINCT FROM lag(line) OVER history
  )
  SELECT *, lead(seen_time) OVER (PARTITION BY fixture_id, market, period, book ORDER BY seq) AS until FROM change;

-- Where each book opened: its first two-sided quote, an outcome a row. The fair
-- probability is NULL where the book pays out more than it takes; age is the
-- seconds from the event time to the start; standing says that the quote was still
-- on offer then. (movement.Opening)
CREATE OR REPLACE VIEW openings AS
  SELECT fixture_id, league, market, period, line, p.outcome AS outcome, book, p.price AS price,
    CASE WHEN booksum > 1 - 1e-12 THEN 1 / p.price / booksum END AS multiplicative, event_time, seen_time,
    epoch(start_time - event_time) AS age, coalesce(until > start_time, true) AS standing, 'first two-sided quote' AS rule
  FROM (
    SELECT q.*, s.start_time, unnest(prices) AS p FROM (
      SELECT * FROM two_sided WHERE prices IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY fixture_id, market, period, book ORDER BY seq) = 1
    ) q JOIN starts s ON s.fixture_id = q.fixture_id AND q.seen_time <= s.start_time
  );

-- Where each book closed: its last two-sided quote that was seen by the start. No
-- age is too old here: ask for `age < 3600` where it matters. Until a game begins
-- it is the latest quote. (movement.Closing)
CREATE OR REPLACE VIEW closings AS
  SELECT fixture_id, league, market, period, line, p.outcome AS outcome, book, p.price AS price,
    CASE WHEN booksum > 1 - 1e-12 THEN 1 / p.price / booksum END AS multiplicative, event_time, seen_time,
    epoch(start_time - event_time) AS age, coalesce(until > start_time, true) AS standing, 'last two-sided quote seen by the start' AS rule
  FROM (
    SELECT *, unnest(prices) AS p FROM (
      SELECT q.*, s.start_time FROM two_sided q JOIN starts s ON s.fixture_id = q.fixture_id AND q.seen_time <= s.start_time
      WHERE prices IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY q.fixture_id, market, period, book ORDER BY seq DESC) = 1
    )
  );

-- Every change of a book's two-sided quote, an outcome a row: of its line, or of
-- its price in log odds of the fair probability. A change of the line has no
-- log_odds_move here: what a point is worth depends on the league, and GET
-- /api/v1/fixtures/{id}/discovery brings both onto one scale.
CREATE OR REPLACE VIEW line_moves AS
  SELECT fixture_id, league, market, period, book, p.outcome AS outcome, from_line, line AS to_line, line - from_line AS line_move,
    from_p.price AS from_price, p.price AS to_price,
    CASE WHEN line IS NOT DISTINCT FROM from_line AND booksum > 1 - 1e-12 AND from_booksum > 1 - 1e-12
      THEN ln(1 / p.price / (booksum - 1 / p.price)) - ln(1 / from_p.price / (from_booksum - 1 / from_p.price)) END AS log_odds_move,
    event_time, seen_time, coalesce(seen_time > start_time, false) AS in_play, seq
  FROM (
    SELECT *, unnest(prices) AS p, unnest(from_prices) AS from_p FROM (
      SELECT *, lag(line) OVER history AS from_line, lag(prices) OVER history AS from_prices, lag(booksum) OVER history AS from_booksum
      FROM two_sided WHERE prices IS NOT NULL
      WINDOW history AS (PARTITION BY fixture_id, market, period, book ORDER BY seq)
    ) WHERE from_prices IS NOT NULL AND (prices IS DISTINCT FROM from_prices OR line IS DISTINCT FROM from_line)
  ) LEFT JOIN (SELECT fixture_id, start_time FROM starts) USING (fixture_id);
