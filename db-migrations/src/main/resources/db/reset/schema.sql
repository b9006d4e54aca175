-- Removes all that is in the schema cdc, and with the functions the triggers on captured tables. The schema itself goes too, unless the role could not make it again
-- (db/grants makes it for those). Writers of the tables wait no longer than ten seconds for it; nothing is removed then.
DO $$
DECLARE
  statements text;
BEGIN
  IF to_regnamespace('cdc') IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('lock_timeout', '10s', true);
  SELECT string_agg(format('DROP TABLE %s CASCADE', oid::regclass), ';') INTO statements
  FROM pg_class WHERE relnamespace = 'cdc'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition;
  EXECUTE coalesce(statements, '');
  SELECT string_agg(format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure), ';') INTO statements
  FROM pg_proc WHERE pronamespace = 'cdc'::regnamespace;
  EXECUTE coalesce(statements, '');
  SELECT string_agg(format('DROP SEQUENCE %s CASCADE', oid::regclass), ';') INTO statements
  FROM pg_class WHERE relnamespace = 'cdc'::regnamespace AND relkind = 'S';
  EXECUTE coalesce(statements, '');
  IF has_database_privilege(current_database(), 'CREATE') THEN
    DROP SCHEMA cdc CASCADE;
  END IF;
END $$;
