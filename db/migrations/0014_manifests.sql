-- Why: a manifest of a million units is written by COPY in one transaction, beside a line that goes on issuing. Laws
-- that were asked once a row are asked once a statement or once a transaction and hold as strictly; what they gain is
-- that elements and keys come with their manifest, in its own transaction, and never after it. And an import is a job
-- with a row of its own.

-- What this transaction brings. The row is written before the elements; at the end of the transaction the manifest
-- must stand beside it and say the truth.
CREATE TABLE manifest_arrival (
    sha256  bytea PRIMARY KEY CHECK (length(sha256) = 32),
    vendor  text NOT NULL,
    lot     text NOT NULL,
    FOREIGN KEY (lot, vendor) REFERENCES lot (id, vendor)
);
CALL make_history('manifest_arrival');

-- A manifest without keys, which some vendors call light, is taken for record: its lot is never released.
ALTER TABLE manifest DROP CONSTRAINT manifest_check;
ALTER TABLE manifest ADD CONSTRAINT manifest_keys CHECK (keys = 0 OR keys >= units);
CREATE INDEX manifest_by_lot ON manifest (lot);

-- Elements begin as received, in a lot that is open and stays so until they are in, with the manifest of this very
-- transaction. The lot's row is shared: an allotment waits for the import or the import for it. Manifests, arrivals
-- and lots are never taken away and their names never change, so that what held here holds for good: these are the
-- foreign keys (manifest) and (lot, vendor), asked once a statement.
ALTER TABLE element DROP CONSTRAINT element_manifest_fkey;
ALTER TABLE element DROP CONSTRAINT element_lot_vendor_fkey;
DROP TRIGGER element_begins ON element;
DROP TRIGGER element_enters ON element;
DROP FUNCTION enter_open_lot();
CREATE FUNCTION enter_with_manifest() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    group_of record;
BEGIN
    FOR group_of IN SELECT DISTINCT manifest, lot, vendor, state FROM arrived LOOP
        IF group_of.state <> 'received' THEN
            RAISE EXCEPTION 'a row of element begins as received'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_begins';
        END IF;
        PERFORM FROM lot WHERE id = group_of.lot AND state = 'received' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lot is no longer open'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_enters_open_lot';
        END IF;
        PERFORM FROM manifest_arrival a
            WHERE a.sha256 = group_of.manifest AND a.lot = group_of.lot AND a.vendor = group_of.vendor
                AND a.xmin = pg_current_xact_id()::xid;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'an element comes with its manifest'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'element_comes_with_manifest';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER element_enters AFTER INSERT ON element REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION enter_with_manifest();

-- A key comes with its element: nobody gives a key to an element that stands already. Elements are never taken away.
-- The plan is by the index, whatever the statistics of a table that is being filled say.
ALTER TABLE element_key DROP CONSTRAINT element_key_element_fkey;
CREATE FUNCTION come_with_element() RETURNS trigger LANGUAGE plpgsql
    SET search_path = hallmark SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM arrived LEFT JOIN LATERAL (
            SELECT true AS stands FROM element
            WHERE element.id = arrived.element AND element.xmin = pg_current_xact_id()::xid
            LIMIT 1) owner ON true
        WHERE owner.stands IS NULL) THEN
        RAISE EXCEPTION 'a key comes with its element'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'element_key_comes_with_element';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER element_key_enters AFTER INSERT ON element_key REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION come_with_element();

-- At the commit, once a manifest: it stands there, it counts what came with it, and each of its elements owns a key
-- or none of them does.
CREATE FUNCTION manifest_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = hallmark SET work_mem = '64MB' AS $$
DECLARE
    said record;
    units_come bigint;
    keys_come bigint;
    without_key boolean;
BEGIN
    SELECT units, keys INTO said FROM manifest
        WHERE sha256 = NEW.sha256 AND lot = NEW.lot AND vendor = NEW.vendor;
    SELECT count(*) INTO units_come FROM element WHERE lot = NEW.lot AND manifest = NEW.sha256;
    SELECT count(*) INTO keys_come FROM element_key k JOIN element e ON e.id = k.element
        WHERE e.lot = NEW.lot AND e.manifest = NEW.sha256;
    SELECT EXISTS (
        SELECT FROM element e WHERE e.lot = NEW.lot AND e.manifest = NEW.sha256
            AND NOT EXISTS (SELECT FROM element_key k WHERE k.element = e.id)) INTO without_key;
    IF said IS NULL OR said.units <> units_come OR said.keys <> keys_come OR (without_key AND keys_come > 0) THEN
        RAISE EXCEPTION 'the manifest is not whole'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_is_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER manifest_is_whole AFTER INSERT ON manifest_arrival
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION manifest_is_whole();

-- Nothing is released that evidence could not be held against: every element of a released lot owns a key. A lot
-- takes nothing after its allotment, so that this is asked of its manifests alone.
CREATE FUNCTION release_with_keys() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF EXISTS (SELECT FROM manifest WHERE lot = NEW.id AND keys = 0) THEN
        RAISE EXCEPTION 'a manifest of the lot has no keys'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_releases_with_keys';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lot_releases_with_keys BEFORE UPDATE ON lot FOR EACH ROW
    WHEN (NEW.state = 'released' AND OLD.state <> 'released') EXECUTE FUNCTION release_with_keys();

-- One row an import that was asked for: where it stands, and how it ended. The node that took the document runs it;
-- with its epoch goes the document, and the job is interrupted.
INSERT INTO transition (subject, from_state, to_state) VALUES
    ('import_job', 'queued', 'running'),
    ('import_job', 'queued', 'interrupted'),
    ('import_job', 'running', 'done'),
    ('import_job', 'running', 'refused'),
    ('import_job', 'running', 'interrupted');
CREATE TABLE import_job (
    id              uuid PRIMARY KEY,
    epoch           bigint NOT NULL REFERENCES epoch (id),
    vendor          text NOT NULL CHECK (vendor ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    lot             text NOT NULL CHECK (lot ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    format          text NOT NULL CHECK (length(format) BETWEEN 1 AND 64),
    octets          bigint NOT NULL CHECK (octets > 0),
    asked_by        text NOT NULL,
    asked_at        timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'queued'
                    CHECK (state IN ('queued', 'running', 'done', 'refused', 'interrupted')),
    octets_read     bigint NOT NULL DEFAULT 0 CHECK (octets_read >= 0),
    units_verified  bigint NOT NULL DEFAULT 0 CHECK (units_verified >= 0),
    manifest        bytea REFERENCES manifest (sha256),
    repeated        boolean,
    reason          text,
    ended_at        timestamptz,
    CONSTRAINT import_job_result CHECK (
        (state = 'done') = (manifest IS NOT NULL AND repeated IS NOT NULL)
        AND (state = 'refused') = (reason IS NOT NULL)
        AND (state IN ('queued', 'running')) = (ended_at IS NULL))
);
CREATE INDEX import_job_open ON import_job (epoch) WHERE ended_at IS NULL;
CREATE TRIGGER import_job_transition BEFORE UPDATE ON import_job FOR EACH ROW EXECUTE FUNCTION
    check_transition('import_job', 'octets_read', 'units_verified', 'manifest', 'repeated', 'reason', 'ended_at');
CREATE TRIGGER import_job_begins BEFORE INSERT ON import_job
    FOR EACH ROW EXECUTE FUNCTION check_initial('queued');
CREATE TRIGGER import_job_has_ended BEFORE UPDATE ON import_job FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CALL keep_rows('import_job');
