-- Choice at capture: which columns of a table are captured, which of them only as a mask or a hash, which of its rows, and whether the rows before. What is left out never enters
-- the log.
--
-- Whatever happens to a table, more than was chosen must not get out. So a column is known by its number besides its name; a choice is not lost when another table takes the name;
-- and where a transaction's old snapshot hides the present choice, the log says that the change was not captured.

-- HMAC-SHA256 of a text, in hex. (Without a SET clause, which would cost more than the hash: all who call it have pinned the search path.)
CREATE OR REPLACE FUNCTION cdc.hash(value text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
  RETURN (SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(value, 'UTF8'))), 'hex') FROM cdc.hash_key k);
END $$;

-- What becomes of a column: exclude, mask, hash, or NULL for its value. A column keeps what was chosen for it under any name, and a new column that takes the name gets it too;
-- but what was not there when columns to include were chosen is not one of them.
CREATE OR REPLACE FUNCTION cdc.treatment(choice cdc.capture_choice, number int2, name text, in_key boolean) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lists jsonb := choice.options->'columns';
  names text[] := ARRAY[name, choice.names[array_position(choice.numbers, number)]];
BEGIN
  RETURN CASE
    WHEN lists->'exclude' ?| names THEN 'exclude'
    WHEN lists->'mask' ?| names THEN 'mask'
    WHEN lists->'hash' ?| names THEN 'hash'
    WHEN lists ? 'include' AND NOT in_key AND NOT coalesce(lists->'include' ? names[2], false) THEN 'exclude'
  END;
END $$;

CREATE OR REPLACE FUNCTION cdc.choice(relation regclass) RETURNS cdc.capture_choice LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  choice cdc.capture_choice;
BEGIN
  SELECT * INTO choice FROM cdc.capture_choice c WHERE c.relation = relation AND c.relation_oid = relation::oid;
  RETURN choice;
END $$;

