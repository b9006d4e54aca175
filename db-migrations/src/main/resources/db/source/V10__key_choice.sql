-- A unique index in the place of the primary key, where there is none or another key is wanted.

CREATE TABLE cdc.key_choice (
  relation  regclass PRIMARY KEY,
  key_index text NOT NULL
);
COMMENT ON TABLE cdc.key_choice IS 'Tables whose key is not their primary key but this unique index; see cdc.track(relation, key_index)';
REVOKE ALL ON cdc.key_choice FROM PUBLIC;

-- Whether an index identifies each row: no condition, no expressions, and no column that may be NULL (in PostgreSQL 18 a NOT NULL may be declared but not yet checked).
CREATE FUNCTION cdc.identifies_rows(i pg_index) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN i.indisunique AND i.indisvalid AND i.indisready AND i.indpred IS NULL AND NOT EXISTS (
    SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, position) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    WHERE k.position <= i.indnkeyatts AND (a.attnotnull IS NOT TRUE
      OR EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = i.indrelid AND c.contype = 'n' AND c.conkey = ARRAY[k.attnum] AND NOT c.convalidated)));
END $$;

-- The index whose columns are the key; NULL if there is none, or if the chosen one does not identify rows (any more).
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

-- Why a table has no key, and what to do: the message and the hint of TM001.
CREATE FUNCTION cdc.no_key(relation regclass, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  chosen text := (SELECT c.key_index FROM cdc.key_choice c WHERE c.relation = relation);
BEGIN
  IF chosen IS NULL THEN
    message := format('%s cannot be tracked: it has no primary key', relation);
    hint := format('ALTER TABLE %s ADD PRIMARY KEY (...), or name a unique index on columns that are NOT NULL in cdc.keys or in cdc.track(%1$L, ...), or leave the table out.', relation);
  ELSE
    message := format('%s cannot be tracked: the index %s that was chosen as its key does not identify every row', relation, chosen);
    hint := 'It has to be unique, valid, without condition and expressions, and all its columns NOT NULL. Put that right, or choose another one in cdc.keys or with cdc.track(table, index); NULL there stands for the primary key.';
  END IF;
END $$;

-- As before; the reason for the lack of a key is told by cdc.no_key.
CREATE OR REPLACE FUNCTION cdc.refusal(relation regclass, OUT code text, OUT message text, OUT hint text) LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET quote_all_identifiers = off AS $$
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
    WHEN relation IS DISTINCT FROM to_regclass('cdc.heartbeat') AND c.relnamespace::regnamespace::text IN ('cdc', 'pg_catalog', 'information_schema', 'pg_toast') THEN format('it belongs to the schema %s', c.relnamespace::regnamespace)
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

-- As before; besides, where the key is no primary key, it says of a row without one that it was not captured.
CREATE OR REPLACE FUNCTION cdc.capture_statement(relation regclass, table_id int, op text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log text := 'INSERT INTO cdc.change_log (table_id, op, key, data)';
  same_key text;
  state text;  -- the row with the key of n as it is now
  keyless text := '';
BEGIN
  IF op = 'TRUNCATE' THEN
    RETURN format('INSERT INTO cdc.change_log (table_id, op) VALUES (%s, ''t'')', table_id);
  END IF;

  SELECT string_agg(format('t.%1$I = n.%1$I', k.name), ' AND ') INTO same_key FROM unnest(cdc.key_columns(relation)) k(name);
  state := format('LATERAL (SELECT %s AS key, %s AS data FROM ONLY %s t WHERE %s OFFSET 0) s', cdc.key_expression(relation), cdc.row_expression(relation), relation, same_key);

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
    SELECT %s, 'd', %s, %s FROM old_t n WHERE NOT EXISTS (SELECT FROM ONLY %s t WHERE %s OFFSET 0)
    UNION ALL
    SELECT %2$s, 'u', s.key, s.data FROM new_t n, %7$s%8$s$sql$, log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), relation, same_key, state, keyless)
    WHEN 'DELETE' THEN
      format($sql$
    %s
    SELECT %s, CASE WHEN s.key IS NULL THEN 'd' ELSE 'u' END, %s, coalesce(s.data, %s) FROM old_t n LEFT JOIN %s ON true$sql$,
        log, table_id, cdc.key_expression(relation, 'n'), cdc.row_expression(relation, 'n', image => true), state)
  END;
END $$;

-- As before, but a domain over an enum cannot be a key: each write would have failed.
CREATE OR REPLACE FUNCTION cdc.canonical(reference text, type oid, collation_id oid) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  t pg_type := cdc.base_type(type);
BEGIN
  RETURN CASE
    WHEN EXISTS (SELECT FROM pg_collation c WHERE c.oid = collation_id AND NOT c.collisdeterministic) THEN NULL
    WHEN t.typtype = 'e' AND t.oid <> type THEN NULL  -- PostgreSQL has no comparisons for domains over enums
    WHEN t.oid = 'numeric'::regtype THEN format('trim_scale(%s)', reference)           -- 1.0 = 1.00
    WHEN t.oid = 'float4'::regtype THEN format('%s + 0::real', reference)              -- -0 = 0
    WHEN t.oid = 'float8'::regtype THEN format('%s + 0::double precision', reference)
    WHEN t.oid = 'bpchar'::regtype OR t.typtype = 'e' THEN format('%s::text', reference)  -- without the padding
    WHEN t.oid = ANY ('{bool,"\"char\"",name,bytea,int2,int4,int8,oid,text,varchar,date,time,timetz,timestamp,timestamptz,uuid,inet,cidr,macaddr,macaddr8,bit,varbit,money,pg_lsn,xid8}'::regtype[])
      THEN reference
  END;
END $$;

-- Captures a table with a unique index as its key; NULL stands for the primary key. The choice holds for cdc.track(relation), too.
CREATE FUNCTION cdc.track(relation regclass, key_index regclass) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;

-- These have come anew since they were given these settings (see V7).
ALTER FUNCTION cdc.captured_as(regclass) SET standard_conforming_strings = on;
ALTER FUNCTION cdc.captured_as(regclass) SET quote_all_identifiers = off;
ALTER FUNCTION cdc.outdated() SET standard_conforming_strings = on;
ALTER FUNCTION cdc.outdated() SET quote_all_identifiers = off;
ALTER FUNCTION cdc.track(regclass) SET standard_conforming_strings = on;
ALTER FUNCTION cdc.track(regclass) SET quote_all_identifiers = off;
