-- What a column's order depends on beside its type: the collation of text, the labels of an enum; NULL if nothing. The same function stands at the source and at the destination.
CREATE OR REPLACE FUNCTION cdc.key_order(type oid, collation_id oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE base(type) AS (
      SELECT $1
    UNION ALL
      SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.type AND t.typtype = 'd')
  SELECT coalesce(cdc.collation_identity($2), (
    SELECT 'enum:' || string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM base b JOIN pg_enum e ON e.enumtypid = b.type))
$$;
