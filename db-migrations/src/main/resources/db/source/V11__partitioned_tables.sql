-- Partitioned tables. They are captured as one: its partitions' changes are changes of the whole, in its layout and under its key.
--
-- A statement fires the triggers of the table that it names, so each table of the tree has them. What it touched is read again from the whole table by key. Rows that come or go
-- with a partition (ATTACH, DETACH, DROP) fire nothing: cdc.outdated() notices, and cdc.track() asks for a new copy unless the new partition has never had a row.

ALTER TABLE cdc.tracked_table ADD COLUMN attachments text[];
COMMENT ON COLUMN cdc.tracked_table.attachments IS 'Of a partitioned table, itself and all below it, each with the transaction that attached it; else NULL';

CREATE FUNCTION cdc.partitions(relation regclass) RETURNS regclass[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (SELECT c.relkind FROM pg_class c WHERE c.oid = relation) = 'p' THEN
    RETURN (  -- pg_partition_tree() would wait for locks
      WITH RECURSIVE tree(member) AS (
          SELECT relation::oid
        UNION ALL
          SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.member AND NOT i.inhdetachpending)
      SELECT array_agg(t.member::regclass ORDER BY t.member) FROM tree t);
  END IF;
  RETURN NULL;
END $$;

-- The same, with what tells one that was detached and attached again from one that was there all the time.
CREATE FUNCTION cdc.attachments(relation regclass) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT array_agg(concat_ws('/', m::oid, i.xmin) ORDER BY m)
    FROM unnest(cdc.partitions(relation)) m LEFT JOIN pg_inherits i ON i.inhrelid = m AND m <> relation);
END $$;

-- Whether a table has never had a row: not written since it was made, and never vacuumed or analyzed.
CREATE FUNCTION cdc.is_pristine(relation regclass) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT c.relkind = 'p' OR c.relfilenode = c.oid AND c.reltuples = -1 AND pg_relation_size(c.oid) = 0 FROM pg_class c WHERE c.oid = relation);
END $$;

