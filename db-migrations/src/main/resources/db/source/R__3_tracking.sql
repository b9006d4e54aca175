-- cdc.track(table) generates a trigger function for the table and puts it on as statement-level triggers with transition tables; cdc.untrack(table) takes them off.
-- (Row-level ones where the rows before are wanted: nothing else pairs an old row with its new one.)
--
-- Partitioned tables are captured as one: its partitions' changes are changes of the whole, in its layout and under its key. A statement fires the triggers of the table that it
-- names, so each table of the tree has them. What it touched is read again from the whole table by key. Rows that come or go with a partition (ATTACH, DETACH, DROP) fire nothing:
-- cdc.outdated() notices, and cdc.track() asks for a new copy unless the new partition has never had a row.

-- A partitioned table with all below it, each with what tells one that was detached and attached again from one that was there all the time.
CREATE OR REPLACE FUNCTION cdc.attachments(relation regclass) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT array_agg(concat_ws('/', m::oid, i.xmin) ORDER BY m)
    FROM unnest(cdc.partitions(relation)) m LEFT JOIN pg_inherits i ON i.inhrelid = m AND m <> relation);
END $$;

-- Whether a table has never had a row: not written since it was made, and never vacuumed or analyzed.
CREATE OR REPLACE FUNCTION cdc.is_pristine(relation regclass) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT c.relkind = 'p' OR c.relfilenode = c.oid AND c.reltuples = -1 AND pg_relation_size(c.oid) = 0 FROM pg_class c WHERE c.oid = relation);
END $$;

