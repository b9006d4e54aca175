-- What the service needs at the source, to be run once by the owner of the tables and of the database, or by a superuser:
--
--   psql -d mydb -v role=tidemark -v tables='public.employees, "My Schema"."a.b"' -f source.sql
--
-- The role itself is yours to make: CREATE ROLE tidemark LOGIN PASSWORD '...'. It needs neither SUPERUSER nor REPLICATION. May be run again, e.g. with further tables.
\set ON_ERROR_STOP on
BEGIN;

-- The schema cdc belongs to the role, so that the role needs no right to create schemas. Writers of your tables need no right in it.
CREATE SCHEMA IF NOT EXISTS cdc AUTHORIZATION :"role";

-- SELECT: for the snapshot, and because the triggers read changed rows again. TRIGGER: to put the triggers on.
GRANT SELECT, TRIGGER ON TABLE :tables TO :"role";

-- ... and USAGE on the schemas that these tables (or earlier ones) are in.
SELECT set_config('tidemark.role', :'role', true);
DO $$
DECLARE
  service name := current_setting('tidemark.role');
  schema name;
BEGIN
  FOR schema IN
    SELECT DISTINCT n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
    WHERE r.rolname = service AND acl.privilege_type = 'TRIGGER' AND n.nspname <> 'cdc'
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, service);
  END LOOP;
END $$;

COMMIT;
