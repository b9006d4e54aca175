-- What the service needs at the destination, to be run once by a superuser (for the last of the grants), or by the owner of the tables and of the database:
--
--   psql -d mydb -v role=tidemark -v tables='public.employees, "My Schema"."a.b"' -f destination.sql
--
-- The role itself is yours to make: CREATE ROLE tidemark LOGIN PASSWORD '...'. It needs no SUPERUSER. May be run again, e.g. with further tables.
-- Where the service shall make missing tables itself (cdc.sink.create-tables=true) it also needs: GRANT USAGE, CREATE ON SCHEMA ... TO tidemark; it then owns them.
\set ON_ERROR_STOP on
BEGIN;

-- The schema cdc belongs to the role, so that the role needs no right to create schemas.
CREATE SCHEMA IF NOT EXISTS cdc AUTHORIZATION :"role";

-- SELECT: rows are upserted and compared. TRUNCATE: a TRUNCATE at the source is one here.
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLE :tables TO :"role";

-- ... USAGE on the schemas that these tables (or earlier ones) are in, ...
SELECT set_config('tidemark.role', :'role', true);
DO $$
DECLARE
  service name := current_setting('tidemark.role');
  schema name;
BEGIN
  FOR schema IN
    SELECT DISTINCT n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
    WHERE r.rolname = service AND acl.privilege_type = 'TRUNCATE' AND n.nspname <> 'cdc'
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, service);
  END LOOP;
END $$;

-- ... and, from PostgreSQL 15 on, the right to switch off foreign keys and user triggers while applying, as logical replication does. Without it the service works, but says so:
-- then the replicated tables at the destination should have neither.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE format('GRANT SET ON PARAMETER session_replication_role TO %I', current_setting('tidemark.role'));
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'Not granted, since it takes a superuser: SET ON PARAMETER session_replication_role';
END $$;

COMMIT;
