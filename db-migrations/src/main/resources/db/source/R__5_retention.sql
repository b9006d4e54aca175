-- Retention: a slot of the log is emptied by TRUNCATE when all of it is published. DELETE would write the log twice and wait for VACUUM; DROP PARTITION would stop all writers.

-- Whether a slot has rows that an offset, given as the xmax and the xip of its snapshot, has not passed. Always by the index on xid: it is asked under the lock.
CREATE OR REPLACE FUNCTION cdc.has_unconsumed(slot smallint, xmax xid8, xip xid8[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  answer boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM cdc.change_log_%s l WHERE l.xid >= $1) OR EXISTS (SELECT FROM cdc.change_log_%1$s l WHERE l.xid = ANY ($2))', slot)
    INTO answer USING xmax, xip;
  RETURN answer;
END $$;

-- Empties a slot if everything in it lies behind the committed offset, and if the books are right; notes what it takes away. Does so only for the present incarnation of the producer,
-- whose epoch is given: a former one knows an offset that the present one may have moved back since. Whoever moves it has claimed a new epoch before, and waits for the lock of the slot.
-- With every, the slots that are written now and next are emptied too: writers wait for the TRUNCATE, if it gets the lock at all.
--
-- Answers how many rows had been truncated from the slot before, how many it has now (NULL if they were not counted), and a status:
--
--   truncated   done
--   empty       there was nothing to do
--   current     the slot is being written or is the next to be
--   unconsumed  it has rows that the offset has not passed: later
--   mismatch    rows truncated from it so far + rows in it <> expected, the rows ever published from it: a loss that was caught. Nothing is truncated.
--   busy        somebody (a writer with an open transaction, a poller, a dump) holds the slot's table: later
--   superseded  another incarnation has taken over
--
-- Counting may take long, so it is done before the lock. The lock is not waited for, since the pollers would queue up behind a waiting one. While it is held no
-- transaction with rows in the slot can be open, so what is then visible is all there is; and a row that came after the count is behind no committed offset.
-- The lock is held until the caller's transaction ends: commit at once.
CREATE OR REPLACE FUNCTION cdc.truncate_slot(
  slot smallint, xmax xid8, xip xid8[], expected bigint, epoch bigint DEFAULT NULL, every boolean DEFAULT false, OUT status text, OUT truncated bigint, OUT counted bigint)
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

  -- Once more: who was emptying the slot has done so by now, and while it is read here nobody else can.
  SELECT s.truncated INTO truncated FROM cdc.log_slot s WHERE s.slot = slot;
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cdc FROM PUBLIC;
