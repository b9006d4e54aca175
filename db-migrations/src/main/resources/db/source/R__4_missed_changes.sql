-- Writes with session_replication_role = replica fire no ordinary trigger. So two more triggers watch each table, which fire only then: by row, since the apply worker of
-- logical replication fires no others. Once in a transaction a row tells of it; nobody waits for anybody. Only the owner of a table may make such triggers.

-- Kept for the rest of the transaction, and forgotten when the savepoint is rolled back that the row goes with.
CREATE OR REPLACE FUNCTION cdc.note_bypass(table_id int, relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
CREATE OR REPLACE FUNCTION cdc.bypass_source(table_id int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT format($plpgsql$
BEGIN
  IF pg_catalog.current_setting('cdc.bypassed_%s', true) OPERATOR(pg_catalog.=) '1' THEN
    RETURN NULL;
  END IF;
  PERFORM cdc.note_bypass(%1$s, TG_RELID::pg_catalog.regclass);
  RETURN NULL;
END $plpgsql$, table_id)
$$;

CREATE OR REPLACE FUNCTION cdc.bypass_events(OUT name text, OUT event text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS $$
  VALUES ('zz_cdc_bypass', 'INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'), ('zz_cdc_bypass_truncate', 'TRUNCATE ON %s FOR EACH STATEMENT')
$$;

-- Whether a table lacks the triggers that watch for such writes, though whoever owns cdc.track may make them.
CREATE OR REPLACE FUNCTION cdc.lacks_watch(relation regclass, table_id int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN pg_has_role((SELECT p.proowner FROM pg_proc p WHERE p.oid = 'cdc.track(regclass)'::regprocedure), (SELECT c.relowner FROM pg_class c WHERE c.oid = relation), 'USAGE')
    AND EXISTS (
      SELECT FROM cdc.bypass_events() e
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger g
        WHERE g.tgrelid = relation AND g.tgname = e.name AND g.tgenabled IN ('R', 'A') AND g.tgfoid = to_regproc('cdc.bypass_' || table_id)));
END $$;

-- Makes them. Where cdc.track may not, a superuser may call it: without them such writes go unnoticed.
CREATE OR REPLACE FUNCTION cdc.watch(relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
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
CREATE OR REPLACE FUNCTION cdc.try_watch(relation regclass, table_id int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
