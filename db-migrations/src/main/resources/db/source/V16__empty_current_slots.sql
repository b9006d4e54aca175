-- A producer that runs now and then, always at the same hour, found the same two slots current or next each time, and never emptied them.

-- As before; with every, the slots that are written now and next are emptied too. Writers wait for the TRUNCATE, if it gets the lock at all.
DROP FUNCTION cdc.truncate_slot(smallint, xid8, xid8[], bigint, bigint);
CREATE FUNCTION cdc.truncate_slot(slot smallint, xmax xid8, xip xid8[], expected bigint, epoch bigint DEFAULT NULL, every boolean DEFAULT false, OUT status text, OUT truncated bigint, OUT counted bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  leaf regclass := format('cdc.change_log_%s', slot)::regclass;
  last_id bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = 'TM006', MESSAGE = 'cdc.truncate_slot must see what came last', HINT = 'Call it in a READ COMMITTED transaction.';
  END IF;

  SELECT s.truncated INTO truncated FROM cdc.log_slot s WHERE s.slot = slot;
  IF NOT every AND slot IN (cdc.current_slot(), (cdc.current_slot() + 1) % 4) THEN
    status := 'current';
    RETURN;
  ELSIF cdc.has_unconsumed(slot, xmax, xip) THEN
    status := 'unconsumed';
    RETURN;
  END IF;

  EXECUTE format('SELECT count(*), max(id) FROM %s', leaf) INTO counted, last_id;
  IF truncated + counted <> expected THEN
    -- A row that came after the offset may have been counted.
    status := CASE WHEN cdc.has_unconsumed(slot, xmax, xip) THEN 'unconsumed' ELSE 'mismatch' END;
    RETURN;
  ELSIF counted = 0 THEN
    status := 'empty';
    RETURN;
  END IF;

  BEGIN
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', leaf);
  EXCEPTION WHEN lock_not_available THEN
    status := 'busy';
    RETURN;
  END;
  IF EXISTS (SELECT FROM cdc.producer p WHERE p.epoch <> epoch) THEN
    status := 'superseded';
    RETURN;
  ELSIF cdc.has_unconsumed(slot, xmax, xip) THEN
    status := 'unconsumed';
    RETURN;
  END IF;

  EXECUTE format('TRUNCATE %s', leaf);
  UPDATE cdc.log_slot s SET truncated = s.truncated + counted, truncated_to = greatest(s.truncated_to, last_id) WHERE s.slot = slot;
  status := 'truncated';
END $$;

REVOKE ALL ON FUNCTION cdc.truncate_slot FROM PUBLIC;
