-- A row that the active producer changes every few seconds. It goes the whole way, by trigger, log and Kafka, to the table of the same name at the destination: so its age there
-- tells how far the destination is behind, also while nothing else is written.

CREATE TABLE cdc.heartbeat (
  topic_prefix  text COLLATE "C"  PRIMARY KEY,
  at            timestamptz      NOT NULL,
  every_seconds double precision NOT NULL
);
COMMENT ON TABLE cdc.heartbeat IS 'When the active producer of a pipeline last said that it is there; it has no row where cdc.heartbeat.interval is 0';
COMMENT ON COLUMN cdc.heartbeat.every_seconds IS 'How soon the next one is to come';

REVOKE ALL ON cdc.heartbeat FROM PUBLIC;

-- The only table of this schema that can be tracked. What the function says else, and its settings, stay as they are.
DO $$
DECLARE
  definition text := pg_get_functiondef('cdc.refusal'::regproc);
  condition text := $sql$WHEN c.relnamespace::regnamespace::text IN ('cdc',$sql$;
BEGIN
  IF strpos(definition, condition) = 0 THEN
    RAISE EXCEPTION 'cdc.refusal is not what it was';
  END IF;
  EXECUTE replace(definition, condition, $sql$WHEN relation IS DISTINCT FROM to_regclass('cdc.heartbeat') AND c.relnamespace::regnamespace::text IN ('cdc',$sql$);
END $$;
