-- How far each Kafka partition has been applied here. It is written in the transaction of the rows, so the two cannot disagree: whatever is killed when, after a restart
-- (or a restore from a backup) the consumer reads on exactly behind what is there.

DO $$
BEGIN  -- not CREATE SCHEMA IF NOT EXISTS: that wants the right to create schemas even where there is nothing to create
  IF to_regnamespace('cdc') IS NULL THEN
    CREATE SCHEMA cdc;
  END IF;
END $$;

-- A few rows that are updated all the time: room in the page for HOT updates, and a vacuum that comes often.
CREATE TABLE cdc.applied_offset (
  topic         text        NOT NULL,
  partition     int         NOT NULL,
  topic_id      text,
  next_offset   bigint      NOT NULL,
  last_sequence bigint,
  applied_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

COMMENT ON TABLE cdc.applied_offset IS 'The position of the consumer, kept where its rows are';
COMMENT ON COLUMN cdc.applied_offset.topic_id IS 'Kafka''s id of the topic; another one means that the topic was deleted and made again, so it is read from its start';
COMMENT ON COLUMN cdc.applied_offset.last_sequence IS 'source.sequence of the last event applied; what is not above it came twice. NULL after a rewind';

REVOKE ALL ON ALL TABLES IN SCHEMA cdc FROM PUBLIC;
