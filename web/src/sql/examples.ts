/** Queries to begin with: each shows one table and one thing it answers. */
export const examples: readonly { name: string; sql: string }[] = [
  {
    name: "Newest prices",
    sql: `SELECT event_time, league, fixture_id, market, line, outcome, book, price, state
FROM latest_quotes
ORDER BY event_time DESC
LIMIT 100`,
  },
  {
    name: "Moves of the last hour",
    sql: `SELECT fixture_id, market, line, outcome, book,
       count(*) AS changes, min(price) AS lowest, max(price) AS highest
FROM quotes
WHERE state = 'open'
  AND event_time > (SELECT max(event_time) FROM quotes) - INTERVAL 1 HOUR
GROUP BY ALL
ORDER BY highest / lowest DESC
LIMIT 50`,
  },
  {
    name: "Hold by league",
    sql: `SELECT league, market, count(DISTINCT (fixture_id, line)) AS lines,
       round(avg(hold), 4) AS mean_hold, round(avg(books), 1) AS mean_books
FROM latest_market_states
WHERE period = 'full' AND books > 0
GROUP BY league, market
ORDER BY league, mean_hold`,
  },
  {
    name: "Fair prices by book",
    sql: `SELECT fixture_id, book, list(outcome ORDER BY outcome) AS outcomes,
       fair(list(price ORDER BY outcome), 'shin') AS fair,
       round(hold(list(price)), 4) AS hold
FROM latest_quotes
WHERE market = 'h2h' AND period = 'full' AND state = 'open'
GROUP BY fixture_id, book
ORDER BY hold
LIMIT 50`,
  },
  {
    name: "Prices above fair",
    sql: `SELECT q.fixture_id, q.market, q.line, q.outcome, q.book, american(q.price) AS price,
       round(ev(m.fair_probability, q.price), 4) AS ev,
       round(kelly(m.fair_probability, q.price) / 4, 4) AS quarter_kelly, q.seen_time
FROM latest_quotes q
JOIN latest_market_states m
  ON q.fixture_id = m.fixture_id AND q.market = m.market AND q.period = m.period
 AND q.line IS NOT DISTINCT FROM m.line AND q.outcome = m.outcome
WHERE q.state = 'open' AND m.books >= 3
ORDER BY ev DESC
LIMIT 50`,
  },
  {
    name: "A market's history",
    sql: `SELECT event_time, fixture_id, outcome, best_price, best_book, best_age,
       fair_probability, hold, books
FROM market_states
WHERE market = 'h2h' AND period = 'full'
ORDER BY event_time DESC
LIMIT 50`,
  },
  {
    name: "Line movement windows",
    sql: `SELECT window_start, fixture_id, outcome, book, first, last, min, max, count, revision
FROM latest_windows_line_movement
WHERE window_size = '10m' AND market = 'h2h' AND period = 'full'
ORDER BY abs(last - first) DESC
LIMIT 50`,
  },
  {
    name: "Books that are slow",
    sql: `SELECT book, count(*) AS quotes,
       median(epoch(seen_time) - epoch(event_time)) AS median_age_seconds
FROM quotes
GROUP BY book
ORDER BY median_age_seconds`,
  },
  {
    name: "Games in play",
    sql: `SELECT g.league, f.away, g.away_score, f.home, g.home_score, g.period, g.clock, g.seen_time
FROM latest_games g
JOIN fixtures f USING (fixture_id)
WHERE g.state = 'in'
ORDER BY g.league`,
  },
];
