-- Changes that were not captured, since triggers were off or did not fire. The producer shows such a table as unprotected until a copy that began afterwards is complete.

CREATE TABLE cdc.missed_change (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_id int         NOT NULL,
  cause    text        NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  copying  boolean     NOT NULL DEFAULT false
);
COMMENT ON TABLE cdc.missed_change IS 'That changes of a table were not captured: the destination lacks them until a copy that began afterwards is complete';
COMMENT ON COLUMN cdc.missed_change.copying IS 'Such a copy is under way';

-- Writes with session_replication_role = replica fire no ordinary trigger. So two more triggers watch each table, which fire only then: by row, since the apply worker of
-- logical replication fires no others. Once in a transaction a row tells of it; nobody waits for anybody. Only the owner of a table may make such triggers.

-- Kept for the rest of the transaction, and forgotten when the savepoint is rolled back that the row goes with.
CREATE FUNCTION cdc.note_bypass(table_id int, relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
  PERFORM set_config('cdc.bypassed_' || table_id, '1', true);
  -- Where all capture triggers are ENABLE ALWAYS, they have seen it; but not what logical replication applies, which has no query.
  IF current_query() IS NULL OR EXISTS (
    SELECT FROM cdc.capture_events() e
    WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation AND g.tgname = 'zz_cdc_' || e.event AND g.tgenabled = 'A'))
  THEN
    INSERT INTO cdc.missed_change (table_id, cause) VALUES (table_id, 'rows were written with session_replication_role = replica');
  END IF;
END $$;

