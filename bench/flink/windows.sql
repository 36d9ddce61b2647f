INSERT INTO ${name}
SELECT
  fixture_id, league, market, `period`, line, outcome, book,
  UNIX_TIMESTAMP(DATE_FORMAT(window_start, 'yyyy-MM-dd HH:mm:ss')) * 1000000,
  UNIX_TIMESTAMP(DATE_FORMAT(window_end, 'yyyy-MM-dd HH:mm:ss')) * 1000000,
  COUNT(*), ${first}, ${last}, MIN(price), MAX(price), AVG(price)
FROM TABLE(${window})
GROUP BY window_start, window_end, fixture_id, league, market, `period`, line, outcome, book