-- All triggers of a table. TRUNCATE of a partition is told as the deletion of its rows, which can be read only before; that the whole is truncated has to be known by then.
CREATE FUNCTION cdc.capture_triggers(relation regclass, OUT member regclass, OUT event text, OUT definition text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT m, e.event, format('%s %s ON %s %s', CASE WHEN e.event = 'truncate' AND m <> relation THEN 'BEFORE' ELSE 'AFTER' END, e.event, m, e.transition_tables)
  FROM unnest(coalesce(cdc.partitions(relation), ARRAY[relation])) m JOIN pg_class c ON c.oid = m, cdc.capture_events() e
  WHERE e.event <> 'truncate' OR m = relation OR c.relkind = 'r'
  UNION ALL
  SELECT relation, 'truncate_begin', format('BEFORE truncate ON %s', relation) WHERE cdc.partitions(relation) IS NOT NULL;
END $$;

-- Those that are missing or not enabled.
CREATE FUNCTION cdc.missing_triggers(relation regclass, table_id int, OUT member regclass, OUT event text, OUT definition text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.* FROM cdc.capture_triggers(relation) t
  WHERE NOT EXISTS (
    SELECT FROM pg_trigger g
    WHERE g.tgrelid = t.member AND g.tgname = 'zz_cdc_' || t.event AND g.tgenabled IN ('O', 'A') AND g.tgfoid = to_regproc('cdc.capture_' || table_id));
END $$;

CREATE OR REPLACE FUNCTION cdc.missing_events(relation regclass, table_id int) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.event FROM cdc.capture_events() e WHERE e.event IN (SELECT replace(m.event, '_begin', '') FROM cdc.missing_triggers(relation, table_id) m);
END $$;

-- As before, and for partitioned tables: all of their partitions have to be fit for it.
CREATE OR REPLACE FUNCTION cdc.refusal(relation regclass, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
DECLARE
  c pg_class;
  part record;
  columns text;
  keys text[];
BEGIN
  SELECT * INTO c FROM pg_class WHERE oid = relation;

  code := 'TM002';
  message := format('%s cannot be tracked: ', relation) || CASE
    WHEN c.oid IS NULL THEN 'there is no such table'
    WHEN c.relkind NOT IN ('r', 'p') THEN 'it is a ' ||
      CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'relation of another kind' END
    WHEN c.relpersistence = 't' THEN 'it is temporary'
    WHEN relation IS DISTINCT FROM to_regclass('cdc.heartbeat') AND c.relnamespace::regnamespace::text IN ('cdc', 'pg_catalog', 'information_schema', 'pg_toast') THEN format('it belongs to the schema %s', c.relnamespace::regnamespace)
    WHEN c.relpersistence = 'u' THEN 'it is unlogged, so a crash empties it without a trace'
    WHEN c.relispartition THEN format('it is a partition of %s', pg_partition_root(relation))
    WHEN c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) THEN 'it takes part in inheritance'
  END;
  IF message IS NOT NULL THEN
    hint := CASE WHEN c.relispartition THEN 'Track the partitioned table: changes of its partitions count as changes of it.'
      ELSE 'Only ordinary permanent tables without inheritance, and partitioned ones, can be tracked.' END;
    RETURN;
  END IF;

  FOR part IN SELECT m AS member, p.* FROM unnest(coalesce(cdc.partitions(relation), ARRAY[relation])) m JOIN pg_class p ON p.oid = m ORDER BY m <> relation, m LOOP
    IF part.relkind = 'f' OR part.relpersistence <> 'p' THEN
      message := format('%s cannot be tracked: its partition %s is %s', relation, part.member, CASE WHEN part.relkind = 'f' THEN 'a foreign table' ELSE 'not permanent' END);
      hint := 'Only permanent tables have changes that can be captured. Detach it, or leave the table out.';
      RETURN;
    ELSIF NOT (has_schema_privilege(part.relnamespace, 'USAGE') AND has_table_privilege(part.member, 'SELECT') AND has_table_privilege(part.member, 'TRIGGER')) THEN
      code := 'TM005';
      message := format('%s cannot be tracked: the role %s may not read %s or put triggers on it', relation, current_user::regrole, CASE WHEN part.member = relation THEN 'it' ELSE 'its partition ' || part.member END);
      hint := format('Run as its owner: GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT, TRIGGER ON %s TO %2$s;', part.relnamespace::regnamespace, current_user::regrole, part.member);
      RETURN;
    ELSIF row_security_active(part.member) THEN
      code := 'TM003';
      message := format('%s cannot be tracked: %srow security policies hide rows from the role %s', relation, CASE WHEN part.member = relation THEN 'its ' ELSE part.member || '''s ' END, current_user::regrole);
      hint := format('Run as superuser: ALTER ROLE %s BYPASSRLS;', current_user::regrole);
      RETURN;
    END IF;
  END LOOP;

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
    SELECT * INTO message, hint FROM cdc.no_key(relation);
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

-- As before, but of a partitioned table the rows are looked up in all partitions.
CREATE OR REPLACE FUNCTION cdc.capture_statement(relation regclass, table_id int, op text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log text := 'INSERT INTO cdc.change_log (table_id, op, key, data)';
  same_key text;
  state text;  -- the row with the key of n as it is now
  keyless text := '';
  rows text := CASE WHEN cdc.partitions(relation) IS NULL THEN 'ONLY ' ELSE '' END || relation;
BEGIN
  IF op = 'TRUNCATE' THEN
    RETURN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''t'')', table_id);
  END IF;

  SELECT string_agg(format('t.%1$I = n.%1$I', k.name), ' AND ') INTO same_key FROM unnest(cdc.key_columns(relation)) k(name);
  state := format('LATERAL (SELECT %s AS key, %s AS data FROM %s t WHERE %s OFFSET 0) s', cdc.key_expression(relation), cdc.row_expression(relation), rows, same_key);

  -- A transaction with an old snapshot can write NULL into a column that has just lost its NOT NULL.
  IF NOT (SELECT i.indisprimary FROM pg_index i WHERE i.indexrelid = to_regclass(cdc.key_index(relation))) THEN
    SELECT format($sql$
    UNION ALL
    (SELECT %s, 'x', NULL, NULL FROM new_t n WHERE %s LIMIT 1)$sql$, table_id, string_agg(format('n.%I IS NULL', k.name), ' OR ')) INTO keyless
    FROM unnest(cdc.key_columns(relation)) k(name);
  END IF;

  RETURN CASE op
    WHEN 'INSERT' THEN
      format($sql$
    %s
    SELECT %s, 'c', s.key, s.data FROM new_t n, %s%s$sql$, log, table_id, state, keyless)
    WHEN 'UPDATE' THEN
      format($sql$
    %s
    SELECT %s, 'd', %s, %s FROM old_t n WHERE NOT EXISTS (SELECT FROM %s t WHERE %s OFFSET 0)
    UNION ALL
    SELECT %2$s, 'u', s.key, s.data FROM new_t n, %7$s%8$s$sql$, log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), rows, same_key, state, keyless)
    WHEN 'DELETE' THEN
      format($sql$
    %s
    SELECT %s, CASE WHEN s.key IS NULL THEN 'd' ELSE 'u' END, %s, coalesce(s.data, %s) FROM old_t n LEFT JOIN %s ON true$sql$,
        log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), state)
  END;
END $$;

-- Logs the TRUNCATE of a partitioned table, or of one partition. TRUNCATE fires the triggers of all tables that it empties, usually the whole first: then the partitions have nothing to tell.
CREATE FUNCTION cdc.capture_truncate(relation regclass, member regclass, tg_when text, table_id int) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  settings text[];
BEGIN
  IF member = relation AND tg_when = 'BEFORE' THEN
    PERFORM set_config('cdc.truncating', relation::oid::text, true);
  ELSIF member = relation THEN
    PERFORM set_config('cdc.truncating', '', true);
    EXECUTE cdc.capture_statement(relation, table_id, 'TRUNCATE');
  ELSIF current_setting('cdc.truncating', true) IS DISTINCT FROM relation::oid::text THEN
    IF (SELECT code FROM cdc.refusal(relation)) IS NOT NULL THEN
      INSERT INTO cdc.change_log (table_id, op) VALUES (table_id, 'x');
    ELSE
      settings := cdc.swap_output_settings((SELECT array_agg(value) FROM cdc.output_settings()));
      EXECUTE format('INSERT INTO cdc.change_log (table_id, op, key, data) SELECT %s, ''d'', %s, %s FROM ONLY %s t',
        table_id, cdc.key_expression(relation), cdc.row_expression(relation), member);
      PERFORM cdc.swap_output_settings(settings);
    END IF;
  END IF;
END $$;

-- As before for others. A partition that was detached or dropped from the table still has the triggers, which the owner alone may take off; they do nothing then.
CREATE OR REPLACE FUNCTION cdc.capture_source(relation regclass, table_id int) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text := 'TG_RELID';  -- the table that was written, or the whole of which it is a part
  partitioned text := '';
BEGIN
  IF cdc.partitions(relation) IS NOT NULL THEN
    written := 'pg_partition_root(TG_RELID)';
    partitioned := format($plpgsql$
  IF pg_partition_root(TG_RELID) IS NULL OR pg_partition_root(TG_RELID) <> %s AND to_regclass(%L) IS DISTINCT FROM pg_partition_root(TG_RELID) THEN
    RETURN NULL;  -- no part of it any more
  ELSIF TG_OP = 'TRUNCATE' THEN
    PERFORM cdc.capture_truncate(pg_partition_root(TG_RELID), TG_RELID, TG_WHEN, %s);
    RETURN NULL;
  END IF;$plpgsql$, relation::oid, relation, table_id);
  END IF;
  RETURN format($plpgsql$
-- Generated by cdc.track for %s, %s
DECLARE
  settings text[];
BEGIN%s
  IF %s <> %L OR NOT cdc.is_current(%5$L, %L, %L) THEN  -- altered since
    settings := cdc.swap_output_settings((SELECT array_agg(value) FROM cdc.output_settings()));
    EXECUTE cdc.capture_anew(%4$s, %8$s, TG_OP);
    PERFORM cdc.swap_output_settings(settings);
  ELSIF TG_OP = 'INSERT' THEN%9$s;
  ELSIF TG_OP = 'UPDATE' THEN%10$s;
  ELSIF TG_OP = 'DELETE' THEN%11$s;
  ELSE
    %12$s;
  END IF;
  RETURN NULL;
END $plpgsql$,
    translate(relation::text, E'\n\r', '  '), cdc.capture_settings(relation), partitioned, written, relation::oid, cdc.key_index(relation), cdc.shape(relation, cdc.key_index(relation)), table_id,
    cdc.capture_statement(relation, table_id, 'INSERT'), cdc.capture_statement(relation, table_id, 'UPDATE'), cdc.capture_statement(relation, table_id, 'DELETE'),
    cdc.capture_statement(relation, table_id, 'TRUNCATE'));
END $$;

-- As before; besides, it looks for partitions that have come or gone.
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
      AND NOT EXISTS (SELECT FROM cdc.missing_events(relation, t.id)));
END $$;

CREATE OR REPLACE FUNCTION cdc.outdated() RETURNS SETOF cdc.tracked_table LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
BEGIN
  RETURN QUERY SELECT t.* FROM cdc.tracked_table t
  WHERE t.active AND (
    t.attachments IS DISTINCT FROM cdc.attachments(t.relation)
    OR EXISTS (SELECT FROM cdc.missing_events(t.relation, t.id))
    OR cdc.lacks_watch(t.relation, t.id)
    OR coalesce((SELECT strpos(p.prosrc, quote_literal(cdc.shape(t.relation, cdc.key_index(t.relation)))) FROM pg_proc p WHERE p.oid = to_regproc('cdc.capture_' || t.id)), 0) = 0);
END $$;

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

  INSERT INTO cdc.tracked_table AS t (relation, schema_name, table_name, key_columns, row_expression, key_expression, attachments)
  VALUES (relation, table_schema, name, cdc.key_columns(relation), cdc.row_expression(relation), cdc.key_expression(relation), attachments)
  ON CONFLICT (schema_name, table_name) DO UPDATE SET
    relation = excluded.relation, key_columns = excluded.key_columns, row_expression = excluded.row_expression, key_expression = excluded.key_expression, attachments = excluded.attachments,
    active = true,
    -- What was captured before still counts, unless there was a gap or the key is another.
    tracked_at = CASE WHEN t.active AND t.relation = excluded.relation AND t.key_columns = excluded.key_columns AND gap IS NULL THEN t.tracked_at ELSE clock_timestamp() END
  RETURNING t.id INTO table_id;

  EXECUTE format('CREATE OR REPLACE FUNCTION cdc.capture_%s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER %s AS %L',
    table_id, cdc.capture_settings(relation), cdc.capture_source(relation, table_id));
  EXECUTE format('REVOKE ALL ON FUNCTION cdc.capture_%s() FROM PUBLIC', table_id);
  FOR trigger IN SELECT * FROM cdc.missing_triggers(relation, table_id) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_cdc_%s %s FOR EACH STATEMENT EXECUTE FUNCTION cdc.capture_%s()', trigger.event, trigger.definition, table_id);
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
