-- The heartbeats that have come from the source, as any other table's rows: their age tells how far this database is behind.

CREATE TABLE cdc.heartbeat (
  topic_prefix  text COLLATE "C"  PRIMARY KEY,
  at            timestamptz      NOT NULL,
  every_seconds double precision NOT NULL
);
COMMENT ON TABLE cdc.heartbeat IS 'When the active producer of a pipeline last said that it is there, as far as that is applied';
COMMENT ON COLUMN cdc.heartbeat.every_seconds IS 'How soon the next one is to come';

REVOKE ALL ON cdc.heartbeat FROM PUBLIC;
