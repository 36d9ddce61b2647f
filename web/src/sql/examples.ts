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
