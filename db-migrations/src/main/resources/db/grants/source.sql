-- What the service needs at the source, to be run once by a superuser or by the owner of the tables and of the database:
--
--   psql -d mydb -v role=tidemark -v tables='public.employees, "My Schema"."a.b"' -f source.sql
--
-- The role itself is yours to make: CREATE ROLE tidemark LOGIN PASSWORD '...'. It needs neither SUPERUSER nor REPLICATION. Whoever owns the tables may do everything here except
-- making the schema, which takes CREATE on the database. May be run again, e.g. with further tables.
\set ON_ERROR_STOP on
BEGIN;

-- The schema cdc belongs to the role, so that the role needs no right to create schemas. Writers of your tables need no right in it.
CREATE SCHEMA IF NOT EXISTS cdc AUTHORIZATION :"role";

-- SELECT: for the snapshot, and because the triggers read changed rows again. TRIGGER: to put the triggers on.
GRANT SELECT, TRIGGER ON TABLE :tables TO :"role";

-- ... and USAGE on the schemas that these tables (or earlier ones) are in.
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, :'role')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
WHERE r.rolname = :'role' AND acl.privilege_type = 'TRIGGER' AND n.nspname <> 'cdc'
\gexec

COMMIT;
