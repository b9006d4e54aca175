-- What operators ask of the producer while it runs. It is kept here, so that it survives a restart and reaches whichever producer is the active one, which looks twice a second.

CREATE TABLE cdc.control (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision  bigint NOT NULL DEFAULT 0,
  paused_by text,
  paused_at timestamptz,
  CHECK ((paused_by IS NULL) = (paused_at IS NULL))
);
INSERT INTO cdc.control DEFAULT VALUES;
COMMENT ON TABLE cdc.control IS 'One row. While paused_by is set, the active producer publishes nothing, and the change log grows';
COMMENT ON COLUMN cdc.control.revision IS 'Grows with whatever is changed; the producer then looks after its tables at once';

CREATE TABLE cdc.table_request (
  schema_name  text        NOT NULL,
  table_name   text        NOT NULL,
  captured     boolean     NOT NULL,
  requested_by text        NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  options      jsonb,
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE cdc.table_request IS 'Tables that were added or taken away while the producer ran: what stands here goes before the setting cdc.tables';
COMMENT ON COLUMN cdc.table_request.options IS 'What was asked of its columns and rows, as cdc.choose has it: it goes before the setting cdc.capture.tables';

-- A row that the active producer changes every few seconds. It goes the whole way, by trigger, log and Kafka, to the table of the same name at the destination: so its age there
-- tells how far the destination is behind, also while nothing else is written.

CREATE TABLE cdc.heartbeat (
  topic_prefix  text COLLATE "C"  PRIMARY KEY,
  at            timestamptz      NOT NULL,
  every_seconds double precision NOT NULL
);
COMMENT ON TABLE cdc.heartbeat IS 'When the active producer of a pipeline last said that it is there; it has no row where cdc.heartbeat.interval is 0';
COMMENT ON COLUMN cdc.heartbeat.every_seconds IS 'How soon the next one is to come';

REVOKE ALL ON ALL TABLES IN SCHEMA cdc FROM PUBLIC;
