-- Events that were refused: by the destination, by a rule, or because they could not be understood. They are written in the transaction of the rows and of the position, so
-- that each event is either applied or here, whatever is killed when.

CREATE TABLE cdc.dead_letter (
  id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Where the event is in Kafka
  topic         text        NOT NULL,
  partition     int         NOT NULL,
  record_offset bigint      NOT NULL,
  topic_id      text        NOT NULL,
  -- What it is about
  table_name    text,
  key           text,
  operation     text,
  sequence      bigint,
  record_key    bytea,
  record_value  bytea,
  record_time   timestamptz,
  -- Why it was refused
  cause_class   text        NOT NULL CHECK (cause_class IN ('rule', 'constraint', 'value', 'undecodable', 'too_large')),
  cause         text        NOT NULL,
  rule          text,
  sql_state     text,
  message       text        NOT NULL,
  -- What became of it
  state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'superseded', 'replayed', 'discarded')),
  attempts      int         NOT NULL DEFAULT 1,
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_tried_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  edited_row    text,
  closed_at     timestamptz,
  closed_by     text,
  published_at  timestamptz,
  UNIQUE (topic_id, partition, record_offset),
  CHECK ((state = 'open') = (closed_at IS NULL))
);

-- To find the letters that a later event of the same row supersedes; a key may be longer than an index takes
CREATE INDEX dead_letter_open ON cdc.dead_letter (table_name, md5(key)) WHERE state = 'open';
-- To list
CREATE INDEX dead_letter_table_state ON cdc.dead_letter (table_name, state, id);
-- To publish, and to forget
CREATE INDEX dead_letter_unpublished ON cdc.dead_letter (id) WHERE published_at IS NULL;
CREATE INDEX dead_letter_closed ON cdc.dead_letter (closed_at) WHERE state <> 'open';

COMMENT ON TABLE cdc.dead_letter IS 'Events that were refused, with what is needed to try them again';
COMMENT ON COLUMN cdc.dead_letter.table_name IS 'As in SQL, quoted where it must be; NULL if the event could not be understood';
COMMENT ON COLUMN cdc.dead_letter.key IS 'The row''s key, a JSON object; NULL if the event could not be understood';
COMMENT ON COLUMN cdc.dead_letter.operation IS 'c, u, d or r (of a snapshot)';
COMMENT ON COLUMN cdc.dead_letter.sequence IS 'source.sequence: a letter is superseded by any applied event of its row with a greater one';
COMMENT ON COLUMN cdc.dead_letter.record_value IS 'The event as it came, byte for byte';
COMMENT ON COLUMN cdc.dead_letter.cause IS 'The cause without the row''s values, to group by: the name of a rule or of a constraint, a column and its type';
COMMENT ON COLUMN cdc.dead_letter.message IS 'The cause in words; may hold values of the row';
COMMENT ON COLUMN cdc.dead_letter.attempts IS 'How often it was refused, and applied at the end';
COMMENT ON COLUMN cdc.dead_letter.edited_row IS 'The row that was applied in place of the event''s, a JSON object; NULL if it was not edited';
COMMENT ON COLUMN cdc.dead_letter.published_at IS 'When it was sent to the dead-letter topic';

REVOKE ALL ON cdc.dead_letter FROM PUBLIC;

-- Where a statement of many rows has failed: it notes the number of each row here before it writes the row, and a rollback leaves that.
CREATE SEQUENCE cdc.apply_trace;
REVOKE ALL ON cdc.apply_trace FROM PUBLIC;
