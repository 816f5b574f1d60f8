-- Why: what a manifest brought was counted at the commit, by three scans on one core while the others stood still. It
-- is counted as it comes. Each unit knows its entry in the document, units and keys come in that order, and so
-- the count proves at any size what the scans did: each unit once, each with its keys or none with any.

-- Of the document, from zero, as a refusal names it. What is here already is numbered by its name.
ALTER TABLE element ADD COLUMN entry integer;
ALTER TABLE element DISABLE TRIGGER USER;
UPDATE element SET entry = numbered.entry
    FROM (SELECT id, row_number() OVER (PARTITION BY manifest ORDER BY id) - 1 AS entry FROM element) AS numbered
    WHERE numbered.id = element.id;
ALTER TABLE element ENABLE TRIGGER USER;
ALTER TABLE element ALTER COLUMN entry SET NOT NULL, ADD CONSTRAINT element_entry CHECK (entry >= 0);
CREATE TRIGGER element_keeps_entry BEFORE UPDATE ON element FOR EACH ROW
    WHEN (NEW.entry <> OLD.entry) EXECUTE FUNCTION refuse_change();

-- The same form, in a way that costs a tenth: a bounded repetition is unrolled.
ALTER TABLE element DROP CONSTRAINT element_unique_id_check;
ALTER TABLE element ADD CONSTRAINT element_unique_id_check CHECK (
    unique_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]*$' AND length(unique_id) <= 64);

-- Two spellings are one element: by its id, which has but one, and no longer by an index beside it. The letters are
-- those of ASCII wherever the database stands: the rules of some languages tell I from i.
DO $$
BEGIN
    IF EXISTS (SELECT FROM element WHERE id <> lower(id COLLATE "C")) THEN
        RAISE EXCEPTION 'elements are named by capital letters in what is history: this version cannot rename them';
    END IF;
END $$;
ALTER TABLE element DROP CONSTRAINT element_id_of_vendor;
ALTER TABLE element ADD CONSTRAINT element_id_of_vendor CHECK (
    id = vendor || '/' || lower(unique_id COLLATE "C"));
DROP INDEX element_once;

-- How far an arrival is. Written by the two laws below alone: nobody has the right to.
ALTER TABLE manifest_arrival
    ADD COLUMN units bigint NOT NULL DEFAULT 0,  -- that came
    ADD COLUMN keyed bigint NOT NULL DEFAULT 0,  -- units whose keys came
    ADD COLUMN keys  bigint NOT NULL DEFAULT 0;  -- that came
DROP TRIGGER is_history ON manifest_arrival;
UPDATE manifest_arrival SET units = manifest.units, keys = manifest.keys,
                            keyed = CASE WHEN manifest.keys > 0 THEN manifest.units ELSE 0 END
    FROM manifest WHERE manifest.sha256 = manifest_arrival.sha256;
CALL keep_rows('manifest_arrival');
-- And a lot is what one manifest brought.
CREATE FUNCTION begin_arrival() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM manifest_arrival WHERE lot = NEW.lot)
        OR EXISTS (SELECT FROM manifest WHERE lot = NEW.lot) THEN
        RAISE EXCEPTION 'the lot came by another manifest'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_is_one_manifest';
    END IF;
    IF (NEW.units, NEW.keyed, NEW.keys) <> (0, 0, 0) THEN
        RAISE EXCEPTION 'nothing has come yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_arrival_begins';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER manifest_arrival_begins BEFORE INSERT ON manifest_arrival
    FOR EACH ROW EXECUTE FUNCTION begin_arrival();
-- Counted until the manifest stands there, and never after it.
CREATE FUNCTION keep_arrival() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark, pg_temp AS $$
BEGIN
    IF (NEW.sha256, NEW.vendor, NEW.lot) IS DISTINCT FROM (OLD.sha256, OLD.vendor, OLD.lot)
        OR EXISTS (SELECT FROM manifest WHERE sha256 = OLD.sha256) THEN
        RAISE EXCEPTION 'what came with a manifest is history'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_arrival_is_history';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER manifest_arrival_is_history BEFORE UPDATE ON manifest_arrival
    FOR EACH ROW EXECUTE FUNCTION keep_arrival();

-- As before, and counted: the units of a statement are the next ones of their manifest.
CREATE OR REPLACE FUNCTION enter_with_manifest() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = hallmark, pg_temp AS $$
DECLARE
    group_of record;
    before bigint;
BEGIN
    FOR group_of IN
        SELECT manifest, lot, vendor, state, count(*) AS units, count(DISTINCT entry) AS entries,
               min(entry) AS first, max(entry) AS last
        FROM arrived
        GROUP BY manifest, lot, vendor, state
    LOOP
        IF group_of.state <> 'received' THEN
            RAISE EXCEPTION 'a row of element begins as received'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_begins';
        END IF;
        PERFORM FROM lot WHERE id = group_of.lot AND state = 'received' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lot is no longer open'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_enters_open_lot';
        END IF;
        UPDATE manifest_arrival a SET units = a.units + group_of.units
            WHERE a.sha256 = group_of.manifest AND a.lot = group_of.lot AND a.vendor = group_of.vendor
                AND a.xmin = pg_current_xact_id()::xid
            RETURNING a.units - group_of.units INTO before;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an element comes with its manifest'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_comes_with_manifest';
        END IF;
        IF (group_of.entries, group_of.first, group_of.last)
            <> (group_of.units, before, before + group_of.units - 1) THEN
            RAISE EXCEPTION 'elements come in the order of their entries'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_comes_in_order';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- A key comes with its element, as before; all keys of an element in one statement, and in the order of their
-- elements: those of a statement are the next ones without any. The plan is by the index, whatever the statistics of
-- a table that is being filled say.
CREATE OR REPLACE FUNCTION come_with_element() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = hallmark, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    group_of record;
    before bigint;
BEGIN
    FOR group_of IN
        SELECT e.manifest, count(*) AS units, sum(owned.keys) AS keys, min(e.entry) AS first, max(e.entry) AS last
        FROM (SELECT element, count(*) AS keys FROM arrived GROUP BY element) AS owned
        LEFT JOIN LATERAL (
            SELECT manifest, entry FROM element
            WHERE element.id = owned.element AND element.xmin = pg_current_xact_id()::xid
            LIMIT 1) e ON true
        GROUP BY e.manifest
    LOOP
        UPDATE manifest_arrival a SET keyed = a.keyed + group_of.units, keys = a.keys + group_of.keys
            WHERE a.sha256 = group_of.manifest
            RETURNING a.keyed - group_of.units INTO before;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a key comes with its element'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_key_comes_with_element';
        END IF;
        IF (group_of.first, group_of.last) <> (before, before + group_of.units - 1) THEN
            RAISE EXCEPTION 'keys come in the order of their elements'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_key_comes_in_order';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
-- They write what the server may not. Whoever could put them on a table of their own could have them write it.
REVOKE ALL ON FUNCTION enter_with_manifest(), come_with_element() FROM PUBLIC;
-- It was there for the scans.
DROP INDEX element_key_by_element;

-- At the commit, once a manifest: it stands there and counts what came with it, and each of its elements owns a key or
-- none of them does.
CREATE OR REPLACE FUNCTION manifest_is_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark, pg_temp AS $$
BEGIN
    PERFORM FROM manifest m JOIN manifest_arrival a USING (sha256, lot, vendor)
        WHERE m.sha256 = NEW.sha256 AND m.units = a.units AND m.keys = a.keys AND a.keyed IN (0, a.units);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the manifest is not whole'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_is_whole';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION manifest_is_whole() RESET work_mem;