-- Runs for each row, so without a SET clause, which would cost more than all the rest; hence the qualified names.
CREATE FUNCTION cdc.bypass_source(table_id int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT format($plpgsql$
BEGIN
  IF pg_catalog.current_setting('cdc.bypassed_%s', true) OPERATOR(pg_catalog.=) '1' THEN
    RETURN NULL;
  END IF;
  PERFORM cdc.note_bypass(%1$s, TG_RELID::pg_catalog.regclass);
  RETURN NULL;
END $plpgsql$, table_id)
$$;

CREATE FUNCTION cdc.bypass_events(OUT name text, OUT event text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS $$
  VALUES ('zz_cdc_bypass', 'INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'), ('zz_cdc_bypass_truncate', 'TRUNCATE ON %s FOR EACH STATEMENT')
$$;

-- Whether a table lacks the triggers that watch for such writes, though whoever owns cdc.track may make them.
CREATE FUNCTION cdc.lacks_watch(relation regclass, table_id int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN pg_has_role((SELECT p.proowner FROM pg_proc p WHERE p.oid = 'cdc.track(regclass)'::regprocedure), (SELECT c.relowner FROM pg_class c WHERE c.oid = relation), 'USAGE')
    AND EXISTS (
      SELECT FROM cdc.bypass_events() e
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger g
        WHERE g.tgrelid = relation AND g.tgname = e.name AND g.tgenabled IN ('R', 'A') AND g.tgfoid = to_regproc('cdc.bypass_' || table_id)));
END $$;

-- Makes them. Where cdc.track may not, a superuser may call it: without them such writes go unnoticed.
CREATE FUNCTION cdc.watch(relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
#variable_conflict use_variable
DECLARE
  table_id int := (SELECT t.id FROM cdc.tracked_table t WHERE t.relation = relation AND t.active);
  e record;
BEGIN
  IF table_id IS NULL THEN
    RAISE EXCEPTION '% is not tracked', relation USING HINT = format('SELECT cdc.track(%L);', relation);
  END IF;
  FOR e IN SELECT * FROM cdc.bypass_events() LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s EXECUTE FUNCTION cdc.bypass_%s()', e.name, format(e.event, relation), table_id);
    EXECUTE format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', relation, e.name);
  END LOOP;
END $$;

-- Does so if cdc.track may, unless the table is locked, or the calling transaction has it open: then the next cdc.track tries again. Nobody has to wait long for what is no
-- part of the capture.
CREATE FUNCTION cdc.try_watch(relation regclass, table_id int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
BEGIN
  IF to_regproc('cdc.bypass_' || table_id) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('cdc.track'), relation::oid::int);
    EXECUTE format('CREATE OR REPLACE FUNCTION cdc.bypass_%s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS %L', table_id, cdc.bypass_source(table_id));
    EXECUTE format('REVOKE ALL ON FUNCTION cdc.bypass_%s() FROM PUBLIC', table_id);
  END IF;
  IF cdc.lacks_watch(relation, table_id) THEN
    PERFORM pg_advisory_xact_lock(hashtext('cdc.track'), relation::oid::int);
    PERFORM cdc.watch(relation);
  END IF;
EXCEPTION WHEN object_in_use OR lock_not_available THEN
  NULL;
END $$;

-- Whether a table has another name, other columns or another key than cdc.track found. Unlike cdc.outdated it waits for no lock on the table, but believes the catalogs,
-- which are right in a READ COMMITTED transaction; and it does not see all that matters to the triggers.
CREATE FUNCTION cdc.is_altered(relation regclass, table_id int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  begin_of_shape text := quote_literal(format('%s (%s) ', relation, (
      SELECT string_agg(format('%I %s', a.attname, a.atttypid::regtype), ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped)));
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM cdc.tracked_table t, pg_proc p
    WHERE t.id = table_id AND t.key_columns = cdc.key_columns(relation) AND p.oid = to_regproc('cdc.capture_' || table_id)
      AND strpos(p.prosrc, trim('E' FROM left(begin_of_shape, -1))) > 0);
END $$;

CREATE OR REPLACE FUNCTION cdc.outdated() RETURNS SETOF cdc.tracked_table LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
BEGIN
  RETURN QUERY SELECT t.* FROM cdc.tracked_table t
  WHERE t.active AND (
    EXISTS (SELECT FROM cdc.missing_events(t.relation, t.id))
    OR cdc.lacks_watch(t.relation, t.id)
    OR coalesce((SELECT strpos(p.prosrc, quote_literal(cdc.shape(t.relation, cdc.key_index(t.relation)))) FROM pg_proc p WHERE p.oid = to_regproc('cdc.capture_' || t.id)), 0) = 0);
END $$;

CREATE OR REPLACE FUNCTION cdc.drop_capture(table_id int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  EXECUTE format('DROP FUNCTION IF EXISTS cdc.capture_%s(), cdc.bypass_%1$s() CASCADE', table_id);
  DELETE FROM cdc.missed_change m WHERE m.table_id = drop_capture.table_id;
  UPDATE cdc.tracked_table SET active = false WHERE id = table_id;
END $$;

-- As before; besides, it tells of a gap, and has the table watched where it may.
CREATE OR REPLACE FUNCTION cdc.track(relation regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  refusal record;
  table_id int;
  table_schema text;
  name text;
  event text;
  gap text;
BEGIN
  SELECT * INTO refusal FROM cdc.refusal(relation);
  IF refusal.code IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = refusal.code, MESSAGE = refusal.message, HINT = refusal.hint;
  END IF;

  table_id := cdc.captured_as(relation);
  IF table_id IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('cdc.track'), relation::oid::int);
    table_id := cdc.captured_as(relation);  -- somebody else may have done it meanwhile
  END IF;
  IF table_id IS NOT NULL THEN
    PERFORM cdc.try_watch(relation, table_id);
    RETURN table_id;
  END IF;

  SELECT s.nspname, c.relname INTO table_schema, name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.oid = relation;
  -- Renamed, and the new name is free: it keeps its id.
  UPDATE cdc.tracked_table t SET schema_name = table_schema, table_name = name
  WHERE t.relation = relation AND t.active AND NOT EXISTS (SELECT FROM cdc.tracked_table o WHERE (o.schema_name, o.table_name) = (table_schema, name));
  -- Two tables have changed places: the name decides, and what was captured under another name, or from another table, is captured no more.
  PERFORM cdc.drop_capture(t.id) FROM cdc.tracked_table t
  WHERE t.active AND (t.relation = relation) <> ((t.schema_name, t.table_name) = (table_schema, name));

  SELECT 'it had no enabled trigger for ' || string_agg(e, ', ') INTO gap FROM cdc.tracked_table t, cdc.missing_events(relation, t.id) e WHERE t.active AND t.relation = relation;

  INSERT INTO cdc.tracked_table AS t (relation, schema_name, table_name, key_columns, row_expression, key_expression)
  VALUES (relation, table_schema, name, cdc.key_columns(relation), cdc.row_expression(relation), cdc.key_expression(relation))
  ON CONFLICT (schema_name, table_name) DO UPDATE SET
    relation = excluded.relation, key_columns = excluded.key_columns, row_expression = excluded.row_expression, key_expression = excluded.key_expression, active = true,
    -- What was captured before still counts, unless there was a gap or the key is another.
    tracked_at = CASE WHEN t.active AND t.relation = excluded.relation AND t.key_columns = excluded.key_columns AND gap IS NULL THEN t.tracked_at ELSE clock_timestamp() END
  RETURNING t.id INTO table_id;

  EXECUTE format('CREATE OR REPLACE FUNCTION cdc.capture_%s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER %s AS %L',
    table_id, cdc.capture_settings(relation), cdc.capture_source(relation, table_id));
  EXECUTE format('REVOKE ALL ON FUNCTION cdc.capture_%s() FROM PUBLIC', table_id);
  FOR event IN SELECT cdc.missing_events(relation, table_id) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_cdc_%s AFTER %1$s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION cdc.capture_%s()',
      event, relation, (SELECT e.transition_tables FROM cdc.capture_events() e WHERE e.event = event), table_id);
  END LOOP;
  IF gap IS NOT NULL THEN
    INSERT INTO cdc.missed_change (table_id, cause) VALUES (table_id, gap);
  END IF;
  PERFORM cdc.try_watch(relation, table_id);
  RETURN table_id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA cdc FROM PUBLIC;
