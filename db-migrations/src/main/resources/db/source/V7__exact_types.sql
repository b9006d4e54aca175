-- Types whose values need more care than they had.

-- As before, and xml: its output function, which row_to_json() uses, leaves out the XML declaration, and ::text does not.
CREATE OR REPLACE FUNCTION cdc.needs_text(type oid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  RETURN t.oid IN ('json'::regtype, 'jsonb'::regtype, 'xml'::regtype)
    OR t.typtype = 'c'
    OR t.typsubscript = 'array_subscript_handler'::regproc
    OR t.typtype = 'b' AND t.oid >= 16384
    OR EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = 'json'::regtype);
END $$;

-- Whether the text of every value is read as the same value. What PostgreSQL computes for itself cannot be read at all; regproc and regoper write the name of a function or an operator
-- without its arguments, which fits several.
CREATE FUNCTION cdc.is_readable(type oid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  IF t.typsubscript = 'array_subscript_handler'::regproc THEN
    RETURN cdc.is_readable(t.typelem);
  ELSIF t.typtype = 'c' THEN
    RETURN NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped AND NOT cdc.is_readable(a.atttypid));
  END IF;
  RETURN t.oid >= 16384 OR t.typname NOT IN (
    'regproc', 'regoper', 'pg_node_tree', 'gtsvector', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary');
END $$;
REVOKE ALL ON FUNCTION cdc.is_readable(oid) FROM PUBLIC;

-- As before, and TM007: values that could not be read again.
CREATE OR REPLACE FUNCTION cdc.refusal(relation regclass, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c pg_class;
  columns text;
  keys text[];
BEGIN
  SELECT * INTO c FROM pg_class WHERE oid = relation;

  code := 'TM002';
  message := format('%s cannot be tracked: ', relation) || CASE
    WHEN c.oid IS NULL THEN 'there is no such table'
    WHEN c.relkind = 'p' THEN 'it is partitioned'
    WHEN c.relkind <> 'r' THEN 'it is a ' ||
      CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'relation of another kind' END
    WHEN c.relpersistence = 't' THEN 'it is temporary'
    WHEN c.relnamespace::regnamespace::text IN ('cdc', 'pg_catalog', 'information_schema', 'pg_toast') THEN format('it belongs to the schema %s', c.relnamespace::regnamespace)
    WHEN c.relpersistence = 'u' THEN 'it is unlogged, so a crash empties it without a trace'
    WHEN c.relispartition THEN 'it is a partition'
    WHEN EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) THEN 'it takes part in inheritance'
  END;
  IF message IS NOT NULL THEN
    hint := 'Only ordinary permanent tables without partitions and inheritance can be tracked.';
    RETURN;
  END IF;

  IF NOT (has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(relation, 'SELECT') AND has_table_privilege(relation, 'TRIGGER')) THEN
    code := 'TM005';
    message := format('%s cannot be tracked: the role %s may not read it or put triggers on it', relation, current_user::regrole);
    hint := format('Run as its owner: GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT, TRIGGER ON %s TO %2$s;', c.relnamespace::regnamespace, current_user::regrole, relation);
    RETURN;
  END IF;

  IF row_security_active(relation) THEN
    code := 'TM003';
    message := format('%s cannot be tracked: its row security policies hide rows from the role %s', relation, current_user::regrole);
    hint := format('Run as superuser: ALTER ROLE %s BYPASSRLS;', current_user::regrole);
    RETURN;
  END IF;

  SELECT string_agg(format('%I %s', a.attname, a.atttypid::regtype), ', ' ORDER BY a.attnum) INTO columns
  FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;
  IF columns IS DISTINCT FROM cdc.live_columns(relation) THEN
    code := 'TM006';
    message := format('%s cannot be tracked: it was altered after the snapshot of this transaction', relation);
    hint := 'Begin a new transaction, READ COMMITTED if possible.';
    RETURN;
  END IF;

  SELECT string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO columns
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND NOT cdc.is_readable(a.atttypid);
  IF columns IS NOT NULL THEN
    code := 'TM007';
    message := format('%s cannot be tracked: the text of a value is not always read as the same value again, because of the type of %s', relation, columns);
    hint := 'Use regprocedure for regproc, regoperator for regoper; the other types that PostgreSQL itself does not read are not meant for tables.';
    RETURN;
  END IF;

  keys := cdc.key_columns(relation);
  IF keys IS NULL THEN
    code := 'TM001';
    message := format('%s cannot be tracked: it has no primary key', relation);
    hint := format('ALTER TABLE %s ADD PRIMARY KEY (...), or leave the table out.', relation);
    RETURN;
  END IF;

  SELECT string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO columns
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attname = ANY (keys) AND cdc.canonical('', a.atttypid, a.attcollation) IS NULL;
  IF columns IS NOT NULL THEN
    code := 'TM004';
    message := format('%s cannot be tracked: equal keys may differ as text, because of the type or the collation of %s', relation, columns);
    hint := 'Events find their row and their order by the text of the key. Use a key of a plain type (numbers, text, uuid, dates and times, enums ...) with a deterministic collation.';
    RETURN;
  END IF;
  code := NULL;
END $$;

-- What these read and compare are texts of SQL, which these two settings of the session change: a writer with standard_conforming_strings = off failed on a table that had been
-- altered. Set for the outermost functions, it holds for all that they call; cdc.is_current is asked by the planner alone.
DO $$
DECLARE
  function regprocedure;
BEGIN
  FOR function IN SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = 'cdc'::regnamespace AND p.proname IN ('is_current', 'capture_anew', 'refusal', 'track', 'captured_as', 'outdated') LOOP
    EXECUTE format('ALTER FUNCTION %s SET standard_conforming_strings = on', function);
    EXECUTE format('ALTER FUNCTION %s SET quote_all_identifiers = off', function);
  END LOOP;
END $$;
