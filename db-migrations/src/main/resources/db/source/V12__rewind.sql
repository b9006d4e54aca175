-- What a producer has to know to publish a part of the log again, which must end in the rows that are there now.

-- Of each row that is published again the later changes have to be in the log as well, but slots are not always emptied in their order: so nothing from before the last
-- row that was taken away counts. What was taken away before this was noted lies before now.
ALTER TABLE cdc.log_slot ADD COLUMN truncated_to bigint NOT NULL DEFAULT 0;
UPDATE cdc.log_slot SET truncated_to = (SELECT last_value FROM cdc.change_log_id) WHERE truncated > 0;
COMMENT ON COLUMN cdc.log_slot.truncated_to IS 'The highest id that was truncated from the slot';

-- The same for a table: what was logged before a gap, or while it had other columns or another key, says nothing of how its rows are now.
ALTER TABLE cdc.tracked_table ADD COLUMN unchanged_from bigint NOT NULL DEFAULT 0;
UPDATE cdc.tracked_table SET unchanged_from = (SELECT last_value FROM cdc.change_log_id);
COMMENT ON COLUMN cdc.tracked_table.unchanged_from IS 'What the log has of the table above this id was captured without a gap, and while the table was as cdc.track last found it; if cdc.missed_change names the table, nothing was';

-- At the end of the transaction, when the triggers are on and no writer is left that had not met them.
CREATE FUNCTION cdc.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE cdc.tracked_table SET unchanged_from = nextval('cdc.change_log_id') WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_change AFTER INSERT OR UPDATE OF relation, key_columns, row_expression, active ON cdc.tracked_table
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cdc.note_change();

-- As before, and it notes what it takes away, and does so only for the present incarnation of the producer, whose epoch is given: a former one knows an offset that the
-- present one may have moved back since. Whoever moves it has claimed a new epoch before, and waits for the lock of the slot.
--
--   superseded  another incarnation has taken over
DROP FUNCTION cdc.truncate_slot(smallint, xid8, xid8[], bigint);
CREATE FUNCTION cdc.truncate_slot(slot smallint, xmax xid8, xip xid8[], expected bigint, epoch bigint DEFAULT NULL, OUT status text, OUT truncated bigint, OUT counted bigint)
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
  IF slot IN (cdc.current_slot(), (cdc.current_slot() + 1) % 4) THEN
    status := 'current';
    RETURN;
  ELSIF cdc.has_unconsumed(slot, xmax, xip) THEN
    status := 'unconsumed';
    RETURN;
  END IF;

  EXECUTE format('SELECT count(*), max(id) FROM %s', leaf) INTO counted, last_id;
  IF truncated + counted <> expected THEN
    status := 'mismatch';
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
