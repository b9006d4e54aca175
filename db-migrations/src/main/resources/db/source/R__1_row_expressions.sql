-- How a row and its key become JSON. The triggers and the producer's snapshot use the same expressions under the same settings, so a row has one text whichever way it comes.
--
-- Every value is a JSON scalar whose text is the value's own text form, which casts back to exactly the same value. row_to_json() does that for most types; json, jsonb,
-- arrays, composites and types with a cast to json (hstore, PostGIS) it would nest, losing the difference between a JSON null and NULL, array bounds and more: these go as text.
--
-- (All in PL/pgSQL, since that keeps its plans: a SQL function is planned anew for each statement that calls it.)

-- What is under a domain.
CREATE OR REPLACE FUNCTION cdc.base_type(type oid) RETURNS pg_type LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base pg_type;
BEGIN
  SELECT * INTO base FROM pg_type WHERE oid = type;
  WHILE base.typtype = 'd' LOOP
    SELECT * INTO base FROM pg_type WHERE oid = base.typbasetype;
  END LOOP;
  RETURN base;
END $$;

-- Types outside the core go as text too: what row_to_json() makes of them changes when somebody gives them a cast to json, whose function would run with the rights of the trigger.
-- And xml: its output function, which row_to_json() uses, leaves out the XML declaration, and ::text does not.
CREATE OR REPLACE FUNCTION cdc.needs_text(type oid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  RETURN t.oid IN ('json'::regtype, 'jsonb'::regtype, 'xml'::regtype)
    OR t.typtype = 'c'
    OR t.typsubscript = 'array_subscript_handler'::regproc
    OR t.oid >= 16384
    OR EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = 'json'::regtype);
END $$;

-- SQL that gives the text of a value, as the type's output function writes it. Not by a cast where the type has an owner: a cast to text may be defined by him, and would run with
-- the rights of the trigger.
CREATE OR REPLACE FUNCTION cdc.text_form(reference text, type oid) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  RETURN CASE
    WHEN t.oid < 16384 THEN reference || '::text'
    WHEN t.oid = type THEN format('%s(%s)::text', t.typoutput, reference)
    ELSE format('%s(%s::%s)::text', t.typoutput, reference, format_type(t.oid, NULL)) END;
END $$;

-- Whether the text of every value is read as the same value. What PostgreSQL computes for itself cannot be read at all; regproc and regoper write the name of a function or an operator
-- without its arguments, which fits several.
CREATE OR REPLACE FUNCTION cdc.is_readable(type oid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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

-- The settings that text forms depend on, with the values that keep every value exact and every instant in UTC.
CREATE OR REPLACE FUNCTION cdc.output_settings(OUT name text, OUT value text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS $$
  VALUES ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('lc_monetary', 'C')
$$;

-- Which of them the text of a type depends on; nested says that it stands inside an array, a range or a composite, where to_json() no longer writes dates in ISO by itself.
CREATE OR REPLACE FUNCTION cdc.settings_of(type oid, nested boolean DEFAULT false) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  IF t.typtype = 'c' THEN
    RETURN QUERY SELECT s.name FROM pg_attribute a, cdc.settings_of(a.atttypid, true) s(name) WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped;
  ELSIF t.typtype IN ('r', 'm') THEN
    RETURN QUERY SELECT s.name FROM pg_range r, cdc.settings_of(r.rngsubtype, true) s(name) WHERE t.oid IN (r.rngtypid, r.rngmultitypid);
  ELSIF t.typsubscript = 'array_subscript_handler'::regproc THEN
    RETURN QUERY SELECT cdc.settings_of(t.typelem, true);
  ELSIF t.typtype = 'b' AND t.oid >= 16384 THEN
    RETURN QUERY SELECT s.name FROM cdc.output_settings() s;  -- we cannot know
  ELSIF t.oid IN ('float4'::regtype, 'float8'::regtype) OR t.typcategory = 'G' THEN
    RETURN NEXT 'extra_float_digits';
  ELSIF t.oid = 'timestamptz'::regtype THEN
    RETURN NEXT 'TimeZone';
    IF nested THEN RETURN NEXT 'DateStyle'; END IF;
  ELSIF t.oid IN ('date'::regtype, 'timestamp'::regtype) AND nested THEN
    RETURN NEXT 'DateStyle';
  ELSIF t.oid = 'interval'::regtype THEN
    RETURN NEXT 'IntervalStyle';
  ELSIF t.oid = 'bytea'::regtype THEN
    RETURN NEXT 'bytea_output';
  ELSIF t.oid = 'money'::regtype THEN
    RETURN NEXT 'lc_monetary';
  END IF;
END $$;

-- SQL that gives the row under the given alias as json, with the columns that were chosen and as what. Written with `t.*`, since plain `t` would mean a column named t where there is one.
-- For an image, that is a row of a transition table, virtual generated columns (PostgreSQL 18) are NULL: they may not even be named there.
CREATE OR REPLACE FUNCTION cdc.row_expression(relation regclass, alias text DEFAULT 't', image boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c record;
  plain boolean := true;
  form text;
  forms text[] := '{}';
BEGIN
  FOR c IN SELECT *, format('%I.%I', alias, name) AS reference FROM cdc.treated_columns(relation) LOOP
    plain := plain AND c.treatment IS NULL AND NOT cdc.needs_text(c.type);
    CONTINUE WHEN c.treatment = 'exclude';
    form := CASE
      WHEN c.treatment = 'mask' THEN cdc.mask(c.type, c.typmod)
      WHEN image AND c.virtual THEN 'NULL'
      WHEN c.treatment = 'hash' THEN format('cdc.hash(%s)', cdc.text_form(c.reference, c.type))
      WHEN cdc.needs_text(c.type) THEN cdc.text_form(c.reference, c.type)
      ELSE c.reference END;
    forms := forms || (form || format(' AS %I', c.name));
  END LOOP;
  RETURN CASE WHEN plain THEN format('row_to_json(%I.*)', alias) ELSE format('(SELECT row_to_json(r.*) FROM (SELECT %s) r)', array_to_string(forms, ', ')) END;
END $$;

-- Whether an index identifies each row: no condition, no expressions, and no column that may be NULL (in PostgreSQL 18 a NOT NULL may be declared but not yet checked). And whether rows
-- are found by it: if it orders a column by another collation than the column's own, comparing with the column would read the whole table for each row that is written.
CREATE OR REPLACE FUNCTION cdc.identifies_rows(i pg_index) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN i.indisunique AND i.indisvalid AND i.indisready AND i.indpred IS NULL AND NOT EXISTS (
    SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    WHERE k.position <= i.indnkeyatts AND (a.attnotnull IS NOT TRUE OR i.indcollation[k.position - 1] <> a.attcollation
      OR EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = i.indrelid AND c.contype = 'n' AND c.conkey = ARRAY[k.attnum] AND NOT c.convalidated)));
END $$;

-- The index whose columns are the key: the primary key, or the one that was chosen. NULL if there is none, or if the chosen one does not identify rows (any more).
CREATE OR REPLACE FUNCTION cdc.key_index(relation regclass) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  chosen text := (SELECT c.key_index FROM cdc.key_choice c WHERE c.relation = relation);
BEGIN
  RETURN (
    SELECT i.indexrelid::regclass FROM pg_index i
    WHERE i.indrelid = relation AND CASE WHEN chosen IS NULL THEN i.indisprimary ELSE i.indexrelid = to_regclass(chosen) AND cdc.identifies_rows(i) END);
END $$;

-- The columns of that index, in its order.
CREATE OR REPLACE FUNCTION cdc.key_columns(relation regclass) RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT array_agg(a.attname::text ORDER BY k.position)
    FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position), pg_attribute a
    WHERE i.indexrelid = to_regclass(cdc.key_index(relation)) AND k.position <= i.indnkeyatts AND a.attrelid = i.indrelid AND a.attnum = k.attnum);
