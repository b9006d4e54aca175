-- What tells whether two databases order text alike: provider, name and version of a collation, or just C where the order is that of bytes.
-- The same function stands at the source and at the destination, since ranges of text keys mean the same on both only if the answers are equal.
-- (Columns that a version of PostgreSQL does not have are read through jsonb, which gives NULL for them.)
CREATE OR REPLACE FUNCTION cdc.collation_identity(collation_id oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN provider = 'c' AND name IN ('C', 'POSIX') OR provider = 'b' AND name = 'C' THEN 'C'
      ELSE concat_ws(':', CASE provider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE provider END, name, version)
    END
  FROM (
    SELECT
      coalesce(to_jsonb(d)->>'datlocprovider', 'c') AS provider,
      CASE to_jsonb(d)->>'datlocprovider'
        WHEN 'i' THEN coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale')
        WHEN 'b' THEN to_jsonb(d)->>'datlocale'
        ELSE d.datcollate::text END AS name,
      pg_collation_actual_version((
        SELECT oid FROM pg_collation
        WHERE collprovider::text = coalesce(to_jsonb(d)->>'datlocprovider', 'c') AND collencoding IN (-1, d.encoding) AND collname NOT IN ('C', 'POSIX', 'default')
        ORDER BY collname = d.datcollate DESC, oid LIMIT 1)) AS version
    FROM pg_database d
    WHERE d.datname = current_database() AND collation_id = 100  -- the database's default collation
    UNION ALL
    SELECT c.collprovider::text, coalesce(to_jsonb(c)->>'colllocale', to_jsonb(c)->>'colliculocale', c.collcollate::text), pg_collation_actual_version(c.oid)
    FROM pg_collation c
    WHERE c.oid = collation_id AND collation_id <> 100) named
$$;
