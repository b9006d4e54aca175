-- The change log: what the triggers write and the producer reads.
--
-- It is read by snapshots, never by `id > last`: ids are drawn before the commit, so they become visible out of order, and such a reader loses rows.
-- (The idea is PgQ's: a batch is what one pg_snapshot sees and the one before did not.) Hence the transaction's id stands in every row, and its index is the only one.

DO $$
BEGIN  -- not CREATE SCHEMA IF NOT EXISTS: that wants the right to create schemas even where there is nothing to create
  IF to_regnamespace('cdc') IS NULL THEN
    CREATE SCHEMA cdc;
  END IF;
END $$;

-- CACHE 1: a session may not hold ids back. The row lock of a changed row is held from before its id is drawn until its commit is visible,
-- so the ids of one row's changes grow in the order of the commits.
CREATE SEQUENCE cdc.change_log_id CACHE 1;

-- The slot, that is the partition, of a change that is logged now: hours, round robin. date_part, because extract() would compute in numeric.
-- Plain SQL without options, so that the planner inlines it into the default below.
CREATE FUNCTION cdc.current_slot() RETURNS smallint LANGUAGE sql VOLATILE AS $$
  SELECT (date_part('epoch', clock_timestamp())::bigint / 3600 % 4)::smallint
$$;

CREATE TABLE cdc.change_log (
  id       bigint      NOT NULL DEFAULT nextval('cdc.change_log_id'),
  xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
  slot     smallint    NOT NULL DEFAULT cdc.current_slot(),
  table_id int         NOT NULL,
  op       "char"      NOT NULL,
  key      json,
  data     json,
  before   json,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
) PARTITION BY LIST (slot);

COMMENT ON TABLE cdc.change_log IS 'Changes of the tracked tables, until they are published; see cdc.truncate_slot';
COMMENT ON COLUMN cdc.change_log.op IS
  'c inserted, u changed (or: is now), d deleted (data is the old row), t truncated, s altered, x changed but could not be captured: the table needs cdc.track and a new snapshot';
COMMENT ON COLUMN cdc.change_log.data IS 'The row as it was when its statement ended; for d as it was before; for s the columns before, and those of the rows that follow (cdc.columns)';
COMMENT ON COLUMN cdc.change_log.before IS 'For u, where it was chosen (cdc.choose): the row as the statement found it';

-- EXTERNAL: writers do not compress, and pg_column_size() tells the size of a value without reading it.
ALTER TABLE cdc.change_log ALTER COLUMN key SET STORAGE EXTERNAL, ALTER COLUMN data SET STORAGE EXTERNAL, ALTER COLUMN before SET STORAGE EXTERNAL;

CREATE INDEX change_log_xid ON cdc.change_log (xid);

-- Rows are never deleted one by one: a consumed slot is truncated as a whole, so there is nothing to vacuum, and a vacuum would only be in the way of the TRUNCATE.
DO $$
BEGIN
  FOR slot IN 0..3 LOOP
    EXECUTE format('CREATE TABLE cdc.change_log_%s PARTITION OF cdc.change_log FOR VALUES IN (%1$s) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)', slot);
  END LOOP;
END $$;

-- The books of the retention: for each slot, rows truncated so far + rows in it = rows ever published from it, or something was lost.
CREATE TABLE cdc.log_slot (
  slot         smallint PRIMARY KEY,
  truncated    bigint   NOT NULL DEFAULT 0,
  truncated_to bigint   NOT NULL DEFAULT 0
);
COMMENT ON COLUMN cdc.log_slot.truncated_to IS 'The highest id that was truncated from the slot. Slots are not always emptied in their order, and of each row that is published again the later changes have to be in the log as well: so nothing up to here can be published again';
INSERT INTO cdc.log_slot (slot) SELECT generate_series(0, 3);

-- Who publishes this log. One row at most: a log has one reader, since retention follows that reader.
CREATE TABLE cdc.producer (
  pipeline   text PRIMARY KEY,
  epoch      bigint NOT NULL DEFAULT 0,
  instance   text,
  started_at timestamptz
);
CREATE UNIQUE INDEX producer_is_one ON cdc.producer ((true));
COMMENT ON COLUMN cdc.producer.epoch IS 'Grows with every start of the producer; the upper part of source.sequence';

REVOKE ALL ON ALL TABLES IN SCHEMA cdc FROM PUBLIC;