END $$;

-- The columns of a table: the names and types that its rows have in the log, in order. The number stays the same when a column is renamed.
CREATE OR REPLACE FUNCTION cdc.columns(relation regclass) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off AS $$
DECLARE
  keys text[] := cdc.key_columns(relation);
BEGIN
  RETURN (
    SELECT json_agg(json_build_object('name', a.attname, 'type', CASE WHEN c.treatment = 'hash' THEN 'text' ELSE format_type(a.atttypid, a.atttypmod) END, 'notNull', a.attnotnull,
      'generated', a.attgenerated <> '' AND c.treatment IS NULL, 'keyPosition', coalesce(array_position(keys, a.attname::text), 0), 'number', a.attnum) ORDER BY a.attnum)
    FROM cdc.treated_columns(relation) c JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = c.number
    WHERE c.treatment IS DISTINCT FROM 'exclude');
END $$;

-- The key must be canonical: it is the Kafka key, so values that are equal in PostgreSQL must have the same text, whichever of their forms a row holds.
-- This gives a column's canonical form, or NULL for a type that has none known (intervals, citext, collations under which different texts are equal).
CREATE OR REPLACE FUNCTION cdc.canonical(reference text, type oid, collation_id oid) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  RETURN CASE
    WHEN EXISTS (SELECT FROM pg_collation c WHERE c.oid = collation_id AND NOT c.collisdeterministic) THEN NULL
    WHEN t.typtype = 'e' AND t.oid <> type THEN NULL  -- PostgreSQL has no comparisons for domains over enums
    WHEN t.typtype = 'e' AND EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.castcontext = 'i') THEN NULL  -- nor knows which one is meant, if there are casts
    WHEN t.oid = 'numeric'::regtype THEN format('trim_scale(%s)', reference)           -- 1.0 = 1.00
    WHEN t.oid = 'float4'::regtype THEN format('%s + 0::real', reference)              -- -0 = 0
    WHEN t.oid = 'float8'::regtype THEN format('%s + 0::double precision', reference)
    WHEN t.oid = 'bpchar'::regtype OR t.typtype = 'e' THEN cdc.text_form(reference, type)  -- without the padding
    WHEN t.oid = ANY ('{bool,"\"char\"",name,bytea,int2,int4,int8,oid,text,varchar,date,time,timetz,timestamp,timestamptz,uuid,inet,cidr,macaddr,macaddr8,bit,varbit,money,pg_lsn,xid8}'::regtype[])
      THEN reference
  END;
END $$;

-- SQL that gives the key of the row under the given alias as json; NULL where a row has no canonical key (see cdc.refusal for the reason).
CREATE OR REPLACE FUNCTION cdc.key_expression(relation regclass, alias text DEFAULT 't') RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT CASE WHEN bool_and(c.form IS NOT NULL) THEN format('json_build_object(%s)', string_agg(format('%L, %s', a.attname, c.form), ', ' ORDER BY k.position)) END
    FROM unnest(cdc.key_columns(relation)) WITH ORDINALITY k(name, position),
      pg_attribute a,
      cdc.canonical(format('%I.%I', alias, a.attname), a.atttypid, a.attcollation) c(form)
    WHERE a.attrelid = relation AND a.attname = k.name);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
