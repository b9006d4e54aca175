-- The trigger functions, one for each table, and the SQL in them. (cdc.track puts them on.)
--
-- What is logged is the state, not the image: for every key that a statement touched, the row as it is now, re-read from the table, or its absence. Transition tables
-- alone are wrong whenever something inside the statement wrote the same table (an AFTER ROW trigger, a cascade that changes a key, a function in SET or RETURNING):
-- its events come before the outer statement's older images. A key whose row is gone by the end of the statement is logged by whoever removed it.
--
-- Writers must never fail because of us. The generated SQL names columns, so before it is used the function asks whether the table is still what it was when the
-- function was generated (cdc.is_current: free of cost, see there); if it is not, the SQL is generated anew for this statement, until cdc.track is called again.
--
-- What these functions read and compare are texts of SQL, which standard_conforming_strings and quote_all_identifiers change: a writer with the former off failed on a table that had
-- been altered. Set for the outermost functions, it holds for all that they call.

-- A partitioned table with all below it; NULL for others.
CREATE OR REPLACE FUNCTION cdc.partitions(relation regclass) RETURNS regclass[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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

-- The columns and their types as the session sees the table now, whatever the snapshot of its transaction: catalogs are read by snapshot, but tables are not, so in a
-- REPEATABLE READ transaction pg_attribute may still tell what was before an ALTER TABLE. (One row of NULLs with the table's columns says it.)
CREATE OR REPLACE FUNCTION cdc.live_columns(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  shape text := format('FROM (SELECT) nothing LEFT JOIN ONLY %s t ON false', relation);
  nulls record;
  types regtype[];
BEGIN
  EXECUTE 'SELECT t.* ' || shape INTO nulls;
  EXECUTE (SELECT format('SELECT ARRAY[%s] %s', string_agg(format('pg_typeof(t.%I)', name), ', '), shape) FROM json_object_keys(row_to_json(nulls)) name) INTO types;
  RETURN (SELECT string_agg(format('%I %s', c.name, c.type), ', ') FROM ROWS FROM (json_object_keys(row_to_json(nulls)), unnest(types)) c(name, type));
END $$;

-- Why a table has no key, and what to do: the message and the hint of TM001.
CREATE OR REPLACE FUNCTION cdc.no_key(relation regclass, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  chosen text := (SELECT c.key_index FROM cdc.key_choice c WHERE c.relation = relation);
BEGIN
  IF chosen IS NULL THEN
    message := format('%s cannot be tracked: it has no primary key', relation);
    hint := format('ALTER TABLE %s ADD PRIMARY KEY (...), or name a unique index on columns that are NOT NULL in cdc.keys or in cdc.track(%1$L, ...), or leave the table out.', relation);
  ELSE
    message := format('%s cannot be tracked: the index %s that was chosen as its key does not identify every row', relation, chosen);
    hint := 'It has to be unique, valid, without condition and expressions, all its columns NOT NULL and in their own collations. Put that right, or choose another one in cdc.keys or with cdc.track(table, index); NULL there stands for the primary key.';
  END IF;
END $$;

-- Why a table cannot be tracked by the current role: an SQLSTATE, a message that names the table, and what to do. NULLs if it can be. Of a partitioned table, all partitions have to
-- be fit for it.
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
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND NOT cdc.is_readable(a.atttypid)
    AND a.attnum NOT IN (SELECT tc.number FROM cdc.treated_columns(relation) tc WHERE tc.treatment IS NOT NULL);
  IF columns IS NOT NULL THEN
    code := 'TM007';
    message := format('%s cannot be tracked: the text of a value is not always read as the same value again, because of the type of %s', relation, columns);
    hint := 'Use regprocedure for regproc, regoperator for regoper; the other types that PostgreSQL itself does not read are not meant for tables. Or leave such columns out (cdc.choose).';
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
    hint := 'Events find their row and their order by the text of the key. Use a key of a plain type (numbers, text, uuid, dates and times, enums without implicit casts ...) with a deterministic collation.';
    RETURN;
  END IF;
  SELECT * INTO code, message, hint FROM cdc.choice_refusal(relation);
END $$;

-- Everything that the generated SQL of a table takes for granted, and its columns to the last detail, as a text to compare; NULL if the table cannot be read.
-- The details come from the catalogs. Where they are not wanted, or an old snapshot hides what the catalogs have, a question mark stands in their place; all else depends on nothing
-- that it hides.
CREATE OR REPLACE FUNCTION cdc.shape(relation regclass, key_index text, detailed boolean DEFAULT true) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off AS $$
DECLARE
  live text;
  known text;
BEGIN
  IF has_table_privilege(relation, 'SELECT') AND to_regclass(relation::text) = relation AND NOT row_security_active(relation) AND cdc.key_expression(relation) IS NOT NULL THEN
    live := cdc.live_columns(relation);
    SELECT string_agg(format('%I %s', a.attname, a.atttypid::regtype), ', ' ORDER BY a.attnum) INTO known
    FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;
    RETURN format('%s (%s) %s %s', relation, live, pg_get_indexdef(to_regclass(key_index)), CASE WHEN detailed AND live = known THEN cdc.columns(relation)::text ELSE '?' END);
  END IF;
  RETURN NULL;
END $$;

-- Whether a table still has the shape that its trigger function was generated for. IMMUTABLE is what makes it free: the planner computes it once, and makes the plan anew
-- whenever PostgreSQL invalidates plans that depend on the table, that is at every ALTER TABLE, GRANT, REVOKE or change of an index. So use it with constants only.
-- What an old snapshot hides counts as unchanged. A plan outlives the transaction that made it, so none may find a detail changed only because its snapshot is old.
-- A table that has come back to its shape is not what it was: the log has told of other columns meanwhile.
CREATE OR REPLACE FUNCTION cdc.is_current(relation regclass, key_index text, shape text, table_id int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  now text := cdc.shape(relation, key_index, current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable'));
  told text := (SELECT c.columns FROM cdc.told_columns c WHERE c.table_id = table_id ORDER BY c.id DESC LIMIT 1);
BEGIN
  RETURN coalesce(now = shape AND coalesce(told = cdc.columns(relation)::text, true) OR right(now, 1) = '?' AND starts_with(shape, left(now, -1)) AND told IS NULL, false);
END $$;

-- The old and the new rows that a trigger is told of: transition tables, or the one row where the rows before are wanted. SQL that is made for the moment is given that row as $1 and $2.
CREATE OR REPLACE FUNCTION cdc.touched(relation regclass, anew boolean, OUT old_t text, OUT new_t text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cdc.has_before(relation) THEN
    old_t := 'old_t';
    new_t := 'new_t';
  ELSE
    old_t := format('(SELECT (%s).*)', CASE WHEN anew THEN '$1' ELSE 'OLD' END);
    new_t := format('(SELECT (%s).*)', CASE WHEN anew THEN '$2' ELSE 'NEW' END);
  END IF;
END $$;

-- The statement that logs what a statement of the given kind did, or what it did to one row.
--
-- The re-read by key is a LATERAL subquery that OFFSET 0 keeps from being flattened: for each row a look-up in the index, whatever the planner knows or believes. As a plain join
-- it became a hash join when a session's first statement was a large one, and the cached plan then read the whole table for each single row that the session wrote.
-- Of a partitioned table the rows are looked up in all partitions.
--
-- With a condition, a row that comes to fulfil it is changed, one that no longer does is deleted, and of others nothing is told, not even the key.
--
-- Where the rows before are wanted, an update is what a deletion tells of the old row, that is u where its key is still there, and what an insertion tells of the new one, if its key
-- is another or did not fulfil the condition.
CREATE OR REPLACE FUNCTION cdc.capture_statement(relation regclass, table_id int, op text, anew boolean DEFAULT false) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log text := 'INSERT INTO cdc.change_log (table_id, op, key, data)';
  matches text;  -- t has the key of n, and fulfils the condition
  state text;    -- the row with the key of n as it is now
  keyless text := '';
  rows text := CASE WHEN cdc.partitions(relation) IS NULL THEN 'ONLY ' ELSE '' END || relation;
  touched record := cdc.touched(relation, anew);
  old_rows text := cdc.old_rows(relation, touched.old_t);
  old_key text := cdc.key_expression(relation, 'n');
  old_row text := cdc.row_expression(relation, 'n', image => true);
  is_new text;   -- o is no row with the key of n
BEGIN
  IF op = 'TRUNCATE' THEN
    RETURN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''t'')', table_id);
  END IF;

  SELECT string_agg(format('t.%1$I = n.%1$I', k.name), ' AND ') || coalesce(' AND (' || cdc.row_condition(relation) || ')', '') INTO matches FROM unnest(cdc.key_columns(relation)) k(name);
  state := format('LATERAL (SELECT %s AS key, %s AS data FROM %s t WHERE %s OFFSET 0) s', cdc.key_expression(relation), cdc.row_expression(relation), rows, matches);

  -- A transaction with an old snapshot can write NULL into a column that has just lost its NOT NULL.
  IF NOT (SELECT i.indisprimary FROM pg_index i WHERE i.indexrelid = to_regclass(cdc.key_index(relation))) THEN
    SELECT format($sql$
    UNION ALL
    (SELECT %s, 'x', NULL, NULL%s FROM %s n WHERE %s LIMIT 1)$sql$,
      table_id, CASE WHEN op = 'UPDATE' AND cdc.has_before(relation) THEN ', NULL' END, touched.new_t, string_agg(format('n.%I IS NULL', k.name), ' OR ')) INTO keyless
    FROM unnest(cdc.key_columns(relation)) k(name);
  END IF;

  IF op <> 'INSERT' AND cdc.has_before(relation) THEN
    SELECT string_agg(format('o.%1$I = n.%1$I', k.name), ' AND ') INTO is_new FROM unnest(cdc.key_columns(relation)) k(name);
    RETURN format($sql$
    INSERT INTO cdc.change_log (table_id, op, key, data, before)
    SELECT %s, CASE WHEN s.key IS NULL THEN 'd' ELSE 'u' END, %s, coalesce(s.data, %s), CASE WHEN s.key IS NOT NULL THEN %3$s END FROM %s n LEFT JOIN %s ON true$sql$,
      table_id, old_key, old_row, old_rows, state)
    || CASE op WHEN 'DELETE' THEN '' ELSE format($sql$
    UNION ALL
    SELECT %s, 'c', s.key, s.data, NULL FROM %s n LEFT JOIN %s o ON %s, %s WHERE o.%I IS NULL%s$sql$,
      table_id, touched.new_t, old_rows, is_new, state, (cdc.key_columns(relation))[1], keyless) END;
  END IF;

  RETURN CASE op
    WHEN 'INSERT' THEN
      format($sql$
    %s
    SELECT %s, 'c', s.key, s.data FROM %s n, %s%s$sql$, log, table_id, touched.new_t, state, keyless)
    WHEN 'UPDATE' THEN
      format($sql$
    %s
    SELECT %s, 'd', %s, %s FROM %s n WHERE NOT EXISTS (SELECT FROM %s t WHERE %s OFFSET 0)
    UNION ALL
    SELECT %2$s, 'u', s.key, s.data FROM new_t n, %8$s%9$s$sql$,
        log, table_id, old_key, old_row, old_rows, rows, matches, state, keyless)
    WHEN 'DELETE' THEN
      format($sql$
    %s
    SELECT %s, CASE WHEN s.key IS NULL THEN 'd' ELSE 'u' END, %s, coalesce(s.data, %s) FROM %s n LEFT JOIN %s ON true$sql$,
        log, table_id, old_key, old_row, old_rows, state)
  END;
END $$;

-- The statement that logs that a statement of the given kind, or a row of it, was not captured.
CREATE OR REPLACE FUNCTION cdc.uncaptured(table_id int, op text, by_row boolean) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN op = 'TRUNCATE' THEN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''t'')', table_id)
    WHEN by_row THEN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''x'')', table_id)
    ELSE format('INSERT INTO cdc.change_log (table_id, op) SELECT %s, ''x'' FROM %s LIMIT 1', table_id, CASE op WHEN 'INSERT' THEN 'new_t' ELSE 'old_t' END) END;
END $$;

-- What tells of other columns, as the data of op s; NULL if the columns are those of which the log has told last. The columns of another table, which has taken the name, are
-- others even if they have the numbers of the former ones: so these come without numbers.
CREATE OR REPLACE FUNCTION cdc.schema_change(relation regclass, table_id int) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
BEGIN
  RETURN (
    SELECT json_build_object('columns', now, 'before', CASE WHEN t.relation = relation THEN told
      ELSE (SELECT json_agg(c::jsonb || '{"number": 0}' ORDER BY place) FROM json_array_elements(told) WITH ORDINALITY c(c, place)) END)
    FROM cdc.tracked_table t, cdc.columns(relation) now,
      LATERAL (SELECT coalesce((SELECT c.columns FROM cdc.told_columns c WHERE c.table_id = table_id ORDER BY c.id DESC LIMIT 1), t.columns) AS told) last
    WHERE t.id = table_id AND (t.relation <> relation OR told::text <> now::text));
END $$;

-- The statements for a table that is no longer what cdc.track found: which columns it has now, if these are others, and then the changes: whoever reads the log in its order
-- knows what each row is made of. Where it cannot be captured at all, the log says so: that is loud, loses nothing that a new snapshot would not bring, and lets the writer go on.
CREATE OR REPLACE FUNCTION cdc.capture_anew(relation regclass, table_id int, op text) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
DECLARE
  touched record := cdc.touched(relation, anew => true);
BEGIN
  IF op = 'TRUNCATE' THEN
    RETURN cdc.capture_statement(relation, table_id, op);
  ELSIF (SELECT code FROM cdc.refusal(relation)) IS NOT NULL THEN
    RETURN cdc.uncaptured(table_id, op, cdc.has_before(relation));
  END IF;
  RETURN concat_ws('; ',
    (SELECT format($sql$
      WITH told AS (INSERT INTO cdc.change_log (table_id, op, data) SELECT %1$s, 's', %2$L FROM %3$s n LIMIT 1 RETURNING data)
      INSERT INTO cdc.told_columns (table_id, columns) SELECT %1$s, data->'columns' FROM told$sql$,
      table_id, change, CASE op WHEN 'INSERT' THEN touched.new_t ELSE touched.old_t END)
     FROM cdc.schema_change(relation, table_id) change WHERE change IS NOT NULL),
    cdc.capture_statement(relation, table_id, op, anew => true));
END $$;

-- Sets the output settings for the rest of the transaction and returns what they were, so that the slow path of a trigger function can put them back.
CREATE OR REPLACE FUNCTION cdc.swap_output_settings(new_values text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  names text[] := (SELECT array_agg(name) FROM cdc.output_settings());
  old_values text[] := (SELECT array_agg(current_setting(name)) FROM unnest(names) name);
BEGIN
  PERFORM set_config(s.name, s.value, true) FROM ROWS FROM (unnest(names), unnest(new_values)) s(name, value);
  RETURN old_values;
END $$;

-- The settings of a table's trigger function: only those that its types need, since each costs every statement about half a microsecond. Without enable_seqscan = off a plan that was made
-- while the table was tiny would read the whole table for each row; with jit on, a plan that was made for a large statement would be compiled anew for each small one. A hash is made
-- of the column's text, and a condition may hold literals of any type.
CREATE OR REPLACE FUNCTION cdc.capture_settings(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN 'SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off'
    || CASE WHEN cdc.row_condition(relation) IS NULL THEN '' ELSE ' SET standard_conforming_strings = on' END  -- its literals are written so
    || coalesce((
      SELECT string_agg(format(' SET %s = %L', s.name, s.value), '' ORDER BY s.name)
      FROM cdc.output_settings() s
      WHERE cdc.row_condition(relation) IS NOT NULL
        OR s.name IN (SELECT cdc.settings_of(c.type, coalesce(c.treatment, '') = 'hash' OR cdc.needs_text(c.type)) FROM cdc.treated_columns(relation) c)), '');
END $$;

-- Logs the TRUNCATE of a partitioned table, or of one partition. TRUNCATE fires the triggers of all tables that it empties, usually the whole first: then the partitions have nothing to tell.
CREATE OR REPLACE FUNCTION cdc.capture_truncate(relation regclass, member regclass, tg_when text, table_id int, choice text) RETURNS void LANGUAGE plpgsql
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
    -- TRUNCATE also empties a partition of rows that are too new for the snapshot of a REPEATABLE READ transaction: those it could not name.
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') OR cdc.choice_text(relation) <> choice OR (SELECT code FROM cdc.refusal(relation)) IS NOT NULL THEN
      INSERT INTO cdc.change_log (table_id, op) VALUES (table_id, 'x');
    ELSE
      settings := cdc.swap_output_settings((SELECT array_agg(value) FROM cdc.output_settings()));
      EXECUTE format('INSERT INTO cdc.change_log (table_id, op, key, data) SELECT %s, ''d'', %s, %s FROM ONLY %s t WHERE (%s)',
        table_id, cdc.key_expression(relation), cdc.row_expression(relation), member, coalesce(cdc.row_condition(relation), 'true'));
      PERFORM cdc.swap_output_settings(settings);
    END IF;
  END IF;
END $$;

-- The body of a table's trigger function. With a choice it also looks whether the columns that it names and the key of hashes are the same; and since a condition may fail for a row
-- (1 / n > 0), which must not be the writer's fault, the log then says that the change was not captured.
-- A partition that was detached or dropped from the table still has the triggers, which the owner alone may take off; they do nothing then.
CREATE OR REPLACE FUNCTION cdc.capture_source(relation regclass, table_id int) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written text := 'TG_RELID';  -- the table that was written, or the whole of which it is a part
  partitioned text := '';
  choice cdc.capture_choice := cdc.choice(relation);
  choice_altered text := '';
  failing text := '';
  by_row boolean := cdc.has_before(relation);
  run_anew text := 'EXECUTE anew';
BEGIN
  IF by_row THEN  -- OLD and NEW have no type where there is no such row, so they are named only where there is
    run_anew := $plpgsql$CASE TG_OP
      WHEN 'INSERT' THEN EXECUTE anew USING NULL::text, NEW;
      WHEN 'UPDATE' THEN EXECUTE anew USING OLD, NEW;
      WHEN 'DELETE' THEN EXECUTE anew USING OLD;
      ELSE EXECUTE anew;
    END CASE$plpgsql$;
  END IF;
  IF choice.relation IS NOT NULL THEN
    choice_altered := format(' OR NOT cdc.are_named(%L, %L, %L)', relation::oid, choice.numbers, ARRAY(SELECT cdc.live_name(relation, n) FROM unnest(choice.numbers) n));
  END IF;
  IF choice.options->'columns' ? 'hash' THEN
    choice_altered := choice_altered || format(' OR (SELECT k.revision FROM cdc.hash_key k) IS DISTINCT FROM %s', (SELECT k.revision FROM cdc.hash_key k));
  END IF;
  IF choice.condition IS NOT NULL THEN
    failing := format($plpgsql$
EXCEPTION WHEN OTHERS THEN
  INSERT INTO cdc.change_log (table_id, op) VALUES (%s, 'x');
  RETURN NULL;$plpgsql$, table_id);
  END IF;
  IF cdc.partitions(relation) IS NOT NULL THEN
    written := 'pg_partition_root(TG_RELID)';
    partitioned := format($plpgsql$
  IF pg_partition_root(TG_RELID) IS NULL OR pg_partition_root(TG_RELID) <> %s AND to_regclass(%L) IS DISTINCT FROM pg_partition_root(TG_RELID) THEN
    RETURN NULL;  -- no part of it any more
  ELSIF TG_OP = 'TRUNCATE' THEN
    PERFORM cdc.capture_truncate(pg_partition_root(TG_RELID), TG_RELID, TG_WHEN, %s, %L);
    RETURN NULL;
  END IF;$plpgsql$, relation::oid, relation, table_id, cdc.choice_text(relation));
  END IF;
  RETURN format($plpgsql$
-- Generated by cdc.track for %s, %s
#variable_conflict use_column
DECLARE
  settings text[];
  anew text;
BEGIN%s
  IF %s <> %L OR NOT cdc.is_current(%5$L, %L, %L, %10$s)%8$s THEN  -- altered since
    settings := cdc.swap_output_settings((SELECT array_agg(value) FROM cdc.output_settings()));
    anew := CASE WHEN cdc.choice_text(%4$s) = %9$L THEN cdc.capture_anew(%4$s, %10$s, TG_OP) ELSE cdc.uncaptured(%10$s, TG_OP, %16$L) END;
    %17$s;
    PERFORM cdc.swap_output_settings(settings);
  ELSIF TG_OP = 'INSERT' THEN%11$s;
  ELSIF TG_OP = 'UPDATE' THEN%12$s;
  ELSIF TG_OP = 'DELETE' THEN%13$s;
  ELSE
    %14$s;
  END IF;
  RETURN NULL;%15$s
END $plpgsql$,
    translate(relation::text, E'\n\r', '  '), cdc.capture_settings(relation), partitioned, written, relation::oid, cdc.key_index(relation), cdc.shape(relation, cdc.key_index(relation)),
    choice_altered, cdc.choice_text(relation), table_id,
    cdc.capture_statement(relation, table_id, 'INSERT'), cdc.capture_statement(relation, table_id, 'UPDATE'), cdc.capture_statement(relation, table_id, 'DELETE'),
    cdc.capture_statement(relation, table_id, 'TRUNCATE'), failing, by_row, run_anew);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
