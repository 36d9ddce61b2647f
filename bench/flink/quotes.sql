CREATE TABLE quotes (
  `kind` STRING NOT NULL,
  `fixture_id` STRING NOT NULL,
  `league` STRING NOT NULL,
  `market` STRING NOT NULL,
  `period` STRING NOT NULL,
  `line` DOUBLE,
  `outcome` STRING NOT NULL,
  `book` STRING NOT NULL,
  `price` DOUBLE NOT NULL,
  `state` STRING NOT NULL,
  `event_time` BIGINT NOT NULL, -- microseconds
  log_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  `at` AS TO_TIMESTAMP_LTZ(event_time / 1000, 3),
  WATERMARK FOR `at` AS `at` - INTERVAL '30' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = '${QUOTES}',
  'properties.bootstrap.servers' = '${BROKERS}',
  'properties.group.id' = '${TUMBLING}',
  'scan.startup.mode' = 'earliest-offset',
  'scan.topic-partition-discovery.interval' = '0',
  'format' = 'avro-confluent',
  'avro-confluent.url' = '${REGISTRY}'
)
