-- What an operator has told the consumers of a group: kept here, where their position is, so that it outlives each of them and reaches them all.

CREATE TABLE cdc.consumer_control (
  consumer_group text        PRIMARY KEY,
  paused         boolean     NOT NULL,
  changed_by     text        NOT NULL,
  changed_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE cdc.consumer_control IS 'Whether consumers are to apply changes; a group without a row is';
COMMENT ON COLUMN cdc.consumer_control.changed_by IS 'Who has paused or resumed it last';

REVOKE ALL ON cdc.consumer_control FROM PUBLIC;
