-- cdc.track(table) generates a trigger function for the table and puts it on as statement-level triggers with transition tables; cdc.untrack(table) takes them off.

CREATE TABLE cdc.tracked_table (
  id             int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation       regclass    NOT NULL,
  schema_name    text        NOT NULL,
  table_name     text        NOT NULL,
  key_columns    text[]      NOT NULL,
  row_expression text        NOT NULL,
  key_expression text        NOT NULL,
  active         boolean     NOT NULL DEFAULT true,
  tracked_at     timestamptz NOT NULL DEFAULT clock_timestamp(),  -- since when all changes are captured, without a gap
  UNIQUE (schema_name, table_name)
);
COMMENT ON TABLE cdc.tracked_table IS 'What is or was captured. Rows stay when a table is untracked, since the log may still refer to them';
COMMENT ON COLUMN cdc.tracked_table.row_expression IS 'SQL over the alias t that gives the row as json, as the triggers log it; key_expression gives its key';
COMMENT ON COLUMN cdc.tracked_table.tracked_at IS 'Since when the table is captured without a gap and by this key; whoever copies it has to copy it anew when this changes';

CREATE FUNCTION cdc.capture_events(OUT event text, OUT transition_tables text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS $$
  VALUES ('insert', 'REFERENCING NEW TABLE AS new_t'), ('update', 'REFERENCING OLD TABLE AS old_t NEW TABLE AS new_t'), ('delete', 'REFERENCING OLD TABLE AS old_t'), ('truncate', '')
$$;

-- The events for which a table lacks an enabled trigger of the function capture_<id>.
CREATE FUNCTION cdc.missing_events(relation regclass, table_id int) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT e.event FROM cdc.capture_events() e
  WHERE NOT EXISTS (
    SELECT FROM pg_trigger g
    WHERE g.tgrelid = relation AND g.tgname = 'zz_cdc_' || e.event AND g.tgenabled IN ('O', 'A') AND g.tgfoid = to_regproc('cdc.capture_' || table_id));
END $$;

-- The id of a table that is captured exactly as cdc.track would have it, else NULL.
CREATE FUNCTION cdc.captured_as(relation regclass) RETURNS int LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
  RETURN (
    SELECT t.id
    FROM cdc.tracked_table t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE t.relation = relation AND t.active AND t.schema_name = s.nspname AND t.table_name = c.relname
      AND (SELECT p.prosrc FROM pg_proc p WHERE p.oid = to_regproc('cdc.capture_' || t.id)) = cdc.capture_source(relation, t.id)
      AND NOT EXISTS (SELECT FROM cdc.missing_events(relation, t.id)));
END $$;

-- The captured tables that cdc.track should look at again, since they were altered, lack a trigger or are gone. Cheap enough to be asked every few seconds.
CREATE FUNCTION cdc.outdated() RETURNS SETOF cdc.tracked_table LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.* FROM cdc.tracked_table t
  WHERE t.active AND (
    EXISTS (SELECT FROM cdc.missing_events(t.relation, t.id))
    OR coalesce((SELECT strpos(p.prosrc, quote_literal(cdc.shape(t.relation, cdc.key_index(t.relation)))) FROM pg_proc p WHERE p.oid = to_regproc('cdc.capture_' || t.id)), 0) = 0);
END $$;

-- CASCADE takes the triggers along; DROP TRIGGER would want the owner of the table.
CREATE FUNCTION cdc.drop_capture(table_id int) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  EXECUTE format('DROP FUNCTION IF EXISTS cdc.capture_%s() CASCADE', table_id);
  UPDATE cdc.tracked_table SET active = false WHERE id = table_id;
END $$;

-- Captures a table from now on and returns its id, which stays the same through untracking and tracking, and through renaming. Does nothing and takes no lock where all is as
-- it should be, so it may be called at any time, and should be after an ALTER TABLE. Otherwise it replaces the function, and puts on those triggers that are missing:
-- CREATE TRIGGER waits for the open transactions that wrote the table, and writers wait behind it, so set a lock_timeout.
--
-- Refusals: TM001 no key, TM002 kind of relation, TM003 row security, TM004 type of the key, TM005 rights, TM006 isolation level.
CREATE FUNCTION cdc.track(relation regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  refusal record;
  table_id int;
  table_schema text;
  name text;
  event text;
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
    RETURN table_id;
  END IF;

  SELECT s.nspname, c.relname INTO table_schema, name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.oid = relation;
  -- Renamed, and the new name is free: it keeps its id.
  UPDATE cdc.tracked_table t SET schema_name = table_schema, table_name = name
  WHERE t.relation = relation AND t.active AND NOT EXISTS (SELECT FROM cdc.tracked_table o WHERE (o.schema_name, o.table_name) = (table_schema, name));
  -- Two tables have changed places: the name decides, and what was captured under another name, or from another table, is captured no more.
  PERFORM cdc.drop_capture(t.id) FROM cdc.tracked_table t
  WHERE t.active AND (t.relation = relation) <> ((t.schema_name, t.table_name) = (table_schema, name));

  INSERT INTO cdc.tracked_table AS t (relation, schema_name, table_name, key_columns, row_expression, key_expression)
  VALUES (relation, table_schema, name, cdc.key_columns(relation), cdc.row_expression(relation), cdc.key_expression(relation))
  ON CONFLICT (schema_name, table_name) DO UPDATE SET
    relation = excluded.relation, key_columns = excluded.key_columns, row_expression = excluded.row_expression, key_expression = excluded.key_expression, active = true,
    -- What was captured before still counts, unless there was a gap or the key is another.
    tracked_at = CASE WHEN t.active AND t.relation = excluded.relation AND t.key_columns = excluded.key_columns AND NOT EXISTS (SELECT FROM cdc.missing_events(relation, t.id)) THEN t.tracked_at ELSE clock_timestamp() END
  RETURNING t.id INTO table_id;

  EXECUTE format('CREATE OR REPLACE FUNCTION cdc.capture_%s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER %s AS %L',
    table_id, cdc.capture_settings(relation), cdc.capture_source(relation, table_id));
  EXECUTE format('REVOKE ALL ON FUNCTION cdc.capture_%s() FROM PUBLIC', table_id);
  FOR event IN SELECT cdc.missing_events(relation, table_id) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER zz_cdc_%s AFTER %1$s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION cdc.capture_%s()',
      event, relation, (SELECT e.transition_tables FROM cdc.capture_events() e WHERE e.event = event), table_id);
  END LOOP;
  RETURN table_id;
END $$;

-- Captures a table no more. Rows of the log that are not yet published stay. For a table that was dropped: SELECT cdc.untrack(relation) FROM cdc.tracked_table WHERE ...
CREATE FUNCTION cdc.untrack(relation regclass) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT cdc.drop_capture(t.id) FROM cdc.tracked_table t WHERE t.relation = untrack.relation AND t.active
$$;
