-- The trigger functions, one for each table, and the SQL in them. (cdc.track puts them on.)
--
-- What is logged is the state, not the image: for every key that a statement touched, the row as it is now, re-read from the table, or its absence. Transition tables
-- alone are wrong whenever something inside the statement wrote the same table (an AFTER ROW trigger, a cascade that changes a key, a function in SET or RETURNING):
-- its events come before the outer statement's older images. A key whose row is gone by the end of the statement is logged by whoever removed it.
--
-- Writers must never fail because of us. The generated SQL names columns, so before it is used the function asks whether the table is still what it was when the
-- function was generated (cdc.is_current: free of cost, see there); if it is not, the SQL is generated anew for this statement, until cdc.track is called again.

-- The columns and their types as the session sees the table now, whatever the snapshot of its transaction: catalogs are read by snapshot, but tables are not, so in a
-- REPEATABLE READ transaction pg_attribute may still tell what was before an ALTER TABLE. (One row of NULLs with the table's columns says it.)
CREATE FUNCTION cdc.live_columns(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  shape text := format('FROM (SELECT) nothing LEFT JOIN ONLY %s t ON false', relation);
  nulls record;
  types regtype[];
BEGIN
  EXECUTE 'SELECT t.* ' || shape INTO nulls;
  EXECUTE (SELECT format('SELECT ARRAY[%s] %s', string_agg(format('pg_typeof(t.%I)', name), ', '), shape) FROM json_object_keys(row_to_json(nulls)) name) INTO types;
  RETURN (SELECT string_agg(format('%I %s', c.name, c.type), ', ') FROM ROWS FROM (json_object_keys(row_to_json(nulls)), unnest(types)) c(name, type));
END $$;

-- Why a table cannot be tracked by the current role: an SQLSTATE, a message that names the table, and what to do. NULLs if it can be.
CREATE FUNCTION cdc.refusal(relation regclass, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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

-- Everything that the generated SQL of a table takes for granted, as a text to compare; NULL if the table cannot be read. Depends on nothing that an old snapshot hides.
CREATE FUNCTION cdc.shape(relation regclass, key_index text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF has_table_privilege(relation, 'SELECT') AND to_regclass(relation::text) = relation AND NOT row_security_active(relation) THEN
    RETURN format('%s (%s) %s', relation, cdc.live_columns(relation), pg_get_indexdef(to_regclass(key_index)));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION cdc.key_index(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = relation AND i.indisprimary);
END $$;

-- Whether a table still has the shape that its trigger function was generated for. IMMUTABLE is what makes it free: the planner computes it once, and makes the plan anew
-- whenever PostgreSQL invalidates plans that depend on the table, that is at every ALTER TABLE, GRANT, REVOKE or change of an index. So use it with constants only.
CREATE FUNCTION cdc.is_current(relation regclass, key_index text, shape text) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(cdc.shape(relation, key_index) = shape, false)
$$;

-- The statement that logs what a statement of the given kind did, from the transition tables old_t and new_t.
--
-- The re-read by key is a LATERAL subquery that OFFSET 0 keeps from being flattened: for each row a look-up in the index, whatever the planner knows or believes. As a plain join
-- it became a hash join when a session's first statement was a large one, and the cached plan then read the whole table for each single row that the session wrote.
CREATE FUNCTION cdc.capture_statement(relation regclass, table_id int, op text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log text := 'INSERT INTO cdc.change_log (table_id, op, key, data)';
  same_key text;
  state text;  -- the row with the key of n as it is now
BEGIN
  IF op = 'TRUNCATE' THEN
    RETURN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''t'')', table_id);
  END IF;

  SELECT string_agg(format('t.%1$I = n.%1$I', k.name), ' AND ') INTO same_key FROM unnest(cdc.key_columns(relation)) k(name);
  state := format('LATERAL (SELECT %s AS key, %s AS data FROM ONLY %s t WHERE %s OFFSET 0) s', cdc.key_expression(relation), cdc.row_expression(relation), relation, same_key);

  RETURN CASE op
    WHEN 'INSERT' THEN
      format($sql$
    %s
    SELECT %s, 'c', s.key, s.data FROM new_t n, %s$sql$, log, table_id, state)
    WHEN 'UPDATE' THEN
      format($sql$
    %s
    SELECT %s, 'd', %s, %s FROM old_t n WHERE NOT EXISTS (SELECT FROM ONLY %s t WHERE %s OFFSET 0)
    UNION ALL
    SELECT %2$s, 'u', s.key, s.data FROM new_t n, %7$s$sql$, log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), relation, same_key, state)
    WHEN 'DELETE' THEN
      format($sql$
    %s
    SELECT %s, CASE WHEN s.key IS NULL THEN 'd' ELSE 'u' END, %s, coalesce(s.data, %s) FROM old_t n LEFT JOIN %s ON true$sql$,
        log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), state)
  END;
END $$;

-- The same for a table that is no longer what cdc.track found. Where it cannot be captured at all, the log says so: that is loud, loses nothing that a new snapshot
-- would not bring, and lets the writer go on.
CREATE FUNCTION cdc.capture_anew(relation regclass, table_id int, op text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF op <> 'TRUNCATE' AND (SELECT code FROM cdc.refusal(relation)) IS NOT NULL THEN
    RETURN format('INSERT INTO cdc.change_log (table_id, op) SELECT %s, ''x'' FROM %s LIMIT 1', table_id, CASE op WHEN 'INSERT' THEN 'new_t' ELSE 'old_t' END);
  END IF;
  RETURN cdc.capture_statement(relation, table_id, op);
END $$;

-- Sets the output settings for the rest of the transaction and returns what they were, so that the slow path of a trigger function can put them back.
CREATE FUNCTION cdc.swap_output_settings(new_values text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  names text[] := (SELECT array_agg(name) FROM cdc.output_settings());
  old_values text[] := (SELECT array_agg(current_setting(name)) FROM unnest(names) name);
BEGIN
  PERFORM set_config(s.name, s.value, true) FROM ROWS FROM (unnest(names), unnest(new_values)) s(name, value);
  RETURN old_values;
END $$;

-- The settings of a table's trigger function: only those that its types need, since each costs every statement about half a microsecond. Without enable_seqscan = off a plan that was made
-- while the table was tiny would read the whole table for each row; with jit on, a plan that was made for a large statement would be compiled anew for each small one.
CREATE FUNCTION cdc.capture_settings(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN 'SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off'
    || coalesce((
      SELECT string_agg(format(' SET %s = %L', s.name, s.value), '' ORDER BY s.name)
      FROM cdc.output_settings() s
      WHERE s.name IN (
        SELECT cdc.settings_of(a.atttypid, cdc.needs_text(a.atttypid)) FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped)), '');
END $$;

CREATE FUNCTION cdc.capture_source(relation regclass, table_id int) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN format($plpgsql$
-- Generated by cdc.track for %s, %s
DECLARE
  settings text[];
BEGIN
  IF TG_RELID <> %L OR NOT cdc.is_current(%3$L, %L, %L) THEN  -- altered since
    settings := cdc.swap_output_settings((SELECT array_agg(value) FROM cdc.output_settings()));
    EXECUTE cdc.capture_anew(TG_RELID, %6$s, TG_OP);
    PERFORM cdc.swap_output_settings(settings);
  ELSIF TG_OP = 'INSERT' THEN%7$s;
  ELSIF TG_OP = 'UPDATE' THEN%8$s;
  ELSIF TG_OP = 'DELETE' THEN%9$s;
  ELSE
    %10$s;
  END IF;
  RETURN NULL;
END $plpgsql$,
    translate(relation::text, E'\n\r', '  '), cdc.capture_settings(relation), relation::oid, cdc.key_index(relation), cdc.shape(relation, cdc.key_index(relation)), table_id,
    cdc.capture_statement(relation, table_id, 'INSERT'), cdc.capture_statement(relation, table_id, 'UPDATE'), cdc.capture_statement(relation, table_id, 'DELETE'),
    cdc.capture_statement(relation, table_id, 'TRUNCATE'));
END $$;
