CREATE TABLE ${name} (
  `fixture_id` STRING NOT NULL,
  `league` STRING NOT NULL,
  `market` STRING NOT NULL,
  `period` STRING NOT NULL,
  `line` DOUBLE,
  `outcome` STRING NOT NULL,
  `book` STRING NOT NULL,
  `window_start` BIGINT NOT NULL, -- microseconds
  `window_end` BIGINT NOT NULL,
  `count` BIGINT NOT NULL,
  `first` DOUBLE,
  `last` DOUBLE,
  `min` DOUBLE,
  `max` DOUBLE,
  `mean` DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = '${topic}',
  'properties.bootstrap.servers' = '${BROKERS}',
  'properties.transaction.timeout.ms' = '600000', -- not above the broker's maximum
  'sink.delivery-guarantee' = '${GUARANTEE}',
  'sink.transactional-id-prefix' = '${topic}',
  'key.fields' = 'fixture_id',
  'key.format' = 'raw',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${REGISTRY}'
)
