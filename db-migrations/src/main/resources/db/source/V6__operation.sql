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
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE cdc.table_request IS 'Tables that were added or taken away while the producer ran: what stands here goes before the setting cdc.tables';

ALTER TABLE cdc.tracked_table ADD COLUMN copy_at timestamptz;
COMMENT ON COLUMN cdc.tracked_table.copy_at IS 'When a new copy of the table was last asked for, though none of its changes were missed: they go on being published meanwhile';
