-- What the service needs at the destination, to be run once by a superuser (for the last of the grants) or by the owner of the tables and of the database:
--
--   psql -d mydb -v role=tidemark -v tables='public.employees, "My Schema"."a.b"' -f destination.sql
--
-- The role itself is yours to make: CREATE ROLE tidemark LOGIN PASSWORD '...'. It needs no SUPERUSER. May be run again, e.g. with further tables.
-- Where the service shall create missing tables itself (cdc.sink.create-tables=true) it also needs: GRANT CREATE ON SCHEMA ... TO tidemark; it then owns them.
\set ON_ERROR_STOP on
BEGIN;

-- The schema cdc belongs to the role, so that the role needs no right to create schemas.
CREATE SCHEMA IF NOT EXISTS cdc AUTHORIZATION :"role";

-- SELECT: rows are upserted and compared. TRUNCATE: a TRUNCATE at the source is one here.
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLE :tables TO :"role";

-- ... and USAGE on the schemas that these tables (or earlier ones) are in.
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, :'role')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
WHERE r.rolname = :'role' AND acl.privilege_type = 'TRUNCATE' AND n.nspname <> 'cdc'
\gexec

COMMIT;

-- Lets the service switch off foreign keys and user triggers while it applies, as logical replication does. Only a superuser can give this, and only from PostgreSQL 15 on.
-- Without it the service works, but says so: then drop the foreign keys and triggers of the replicated tables at the destination.
SELECT current_setting('server_version_num')::int >= 150000 AS can_set_replication_role \gset
\if :can_set_replication_role
  SELECT format('GRANT SET ON PARAMETER session_replication_role TO %I', :'role') AS set_replication_role,
    rolsuper AS is_superuser FROM pg_roles WHERE rolname = current_user \gset
  \if :is_superuser
    :set_replication_role;
  \else
    \echo 'Not granted, since this takes a superuser: ' :set_replication_role
  \endif
\endif