-- All that was chosen, as a text to compare; empty if nothing was.
CREATE OR REPLACE FUNCTION cdc.choice_text(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  choice cdc.capture_choice := cdc.choice(relation);
BEGIN
  RETURN CASE WHEN choice.relation IS NULL THEN ''
    ELSE concat_ws(' ', choice.options, choice.numbers, choice.names, choice.condition, (SELECT k.revision FROM cdc.hash_key k WHERE choice.options->'columns' ? 'hash')) END;
END $$;

-- The columns of a table with what becomes of them.
CREATE OR REPLACE FUNCTION cdc.treated_columns(relation regclass, OUT number int2, OUT name text, OUT type oid, OUT typmod int, OUT virtual boolean, OUT treatment text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  choice cdc.capture_choice := cdc.choice(relation);
  keys text[] := CASE WHEN choice.relation IS NOT NULL THEN cdc.key_columns(relation) END;
BEGIN
  RETURN QUERY
  SELECT a.attnum, a.attname::text, a.atttypid, a.atttypmod, a.attgenerated = 'v',
    CASE WHEN choice.relation IS NOT NULL THEN cdc.treatment(choice, a.attnum, a.attname::text, coalesce(a.attname = ANY (keys), false)) END
  FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum;
END $$;

-- The name of a column as the session sees the table now, whatever the snapshot of its transaction (see cdc.live_columns).
CREATE OR REPLACE FUNCTION cdc.live_name(relation regclass, number int2) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT object_names[3] FROM pg_identify_object_as_address('pg_class'::regclass, relation, number)
$$;

-- Whether columns have these names now. IMMUTABLE for the same reason, and under the same condition, as cdc.is_current.
CREATE OR REPLACE FUNCTION cdc.are_named(relation regclass, numbers int2[], names text[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM unnest(numbers, names) c(number, name) WHERE cdc.live_name(relation, c.number) IS DISTINCT FROM c.name);
END $$;

-- Whether the mask of a type is asterisks; else it is NULL. (Of a domain nobody knows what it would say of them.)
CREATE OR REPLACE FUNCTION cdc.has_mask(type oid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
  RETURN (SELECT t.typtype = 'b' AND t.typcategory = 'S' OR t.oid = '"char"'::regtype FROM pg_type t WHERE t.oid = type);
END $$;

-- Four asterisks, or as many as fit into the type.
CREATE OR REPLACE FUNCTION cdc.mask(type oid, typmod int) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  room int := CASE WHEN type = '"char"'::regtype THEN 1 WHEN type IN ('varchar'::regtype, 'bpchar'::regtype) AND typmod > 4 THEN typmod - 4 ELSE 4 END;
BEGIN
  RETURN CASE WHEN cdc.has_mask(type) THEN quote_literal(repeat('*', least(4, room))) ELSE 'NULL' END || '::text';
END $$;

-- What tells the types of columns from all others, whoever makes one under their names.
CREATE OR REPLACE FUNCTION cdc.types_of(relation regclass, numbers int2[]) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
BEGIN
  RETURN ARRAY(SELECT format('%s %s', a.atttypid::oid, a.atttypid::regtype) FROM unnest(numbers) WITH ORDINALITY n(number, place)
    LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = n.number AND NOT a.attisdropped ORDER BY n.place);
END $$;

-- Why the condition of a choice may not even be parsed; NULL if it may. What its names stand for was looked up when it was chosen. Over columns of other types they may stand for
-- casts and functions of the table's owner, which would run with the rights of the producer's role.
CREATE OR REPLACE FUNCTION cdc.condition_problem(choice cdc.capture_choice) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT format('the condition for its rows names %s, whose type is another since', string_agg(quote_ident(choice.names[array_position(choice.numbers, n.number)]), ', '))
    FROM unnest(choice.condition_columns, choice.condition_types, cdc.types_of(choice.relation, choice.condition_columns)) n(number, chosen, now)
    WHERE n.chosen IS DISTINCT FROM n.now HAVING count(*) > 0);
END $$;

-- The condition that rows have to fulfil to be captured, over the columns of the table without an alias; NULL if there is none.
CREATE OR REPLACE FUNCTION cdc.row_condition(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  choice cdc.capture_choice := cdc.choice(relation);
  problem text := cdc.condition_problem(choice);
BEGIN
  IF problem IS NOT NULL THEN
    PERFORM cdc.refuse_choice(relation, problem, 'Choose it anew.');
  END IF;
  RETURN choice.condition;
END $$;

-- What may be told of an error: nothing that quotes a value, which may be one of another table.
CREATE OR REPLACE FUNCTION cdc.tellable(state text, message text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN state LIKE '42%' OR state LIKE '0A%' THEN message ELSE format('it fails (SQLSTATE %s)', state) END
$$;

-- Whether updates are logged with the row as it was before.
CREATE OR REPLACE FUNCTION cdc.has_before(relation regclass) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce(((cdc.choice(relation)).options->'before')::boolean, false);
END $$;

-- Of old rows those that fulfilled the condition. Virtual generated columns may not be named there.
CREATE OR REPLACE FUNCTION cdc.old_rows(relation regclass, old_t text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  condition text := cdc.row_condition(relation);
BEGIN
  RETURN CASE WHEN condition IS NULL THEN old_t
    ELSE format('(SELECT %s FROM %s t WHERE (%s))', (
      SELECT string_agg(format(CASE WHEN c.virtual THEN 'NULL::text AS %1$I' ELSE 't.%1$I' END, c.name), ', ' ORDER BY c.number) FROM cdc.treated_columns(relation) c), old_t, condition) END;
END $$;

-- What a condition says as PostgreSQL understands it, and which columns it names; or what is wrong with it. It has to be fit for an index: then it depends on nothing but the row,
-- so that a row comes and goes only when it is written. Hence the index, on a table that is taken back at once. And it may depend on nothing that others could change, but for
-- enums, whose names cdc.condition_problem looks after. Operators of a column's own type are found where the type is: citext ignores case here, too.
CREATE OR REPLACE FUNCTION cdc.check_condition(relation regclass, rows text, OUT condition text, OUT names text[], OUT problem text) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off SET client_min_messages = warning
SET DateStyle = 'ISO, YMD' SET IntervalStyle = 'postgres' SET TimeZone = 'UTC' SET extra_float_digits = 1 SET bytea_output = 'hex' SET lc_monetary = 'C' AS $$
DECLARE
  probe refcursor;
  others text;
BEGIN
  PERFORM set_config('search_path', concat_ws(', ', 'pg_catalog',
    (SELECT string_agg(DISTINCT quote_ident(s.nspname), ', ') FROM cdc.treated_columns(relation) c JOIN pg_type t ON t.oid = c.type JOIN pg_namespace s ON s.oid = t.typnamespace
     WHERE s.nspname <> 'pg_catalog' AND EXISTS (SELECT FROM pg_depend d WHERE (d.classid, d.objid, d.deptype) = ('pg_type'::regclass, t.oid, 'e'))), 'pg_temp'), true);
  OPEN probe FOR EXECUTE format(E'SELECT FROM %s t WHERE (%s\n)', relation, rows);  -- a cursor takes one statement only
  CLOSE probe;
  EXECUTE format('CREATE TABLE cdc.condition_probe AS SELECT %s FROM %s t WITH NO DATA',
    (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.number) FROM cdc.treated_columns(relation) c WHERE NOT c.virtual), relation);
  EXECUTE format(E'CREATE INDEX condition_probe_index ON cdc.condition_probe ((true)) WHERE (%s\n)', rows);
  PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
  SELECT string_agg(pg_describe_object(d.refclassid, d.refobjid, 0), ', ') INTO others
  FROM pg_depend d LEFT JOIN pg_proc p ON (d.refclassid, d.refobjid) = ('pg_proc'::regclass, p.oid) LEFT JOIN pg_type t ON (d.refclassid, d.refobjid) = ('pg_type'::regclass, t.oid)
    LEFT JOIN pg_operator o ON (d.refclassid, d.refobjid) = ('pg_operator'::regclass, o.oid) LEFT JOIN pg_collation l ON (d.refclassid, d.refobjid) = ('pg_collation'::regclass, l.oid)
    JOIN pg_roles r ON r.oid = coalesce(p.proowner, t.typowner, o.oprowner, l.collowner)
  WHERE (d.classid, d.objid) = ('pg_class'::regclass, 'cdc.condition_probe_index'::regclass) AND NOT r.rolsuper AND r.rolname <> current_user
    AND NOT (t.typtype IS NOT DISTINCT FROM 'e' AND EXISTS (SELECT FROM cdc.treated_columns(relation) c WHERE c.type = t.oid));
  IF others IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('it depends on %s, which its owner could change: let a superuser or %I own it', others, current_user);
  END IF;
  SELECT coalesce(pg_get_expr(i.indpred, i.indrelid), 'true') INTO condition FROM pg_index i WHERE i.indexrelid = 'cdc.condition_probe_index'::regclass;
  SELECT coalesce(array_agg(a.attname::text), '{}') INTO names
  FROM pg_depend d JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
  WHERE d.classid = 'pg_class'::regclass AND d.objid = 'cdc.condition_probe_index'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = 'cdc.condition_probe'::regclass;
  RAISE EXCEPTION USING ERRCODE = 'TM000';  -- takes the table back; variables keep what they have
EXCEPTION
  WHEN SQLSTATE 'TM000' THEN
    NULL;
  WHEN OTHERS THEN
    problem := cdc.tellable(SQLSTATE, SQLERRM);
END $$;

CREATE OR REPLACE FUNCTION cdc.refuse_choice(relation regclass, problem text, hint text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'TM008', MESSAGE = format('%s cannot be captured so: %s', relation, problem), HINT = hint;
END $$;

-- What is wrong with the options of cdc.choose, whatever the table; NULL if nothing is.
CREATE OR REPLACE FUNCTION cdc.malformed(options jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lists jsonb := coalesce(nullif(options->'columns', 'null'), '{}');
BEGIN
  IF jsonb_typeof(options) IS DISTINCT FROM 'object' THEN
    RETURN 'the options have to be an object';
  ELSIF jsonb_typeof(lists) <> 'object' THEN
    RETURN 'columns has to be an object';
  ELSIF jsonb_typeof(options->'rows') NOT IN ('string', 'null') OR trim(options->>'rows') = '' THEN
    RETURN 'rows has to be a condition, as a text';
  ELSIF jsonb_typeof(options->'before') NOT IN ('boolean', 'null') THEN
    RETURN 'before has to be true or false';
  END IF;
  RETURN coalesce(
    (SELECT format('there is no option %s', string_agg(quote_literal(k), ', ')) FROM jsonb_object_keys(options) k WHERE k NOT IN ('columns', 'rows', 'before') HAVING count(*) > 0),
    (SELECT format('columns has no list %s', string_agg(quote_literal(k), ', ')) FROM jsonb_object_keys(lists) k WHERE k NOT IN ('include', 'exclude', 'mask', 'hash') HAVING count(*) > 0),
    (SELECT format('columns.%s has to be a list of names', min(l.key)) FROM jsonb_each(lists) l
     WHERE jsonb_typeof(l.value) NOT IN ('array', 'null') OR jsonb_path_exists(l.value, 'strict $[*] ? (@.type() != "string")', silent => true) HAVING count(*) > 0));
END $$;

-- The same options in one form: no name twice, no empty lists, but for columns to include.
CREATE OR REPLACE FUNCTION cdc.normal_options(relation regclass, options jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  problem text := cdc.malformed(options);
BEGIN
  IF problem IS NOT NULL THEN
    PERFORM cdc.refuse_choice(relation, problem, 'The options are {"columns": {"include": [...], "exclude": [...], "mask": [...], "hash": [...]}, "rows": "...", "before": true}, any of them or none.');
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object(
    'columns', (
      SELECT jsonb_object_agg(l.key, (SELECT coalesce(jsonb_agg(DISTINCT n), '[]') FROM jsonb_array_elements_text(l.value) n))
      FROM jsonb_each(nullif(options->'columns', 'null')) l WHERE l.value <> 'null' AND (l.value <> '[]' OR l.key = 'include')),
    'rows', options->'rows',
    'before', nullif(options->'before', 'false')));
END $$;

-- Refuses options that make no sense for the table as it is now.
CREATE OR REPLACE FUNCTION cdc.check_options(relation regclass, options jsonb) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lists jsonb := coalesce(options->'columns', '{}');
  columns text[] := ARRAY(SELECT c.name FROM cdc.treated_columns(relation) c);
  problem text;
BEGIN
  IF lists ? 'include' AND (lists ? 'exclude' OR lists->'include' = '[]') THEN
    PERFORM cdc.refuse_choice(relation, 'columns to include are all that are captured beside the key', 'Name at least one of them, and none to exclude; or name those to exclude.');
  END IF;
  SELECT string_agg(DISTINCT quote_literal(n), ', ') INTO problem FROM jsonb_each(lists) l, jsonb_array_elements_text(l.value) n WHERE n <> ALL (columns);
  IF problem IS NOT NULL THEN
    PERFORM cdc.refuse_choice(relation, format('it has no column %s', problem), format('Write names as they are, without quotes. It has the columns: %s.', array_to_string(columns, ', ')));
  END IF;
  SELECT string_agg(quote_literal(n), ', ') INTO problem FROM (
    SELECT n FROM jsonb_each(lists) l, jsonb_array_elements_text(l.value) n WHERE l.key <> 'include' GROUP BY n HAVING count(*) > 1 OR lists ? 'include' AND NOT lists->'include' ? n) unclear;
  IF problem IS NOT NULL THEN
    PERFORM cdc.refuse_choice(relation, format('what is to become of %s is not clear', problem),
      'A column is either excluded or masked or hashed; and where there are columns to include, what is masked or hashed is one of them.');
  END IF;
END $$;

-- What is chosen with such options, with the columns that it concerns.
CREATE OR REPLACE FUNCTION cdc.resolve_choice(relation regclass, options jsonb) RETURNS cdc.capture_choice LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  choice cdc.capture_choice;
  condition_names text[];
  problem text;
BEGIN
  choice.relation := relation;
  choice.relation_oid := relation;
  choice.options := options;
  SELECT s.nspname, c.relname INTO choice.schema_name, choice.table_name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.oid = choice.relation;
  IF options ? 'rows' THEN
    SELECT c.condition, c.names, c.problem INTO choice.condition, condition_names, problem FROM cdc.check_condition(relation, options->>'rows') c;
    IF problem IS NOT NULL THEN
      PERFORM cdc.refuse_choice(relation, 'the condition for its rows is not one: ' || problem,
        'Write what would follow WHERE, over columns of this table alone and without its name: no subqueries, no aggregates, no virtual columns, and only functions and operators that are IMMUTABLE.');
    END IF;
  END IF;
  SELECT coalesce(array_agg(c.number ORDER BY c.number), '{}'), coalesce(array_agg(c.name ORDER BY c.number), '{}'), array_agg(c.number) FILTER (WHERE c.name = ANY (condition_names))
  INTO choice.numbers, choice.names, choice.condition_columns
  FROM cdc.treated_columns(relation) c
  WHERE c.name = ANY (condition_names) OR c.name IN (SELECT n FROM jsonb_each(options->'columns') l, jsonb_array_elements_text(l.value) n);
  choice.condition_types := cdc.types_of(relation, choice.condition_columns);
  RETURN choice;
END $$;

-- Why a table cannot be captured as it was chosen: TM008, or TM006 where that cannot be seen. For cdc.refusal.
CREATE OR REPLACE FUNCTION cdc.choice_refusal(relation regclass, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  choice cdc.capture_choice := cdc.choice(relation);
  keys text[] := cdc.key_columns(relation);
  former jsonb;
  columns text;
  problem text;
  anew CONSTANT text := 'Write the condition anew, where it stands: in the producer''s settings, by PUT /admin/tables, or with cdc.choose. If it is to be the same, write it in parentheses.';
BEGIN
  IF choice.relation IS NULL THEN
    SELECT c.options INTO former FROM cdc.capture_choice c JOIN pg_class r ON r.relname = c.table_name JOIN pg_namespace s ON s.oid = r.relnamespace AND s.nspname = c.schema_name
    WHERE r.oid = relation LIMIT 1;
    IF former IS NOT NULL THEN
      problem := 'another table had this name, or this one before it was restored, of which not all was captured';
      hint := format('SELECT cdc.choose(%L, %L) captures this one in the same way, SELECT cdc.choose(%1$L, ''{}'') all of it.', relation, former);
    END IF;
  ELSIF EXISTS (SELECT FROM unnest(choice.numbers) n JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = n WHERE a.attname <> cdc.live_name(relation, n)) THEN
    code := 'TM006';
    message := format('%s cannot be tracked: it was altered after the snapshot of this transaction', relation);
    hint := 'Begin a new transaction, READ COMMITTED if possible.';
    RETURN;
  ELSE
    SELECT string_agg(quote_ident(c.name), ', ') INTO columns
    FROM cdc.treated_columns(relation) c JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = c.number WHERE c.treatment = 'mask' AND a.attnotnull AND NOT cdc.has_mask(c.type);
    IF columns IS NOT NULL THEN
      problem := format('the mask of %s would be NULL, which it may not be', columns);
      hint := 'Only text has a mask of its own. Exclude or hash such columns.';
    END IF;
    IF cdc.has_before(relation) AND cdc.partitions(relation) IS NOT NULL THEN
      problem := 'of a partitioned table the rows before are not captured, since a row that moves to another partition is deleted and inserted';
      hint := 'Leave the option before out.';
    END IF;
    IF choice.options->'columns' ? 'hash' AND NOT EXISTS (SELECT FROM cdc.hash_key) THEN
      problem := 'there is no key for hashes';
      hint := 'Set cdc.capture.hash-key at the producer, or SELECT cdc.set_hash_key(...).';
    END IF;
    SELECT string_agg(quote_ident(choice.names[array_position(choice.numbers, n)]), ', ') INTO columns
    FROM unnest(choice.condition_columns) n JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = n WHERE a.attname <> choice.names[array_position(choice.numbers, n)];
    IF columns IS NOT NULL THEN
      problem := format('the condition for its rows names %s, which was renamed or dropped', columns);
      hint := anew;
    ELSIF cdc.condition_problem(choice) IS NOT NULL THEN
      problem := cdc.condition_problem(choice);
      hint := anew;
    ELSIF choice.condition IS NOT NULL THEN
      BEGIN
        EXECUTE format('SELECT FROM %s t WHERE (%s) LIMIT 0', relation, choice.condition);
      EXCEPTION WHEN OTHERS THEN
        problem := format('the condition for its rows is one no longer: %s', cdc.tellable(SQLSTATE, SQLERRM));
        hint := anew;
      END;
    END IF;
    SELECT string_agg(quote_ident(c.name), ', ') INTO columns FROM cdc.treated_columns(relation) c WHERE c.treatment IS NOT NULL AND c.name = ANY (keys);
    IF columns IS NOT NULL THEN
      problem := format('%s belongs to its key', columns);
      hint := 'Events find their row by the key, so it is neither excluded nor masked nor hashed. Choose another unique index as the key (cdc.keys), or leave these columns as they are.';
    END IF;
  END IF;
  IF problem IS NOT NULL THEN
    code := 'TM008';
    message := format('%s cannot be captured so: %s', relation, problem);
  END IF;
END $$;

-- Captures a table anew, after all that now writes it has ended: nothing that was captured otherwise comes later. A new copy follows; the producer looks after the table at once.
CREATE OR REPLACE FUNCTION cdc.recapture(relation regclass, key_index regclass DEFAULT NULL) RETURNS int LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  table_id int;
BEGIN
  PERFORM cdc.drop_capture(t.id) FROM cdc.tracked_table t WHERE t.active AND t.relation = relation;
  table_id := CASE WHEN key_index IS NULL THEN cdc.track(relation) ELSE cdc.track(relation, key_index) END;
  UPDATE cdc.control SET revision = revision + 1;
  RETURN table_id;
END $$;

-- Captures of a table what is chosen: {"columns": {"include": [...], "exclude": [...], "mask": [...], "hash": [...]}, "rows": "a condition", "before": true}; '{}' stands for all columns
-- and rows, without the rows before. The choice holds for cdc.track(relation), too. If it is another than before, this waits for the open transactions that wrote the table, so set a lock_timeout, and a new copy follows.
CREATE OR REPLACE FUNCTION cdc.choose(relation regclass, options jsonb, key_index regclass DEFAULT NULL) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
#variable_conflict use_variable
DECLARE
  refusal record;
  former jsonb;
  choice cdc.capture_choice;
BEGIN
  SELECT * INTO refusal FROM cdc.refusal(relation);
  IF refusal.code IN ('TM002', 'TM003', 'TM005', 'TM006') THEN
    RAISE EXCEPTION USING ERRCODE = refusal.code, MESSAGE = refusal.message, HINT = refusal.hint;
  END IF;
  options := cdc.normal_options(relation, options);
  PERFORM pg_advisory_xact_lock(hashtext('cdc.track'), relation::oid::int);
  former := (cdc.choice(relation)).options;
  -- What was chosen before is not looked up again: a column may have another name since, or be gone.
  IF coalesce(former, '{}') = options AND (former IS NOT NULL OR refusal.code IS DISTINCT FROM 'TM008') THEN
    RETURN CASE WHEN key_index IS NULL THEN cdc.track(relation) ELSE cdc.track(relation, key_index) END;
  END IF;

  PERFORM cdc.check_options(relation, options);
  choice := cdc.resolve_choice(relation, options);
  -- Of the tables that had this name, those that are gone are forgotten, and the others go by the name that they have now.
  DELETE FROM cdc.capture_choice c
  WHERE c.relation = relation OR (c.schema_name, c.table_name) = (choice.schema_name, choice.table_name) AND NOT EXISTS (SELECT FROM pg_class r WHERE r.oid = c.relation);
  UPDATE cdc.capture_choice c SET schema_name = s.nspname, table_name = r.relname FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace
  WHERE r.oid = c.relation AND (c.schema_name, c.table_name) = (choice.schema_name, choice.table_name);
  IF options <> '{}' THEN
    INSERT INTO cdc.capture_choice SELECT choice.*;
  END IF;
  RETURN cdc.recapture(relation, key_index);
END $$;

-- Sets the key of hashed columns. Returns whether it is another than before: then the tables that have such columns are captured anew, as by cdc.choose.
CREATE OR REPLACE FUNCTION cdc.set_hash_key(key text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
DECLARE
  bytes bytea := convert_to(key, 'UTF8');
  pads bytea[] := ARRAY['', '']::bytea[];
  t cdc.tracked_table;
BEGIN
  IF length(bytes) > 64 THEN
    bytes := sha256(bytes);
  END IF;
  FOR i IN 0..63 LOOP
    FOR pad IN 1..2 LOOP
      pads[pad] := pads[pad] || set_byte('\x00', 0, CASE WHEN i < length(bytes) THEN get_byte(bytes, i) ELSE 0 END # CASE pad WHEN 1 THEN 54 ELSE 92 END);
    END LOOP;
  END LOOP;
  INSERT INTO cdc.hash_key AS k (revision, inner_pad, outer_pad) VALUES (1, pads[1], pads[2])
  ON CONFLICT (one) DO UPDATE SET revision = k.revision + 1, inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad WHERE k.inner_pad <> excluded.inner_pad;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  FOR t IN SELECT a.* FROM cdc.tracked_table a JOIN cdc.capture_choice c USING (relation) WHERE a.active AND c.options->'columns' ? 'hash' LOOP
    IF (SELECT code FROM cdc.refusal(t.relation)) IS NULL THEN
      PERFORM cdc.recapture(t.relation);
    ELSE
      PERFORM cdc.drop_capture(t.id);  -- its next cdc.track says why
    END IF;
  END LOOP;
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