CREATE OR REPLACE FUNCTION cdc.capture_events(OUT event text, OUT transition_tables text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS $$
  VALUES ('insert', 'REFERENCING NEW TABLE AS new_t'), ('update', 'REFERENCING OLD TABLE AS old_t NEW TABLE AS new_t'), ('delete', 'REFERENCING OLD TABLE AS old_t'), ('truncate', '')
$$;

-- All triggers of a table. TRUNCATE of a partition is told as the deletion of its rows, which can be read only before; that the whole is truncated has to be known by then.
CREATE OR REPLACE FUNCTION cdc.capture_triggers(relation regclass, OUT member regclass, OUT event text, OUT definition text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT m, e.event, format('%s %s ON %s %s', CASE WHEN e.event = 'truncate' AND m <> relation THEN 'BEFORE' ELSE 'AFTER' END, e.event, m,
    CASE WHEN e.event <> 'truncate' AND cdc.has_before(relation) THEN 'FOR EACH ROW' ELSE e.transition_tables || ' FOR EACH STATEMENT' END)
  FROM unnest(coalesce(cdc.partitions(relation), ARRAY[relation])) m JOIN pg_class c ON c.oid = m, cdc.capture_events() e
  WHERE e.event <> 'truncate' OR m = relation OR c.relkind = 'r'
  UNION ALL
  SELECT relation, 'truncate_begin', format('BEFORE truncate ON %s FOR EACH STATEMENT', relation) WHERE cdc.partitions(relation) IS NOT NULL;
END $$;

-- Those that are missing, not enabled, or of the other kind.
CREATE OR REPLACE FUNCTION cdc.missing_triggers(relation regclass, table_id int, OUT member regclass, OUT event text, OUT definition text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.* FROM cdc.capture_triggers(relation) t
  WHERE NOT EXISTS (
    SELECT FROM pg_trigger g
    WHERE g.tgrelid = t.member AND g.tgname = 'zz_cdc_' || t.event AND g.tgenabled IN ('O', 'A') AND g.tgfoid = to_regproc('cdc.capture_' || table_id)
      AND (g.tgtype & 1 = 1) = (t.definition LIKE '%FOR EACH ROW'));
END $$;

-- The events for which a table lacks an enabled trigger of the function capture_<id>.
CREATE OR REPLACE FUNCTION cdc.missing_events(relation regclass, table_id int) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.event FROM cdc.capture_events() e WHERE e.event IN (SELECT replace(m.event, '_begin', '') FROM cdc.missing_triggers(relation, table_id) m);
END $$;

-- The id of a table that is captured exactly as cdc.track would have it, else NULL.
CREATE OR REPLACE FUNCTION cdc.captured_as(relation regclass) RETURNS int LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
BEGIN
  RETURN (
    SELECT t.id
    FROM cdc.tracked_table t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE t.relation = relation AND t.active AND t.schema_name = s.nspname AND t.table_name = c.relname
      AND (SELECT p.prosrc FROM pg_proc p WHERE p.oid = to_regproc('cdc.capture_' || t.id)) = cdc.capture_source(relation, t.id)
      AND t.attachments IS NOT DISTINCT FROM cdc.attachments(relation)
      AND NOT EXISTS (SELECT FROM cdc.told_columns c WHERE c.table_id = t.id)
      AND NOT EXISTS (SELECT FROM cdc.missing_events(relation, t.id)));
END $$;

-- The captured tables that cdc.track should look at again, since they were altered or chosen otherwise, lack a trigger, are gone, or have partitions that came or went; and those
-- that are locked (by an ALTER TABLE, VACUUM FULL ...), of which that cannot be told now. Cheap enough to be asked every few seconds.
CREATE OR REPLACE FUNCTION cdc.outdated(OUT id int, OUT schema_name text, OUT table_name text, OUT locked boolean) RETURNS SETOF record LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off SET lock_timeout = '100ms' AS $$
DECLARE
  t cdc.tracked_table;
BEGIN
  FOR t IN SELECT * FROM cdc.tracked_table c WHERE c.active ORDER BY c.id LOOP
    id := t.id;
    schema_name := t.schema_name;
    table_name := t.table_name;
    BEGIN
      locked := false;
      CONTINUE WHEN t.attachments IS NOT DISTINCT FROM cdc.attachments(t.relation)
        AND NOT EXISTS (SELECT FROM cdc.missing_events(t.relation, t.id))
        AND NOT EXISTS (SELECT FROM cdc.told_columns c WHERE c.table_id = t.id)
        AND NOT cdc.lacks_watch(t.relation, t.id)
        AND t.shape IS NOT DISTINCT FROM cdc.shape(t.relation, cdc.key_index(t.relation))
        AND t.choice IS NOT DISTINCT FROM cdc.choice_text(t.relation);
    EXCEPTION WHEN lock_not_available THEN
      locked := true;
      PERFORM set_config('lock_timeout', '1ms', true);  -- however many there are
    END;
    RETURN NEXT;
  END LOOP;
END $$;

-- Whether a table has another name, other columns or another key than cdc.track found. Unlike cdc.outdated it waits for no lock on the table, but believes the catalogs,
-- which are right in a READ COMMITTED transaction; and it does not see all that matters to the triggers.
CREATE OR REPLACE FUNCTION cdc.is_altered(relation regclass, table_id int) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  begin_of_shape text := format('%s (%s) ', relation, (
      SELECT string_agg(format('%I %s', a.attname, a.atttypid::regtype), ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped));
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM cdc.tracked_table t WHERE t.id = table_id AND t.key_columns = cdc.key_columns(relation) AND starts_with(t.shape, begin_of_shape));
END $$;

-- CASCADE takes the triggers along; DROP TRIGGER would want the owner of the table.
CREATE OR REPLACE FUNCTION cdc.drop_capture(table_id int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  EXECUTE format('DROP FUNCTION IF EXISTS cdc.capture_%s(), cdc.bypass_%1$s() CASCADE', table_id);
  DELETE FROM cdc.missed_change m WHERE m.table_id = drop_capture.table_id;
  UPDATE cdc.tracked_table SET active = false WHERE id = table_id;
END $$;

-- The files of a table, or of its partitions: others mean that it was rewritten.
CREATE OR REPLACE FUNCTION cdc.file_nodes(relation regclass) RETURNS oid[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT array_agg(c.relfilenode ORDER BY c.oid) FROM pg_class c WHERE c.oid = ANY (coalesce(cdc.partitions(relation), ARRAY[relation])));
END $$;

-- Whether rows may have other values than they had with the columns before, of which no trigger tells: the table was rewritten, a column came with values or took the name of
-- another one, or its values read otherwise. A column that came empty, that went, or that holds more than before, leaves all values as they are.
CREATE OR REPLACE FUNCTION cdc.changes_values(relation regclass, before json, now json, file_nodes oid[]) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  members oid[] := coalesce(cdc.partitions(relation), ARRAY[relation]);
BEGIN
  RETURN before::text <> now::text AND (cdc.file_nodes(relation) IS DISTINCT FROM file_nodes OR EXISTS (
    SELECT FROM json_to_recordset(now) AS n(name text, type text, generated boolean, number int)
    LEFT JOIN json_to_recordset(before) AS b(name text, type text, number int) ON b.number = n.number
    WHERE CASE WHEN b.number IS NULL THEN
        n.generated
        OR EXISTS (SELECT FROM json_to_recordset(before) AS o(name text) WHERE o.name = n.name)
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = ANY (members) AND a.attname = n.name AND a.atthasmissing)
      ELSE
        b.name <> n.name
        OR NOT ARRAY[regexp_replace(b.type, '\(.*?\)', ''), regexp_replace(n.type, '\(.*?\)', '')] <@ '{text,character varying}'
          AND regexp_replace(b.type, '\(.*?\)', '') <> regexp_replace(n.type, '\(.*?\)', '')
      END));
END $$;

-- Captures a table from now on and returns its id, which stays the same through untracking and tracking, and through renaming. Does nothing and takes no lock where all is as
-- it should be, so it may be called at any time, and should be after an ALTER TABLE. Otherwise it replaces the function, and puts on those triggers that are missing:
-- CREATE TRIGGER waits for the open transactions that wrote the table, and writers wait behind it, so set a lock_timeout. Tells of a gap, and has the table watched where it may.
--
-- It logs which columns the table has now, if these are others than when it was tracked last, and asks for a new copy where rows may have other values. Since cdc.refusal has
-- looked at the table, it is locked (ACCESS SHARE), so no ALTER TABLE comes before the end of the transaction: of two schema changes the later one is logged later.
--
-- Refusals: TM001 no key, TM002 kind of relation, TM003 row security, TM004 type of the key, TM005 rights, TM006 isolation level, TM007 type of a column, TM008 what was chosen of it.
CREATE OR REPLACE FUNCTION cdc.track(relation regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  refusal record;
  table_id int;
  table_schema text;
  name text;
  trigger record;
  gap text;
  attachments text[] := cdc.attachments(relation);
  known text[];  -- those that were captured before
BEGIN
  -- The strongest lock first, where the role may: with a weaker one in hand while waiting for it, a writer that goes on to TRUNCATE would fail at once, by a deadlock.
  -- Not for a table that is refused anyway, as far as the catalogs tell: its writers would wait for nothing.
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relkind IN ('r', 'p')) AND has_table_privilege(relation, 'TRUNCATE')
    AND cdc.key_expression(relation) IS NOT NULL AND NOT row_security_active(relation)
    AND NOT EXISTS (
      SELECT FROM cdc.tracked_table t WHERE t.relation = relation AND t.active AND NOT EXISTS (SELECT FROM cdc.missing_triggers(relation, t.id)))
  THEN
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
  END IF;

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

  SELECT t.attachments INTO known FROM cdc.tracked_table t WHERE t.active AND t.relation = relation;
  SELECT 'it had no enabled trigger for ' || string_agg(e.event, ', ') INTO gap FROM cdc.capture_events() e WHERE e.event IN (
    SELECT replace(m.event, '_begin', '') FROM cdc.tracked_table t, cdc.missing_triggers(relation, t.id) m
    WHERE t.active AND t.relation = relation AND (known IS NULL OR EXISTS (SELECT FROM unnest(known) k WHERE split_part(k, '/', 1)::oid = m.member)));
  gap := coalesce(gap, (
    SELECT 'rows may have left it with the partition ' || string_agg(split_part(k, '/', 1)::oid::regclass::text, ', ') FROM unnest(known) k WHERE k <> ALL (attachments)));

  -- If writers have told of other columns than these meanwhile, it is too long a story to say that no values have changed.
  UPDATE cdc.tracked_table t SET copy_at = clock_timestamp(), copy_after = NULL, copy_up_to = NULL
  WHERE t.active AND t.relation = relation AND (
    cdc.changes_values(relation, t.columns, cdc.columns(relation), t.file_nodes)
    -- What is left out, or hashed, may have other values too.
    OR cdc.file_nodes(relation) IS DISTINCT FROM t.file_nodes AND (cdc.row_condition(relation) IS NOT NULL OR (cdc.choice(relation)).options->'columns' ? 'hash')
    OR EXISTS (SELECT FROM cdc.told_columns c WHERE c.table_id = t.id AND c.columns::text NOT IN (t.columns::text, cdc.columns(relation)::text)));
  INSERT INTO cdc.change_log (table_id, op, data)
  SELECT t.id, 's', c FROM cdc.tracked_table t, cdc.schema_change(relation, t.id) c WHERE (t.schema_name, t.table_name) = (table_schema, name) AND c IS NOT NULL;
  DELETE FROM cdc.told_columns c USING cdc.tracked_table t WHERE c.table_id = t.id AND (t.schema_name, t.table_name) = (table_schema, name);

  INSERT INTO cdc.tracked_table AS t (relation, schema_name, table_name, key_columns, key_expression, shape, choice, attachments, columns, file_nodes)
  VALUES (relation, table_schema, name, cdc.key_columns(relation), cdc.key_expression(relation), cdc.shape(relation, cdc.key_index(relation)), cdc.choice_text(relation),
    attachments, cdc.columns(relation), cdc.file_nodes(relation))
  ON CONFLICT (schema_name, table_name) DO UPDATE SET
    relation = excluded.relation, key_columns = excluded.key_columns, key_expression = excluded.key_expression, shape = excluded.shape, choice = excluded.choice,
    attachments = excluded.attachments, columns = excluded.columns, file_nodes = excluded.file_nodes, active = true,
    -- What was captured before still counts, unless there was a gap or the key is another.
    tracked_at = CASE WHEN t.active AND t.relation = excluded.relation AND t.key_columns = excluded.key_columns AND gap IS NULL THEN t.tracked_at ELSE clock_timestamp() END
  RETURNING t.id INTO table_id;

  EXECUTE format('CREATE OR REPLACE FUNCTION cdc.capture_%s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER %s AS %L',
    table_id, cdc.capture_settings(relation), cdc.capture_source(relation, table_id));
  EXECUTE format('REVOKE ALL ON FUNCTION cdc.capture_%s() FROM PUBLIC', table_id);
  FOR trigger IN SELECT * FROM cdc.missing_triggers(relation, table_id) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_cdc_%s %s EXECUTE FUNCTION cdc.capture_%s()', trigger.event, trigger.definition, table_id);
  END LOOP;
  -- Now nobody writes to the new ones. Whatever was in them before is not in the log.
  IF gap IS NULL AND known IS NOT NULL THEN
    SELECT 'rows may have come to it with the partition ' || string_agg(split_part(a, '/', 1)::oid::regclass::text, ', ') INTO gap
    FROM unnest(attachments) a WHERE a <> ALL (known) AND NOT cdc.is_pristine(split_part(a, '/', 1)::oid);
    UPDATE cdc.tracked_table t SET tracked_at = clock_timestamp() WHERE t.id = table_id AND gap IS NOT NULL;
  END IF;
  IF gap IS NOT NULL THEN
    INSERT INTO cdc.missed_change (table_id, cause) VALUES (table_id, gap);
  END IF;
  PERFORM cdc.try_watch(relation, table_id);
  RETURN table_id;
END $$;

-- Captures a table with a unique index as its key; NULL stands for the primary key. The choice holds for cdc.track(relation), too.
CREATE OR REPLACE FUNCTION cdc.track(relation regclass, key_index regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
BEGIN
  IF key_index IS NOT NULL AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = key_index AND i.indrelid = relation) THEN
    RAISE EXCEPTION USING ERRCODE = 'TM001', MESSAGE = format('%s cannot be tracked: %s is no index of it', relation, key_index), HINT = 'Name a unique index of this table.';
  END IF;
  DELETE FROM cdc.key_choice c WHERE c.relation = relation AND c.key_index IS DISTINCT FROM key_index::text;
  INSERT INTO cdc.key_choice SELECT relation, i.indexrelid::regclass FROM pg_index i WHERE i.indexrelid = key_index AND NOT i.indisprimary ON CONFLICT DO NOTHING;
  RETURN cdc.track(relation);
END $$;

-- Captures a table no more. Rows of the log that are not yet published stay. For a table that was dropped: SELECT cdc.untrack(relation) FROM cdc.tracked_table WHERE ...
CREATE OR REPLACE FUNCTION cdc.untrack(relation regclass) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cdc.drop_capture(t.id) FROM cdc.tracked_table t WHERE t.relation = untrack.relation AND t.active
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
