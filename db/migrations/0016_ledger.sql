-- Why: a lot is released only if every hand that it went through signed for it, from its vendor's manifest to the
-- site where it is used; and where each element of it is can be counted at any time, from rows that do not know of
-- each other, so that what is lost or used twice shows.

-- A lot may be for one line of its site alone.
ALTER TABLE lot ADD COLUMN line text CHECK (line ~ '^[a-z0-9][a-z0-9._-]{0,63}$');
ALTER TABLE lot ADD CONSTRAINT lot_line_of_site CHECK (line IS NULL OR site IS NOT NULL);
DROP TRIGGER lot_transition ON lot;
CREATE TRIGGER lot_transition BEFORE UPDATE ON lot
    FOR EACH ROW EXECUTE FUNCTION check_transition('lot', 'product', 'site', 'line');
CREATE OR REPLACE FUNCTION keep_destination() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.state <> 'received'
        AND (NEW.product, NEW.site, NEW.line) IS DISTINCT FROM (OLD.product, OLD.site, OLD.line) THEN
        RAISE EXCEPTION 'an allotted lot stays where it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_destination_fixed';
    END IF;
    RETURN NEW;
END $$;

-- One row an entry of a lot's chain, with the document as it was signed. `stands` is what the lot comes to after it:
-- the units that were handed on, or what is left after a scrap or a return.
CREATE TABLE hand_over (
    lot                 text NOT NULL REFERENCES lot (id),
    sequence            integer NOT NULL CHECK (sequence BETWEEN 1 AND 256),
    kind                text NOT NULL
                        CHECK (kind IN ('vendor', 'distributor', 'receiving', 'line', 'scrap', 'return')),
    giver               text NOT NULL CHECK (giver ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    taker               text NOT NULL CHECK (taker ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    units               bigint NOT NULL CHECK (units > 0),
    stands              bigint NOT NULL CHECK (stands >= 0),
    site                text,
    at                  timestamptz NOT NULL,
    previous            bytea NOT NULL CHECK (length(previous) = 32),
    sha256              bytea NOT NULL,
    certificate_sha256  bytea NOT NULL CHECK (length(certificate_sha256) = 32),
    document            text NOT NULL CHECK (octet_length(document) BETWEEN 1 AND 65536),
    posted_by           text NOT NULL,
    posted_at           timestamptz NOT NULL,
    PRIMARY KEY (lot, sequence),
    CONSTRAINT hand_over_once UNIQUE (sha256),
    CONSTRAINT hand_over_digest CHECK (sha256 = sha256(convert_to(document, 'UTF8'))),
    CONSTRAINT hand_over_site CHECK ((site IS NOT NULL) = (kind IN ('receiving', 'line')))
);
CALL make_history('hand_over');

-- The elements that a scrap or a return names; each is given away once.
CREATE TABLE hand_over_element (
    element   text PRIMARY KEY REFERENCES element (id),
    lot       text NOT NULL,
    sequence  integer NOT NULL,
    FOREIGN KEY (lot, sequence) REFERENCES hand_over (lot, sequence)
);
CALL make_history('hand_over_element');

-- What the first entry names as the one before it: the manifest, or the digest of all of them in ascending order.
CREATE FUNCTION hand_over_origin(of_lot text) RETURNS bytea
    LANGUAGE plpgsql STABLE SET search_path = hallmark AS $$
DECLARE
    digests bytea[] := ARRAY(SELECT sha256 FROM manifest WHERE lot = of_lot ORDER BY sha256);
BEGIN
    IF cardinality(digests) = 1 THEN
        RETURN digests[1];
    END IF;
    RETURN sha256((SELECT string_agg(digest, ''::bytea ORDER BY digest) FROM unnest(digests) AS digest));
END $$;

-- No gap, no fork, and no more units than there were: against whoever inserts.
CREATE FUNCTION hand_over_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    before hand_over;
BEGIN
    SELECT * INTO before FROM hand_over WHERE lot = NEW.lot ORDER BY sequence DESC LIMIT 1;
    IF NOT FOUND THEN
        before.sequence := 0;
        before.sha256 := hand_over_origin(NEW.lot);
        before.stands := (SELECT sum(units) FROM manifest WHERE lot = NEW.lot);
    END IF;
    IF (NEW.sequence = before.sequence + 1 AND NEW.previous = before.sha256 AND NEW.units <= before.stands
        AND NEW.stands = CASE WHEN NEW.kind IN ('scrap', 'return') THEN before.stands - NEW.units
                              ELSE NEW.units END) IS NOT TRUE THEN
        RAISE EXCEPTION 'the entry does not follow the last one of its lot'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_over_follows BEFORE INSERT ON hand_over
    FOR EACH ROW EXECUTE FUNCTION hand_over_follows();

-- The chain begins with all that came; more would stand before its beginning.
CREATE FUNCTION manifest_before_hand_over() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF EXISTS (SELECT FROM hand_over WHERE lot = NEW.lot) THEN
        RAISE EXCEPTION 'the lot was handed over and takes no more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'manifest_before_hand_over';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER manifest_before_hand_over BEFORE INSERT ON manifest
    FOR EACH ROW EXECUTE FUNCTION manifest_before_hand_over();

-- Released means received where it is used. The chain itself is read again by the release.
CREATE FUNCTION lot_was_received() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    PERFORM FROM (SELECT kind, site FROM hand_over
                  WHERE lot = NEW.id AND kind NOT IN ('scrap', 'return')
                  ORDER BY sequence DESC LIMIT 1) AS last
    WHERE last.kind IN ('receiving', 'line') AND last.site = NEW.site;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lot was not received at its site'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_was_received';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lot_was_received BEFORE UPDATE ON lot FOR EACH ROW
    WHEN (NEW.state = 'released' AND OLD.state <> 'released') EXECUTE FUNCTION lot_was_received();

-- Somebody counted what lies unused: how many there were, and how many the book said there and then.
CREATE TABLE stock_count (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lot         text NOT NULL REFERENCES lot (id),
    units       bigint NOT NULL CHECK (units >= 0),
    expected    bigint NOT NULL CHECK (expected >= 0),
    counted_by  text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX stock_count_latest ON stock_count (lot, number DESC);
CALL make_history('stock_count');

-- Each element as its own row has it, beside what credentials and installations say of it; `wrong` names what cannot
-- be true together.
CREATE VIEW element_standing AS
SELECT e.id AS element, e.lot, e.model, e.state, c.tried, c.open, c.installed,
       array_remove(ARRAY[
           CASE WHEN e.state = 'bound' AND c.tried = 0 THEN 'bound-without-credential' END,
           CASE WHEN e.state IN ('received', 'allotted', 'held') AND c.tried > 0
                THEN 'credential-of-unbound-element' END,
           CASE WHEN e.state = 'scrapped' AND c.live THEN 'live-credential-on-scrapped-element' END,
           CASE WHEN e.state = 'returned' AND c.tried > 0 THEN 'credential-on-returned-element' END,
           CASE WHEN c.unowned THEN 'installation-without-credential' END,
           CASE WHEN c.unproved THEN 'credential-without-installation' END,
           CASE WHEN c.elsewhere THEN 'credential-of-another-lot' END], NULL) AS wrong
FROM element e
CROSS JOIN LATERAL (
    SELECT count(*) AS tried,
           COALESCE(bool_or(k.state IN ('reserved', 'issued')), false) AS open,
           COALESCE(bool_or(k.state IN ('reserved', 'issued', 'active')), false) AS live,
           COALESCE(bool_or(k.state IN ('active', 'retired') AND i.serial IS NOT NULL), false) AS installed,
           COALESCE(bool_or(k.state NOT IN ('active', 'retired') AND i.serial IS NOT NULL), false) AS unowned,
           COALESCE(bool_or(k.state IN ('active', 'retired') AND i.serial IS NULL), false) AS unproved,
           COALESCE(bool_or(k.lot <> e.lot), false) AS elsewhere
    FROM credential k
    LEFT JOIN installation i ON i.serial = k.serial
    WHERE k.element = e.id) c;
