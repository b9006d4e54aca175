-- What is captured. The functions are in R__*.sql, each where it is defined last: a change of one is a change there, and one of its parameters also a DROP in a new V__*.sql.

CREATE TABLE cdc.tracked_table (
  id             int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation       regclass    NOT NULL,
  schema_name    text        NOT NULL,
  table_name     text        NOT NULL,
  key_columns    text[]      NOT NULL,
  key_expression text        NOT NULL,
  shape          text,
  choice         text,
  active         boolean     NOT NULL DEFAULT true,
  tracked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  copy_at        timestamptz,
  copy_after     text,
  copy_up_to     text,
  attachments    text[],
  columns        json,
  file_nodes     oid[],
  unchanged_from bigint      NOT NULL DEFAULT 0,
  UNIQUE (schema_name, table_name)
);
COMMENT ON TABLE cdc.tracked_table IS 'What is or was captured. Rows stay when a table is untracked, since the log may still refer to them';
COMMENT ON COLUMN cdc.tracked_table.key_expression IS 'SQL over the alias t that gives the key as json, as the triggers log it';
COMMENT ON COLUMN cdc.tracked_table.shape IS 'What the trigger function was generated for (cdc.shape); choice likewise (cdc.choice_text)';
COMMENT ON COLUMN cdc.tracked_table.tracked_at IS 'Since when the table is captured without a gap and by this key; whoever copies it has to copy it anew when this changes';
COMMENT ON COLUMN cdc.tracked_table.copy_at IS 'When a new copy of the table was last asked for, though none of its changes were missed: they go on being published meanwhile';
COMMENT ON COLUMN cdc.tracked_table.copy_after IS 'The key, as JSON, behind which the copy that was asked for begins, NULL for the table''s begin; copy_up_to is the last key of it, NULL for the table''s end';
COMMENT ON COLUMN cdc.tracked_table.attachments IS 'Of a partitioned table, itself and all below it, each with the transaction that attached it; else NULL';
COMMENT ON COLUMN cdc.tracked_table.columns IS 'The columns as cdc.track last found them (cdc.columns)';
COMMENT ON COLUMN cdc.tracked_table.file_nodes IS 'The files of the table, or of its partitions, as cdc.track last found them: others mean that it was rewritten';
COMMENT ON COLUMN cdc.tracked_table.unchanged_from IS 'What the log has of the table above this id was captured without a gap, and while the table was as cdc.track last found it, so it can be published again; if cdc.missed_change names the table, nothing was';

-- At the end of the transaction, when the triggers are on and no writer is left that had not met them.
CREATE FUNCTION cdc.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE cdc.tracked_table SET unchanged_from = nextval('cdc.change_log_id') WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR UPDATE OF relation, key_columns, shape, active ON cdc.tracked_table
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cdc.note_change();

-- The columns of which writers have told in the log, since a table was altered after cdc.track last looked at it.
CREATE TABLE cdc.told_columns (
  table_id int    NOT NULL,
  id       bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  columns  json   NOT NULL,
  PRIMARY KEY (table_id, id)
);
COMMENT ON TABLE cdc.told_columns IS 'The columns of which writers have told since cdc.track last looked at their table: the last ones are those that the stream knows';

-- A unique index in the place of the primary key, where there is none or another key is wanted.
CREATE TABLE cdc.key_choice (
  relation  regclass PRIMARY KEY,
  key_index text NOT NULL
);
COMMENT ON TABLE cdc.key_choice IS 'Tables whose key is not their primary key but this unique index; see cdc.track(relation, key_index)';

-- Tables of which not all is captured, or more; see R__6_choice.sql.
CREATE TABLE cdc.capture_choice (
  relation          regclass PRIMARY KEY,
  schema_name       text   NOT NULL,
  table_name        text   NOT NULL,
  options           jsonb  NOT NULL,
  numbers           int2[] NOT NULL,
  names             text[] NOT NULL,
  condition         text,
  condition_columns int2[],
  condition_types   text[],
  relation_oid      oid    NOT NULL
);
COMMENT ON TABLE cdc.capture_choice IS 'Tables of which not all is captured, or the rows before as well, with the names that they had when that was chosen; see cdc.choose';
COMMENT ON COLUMN cdc.capture_choice.numbers IS 'The columns that options and condition name, under the names that follow: they keep their treatment when they are renamed';
COMMENT ON COLUMN cdc.capture_choice.condition IS 'The option rows, as PostgreSQL understands it';
COMMENT ON COLUMN cdc.capture_choice.condition_types IS 'The types of the columns that it names: over others it would call what the owners of those have made';
COMMENT ON COLUMN cdc.capture_choice.relation_oid IS 'The table that was meant: one that was restored from a dump is another, whose columns may have other numbers';

CREATE TABLE cdc.hash_key (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision  int   NOT NULL,
  inner_pad bytea NOT NULL,
  outer_pad bytea NOT NULL
);
COMMENT ON TABLE cdc.hash_key IS 'The key of hashed columns, in the form that HMAC (RFC 2104) needs. Who can read it can find out what was hashed by trying';

-- Changes that were not captured, since triggers were off or did not fire. The producer shows such a table as unprotected until a copy that began afterwards is complete.
CREATE TABLE cdc.missed_change (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_id int         NOT NULL,
  cause    text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  copying  boolean     NOT NULL DEFAULT false
);
COMMENT ON TABLE cdc.missed_change IS 'That changes of a table were not captured: the destination lacks them until a copy that began afterwards is complete';
COMMENT ON COLUMN cdc.missed_change.copying IS 'Such a copy is under way';

REVOKE ALL ON ALL TABLES IN SCHEMA cdc FROM PUBLIC;
