-- Nothing is signed for an element that no signed, released manifest names: where each element came
-- from and who owns which pre-provisioned key stand here, once and for good.

-- One row a document: what was taken, by whose signature.
CREATE TABLE manifest (
    sha256         bytea PRIMARY KEY CHECK (length(sha256) = 32),
    vendor         text NOT NULL CHECK (vendor ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    format         text NOT NULL,
    signer_sha256  bytea NOT NULL CHECK (length(signer_sha256) = 32),
    bytes          bigint NOT NULL CHECK (bytes > 0),
    units          bigint NOT NULL CHECK (units > 0),
    keys           bigint NOT NULL CHECK (keys >= units),
    lot            text NOT NULL,
    imported_by    text NOT NULL,
    imported_at    timestamptz NOT NULL
);

CREATE TABLE lot (
    id       text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    vendor   text NOT NULL,
    state    text NOT NULL DEFAULT 'received'
             CHECK (state IN ('received', 'allotted', 'released', 'held', 'closed')),
    product  text,
    site     text,
    UNIQUE (id, vendor),
    CONSTRAINT lot_destination CHECK (
        (state = 'received' AND product IS NULL AND site IS NULL)
        OR (state <> 'received' AND product IS NOT NULL AND site IS NOT NULL))
);
CREATE TRIGGER lot_transition BEFORE UPDATE ON lot
    FOR EACH ROW EXECUTE FUNCTION check_transition('lot', 'product', 'site');
CREATE TRIGGER lot_begins BEFORE INSERT ON lot
    FOR EACH ROW EXECUTE FUNCTION check_initial('received');
ALTER TABLE manifest ADD FOREIGN KEY (lot, vendor) REFERENCES lot (id, vendor);

-- The id is made of vendor and uniqueId by constraint: nobody can rename what a manifest named.
CREATE TABLE element (
    id         text PRIMARY KEY,
    vendor     text NOT NULL,
    unique_id  text NOT NULL CHECK (unique_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$'),
    model      text NOT NULL CHECK (length(model) <= 64),
    lot        text NOT NULL,
    manifest   bytea NOT NULL REFERENCES manifest (sha256),
    state      text NOT NULL DEFAULT 'received'
               CHECK (state IN ('received', 'allotted', 'bound', 'held', 'scrapped', 'returned')),
    FOREIGN KEY (lot, vendor) REFERENCES lot (id, vendor),
    CONSTRAINT element_id_of_vendor CHECK (id = vendor || '/' || unique_id)
);
-- Serials are written as hexadecimal in either case; two spellings are one element.
CREATE UNIQUE INDEX element_once ON element (vendor, lower(unique_id));
CREATE INDEX element_by_lot ON element (lot, state);
CREATE TRIGGER element_transition BEFORE UPDATE ON element
    FOR EACH ROW EXECUTE FUNCTION check_transition('element');
CREATE TRIGGER element_begins BEFORE INSERT ON element
    FOR EACH ROW EXECUTE FUNCTION check_initial('received');

-- A key belongs to one element for ever, across all manifests and vendors.
CREATE TABLE element_key (
    key_sha256  bytea PRIMARY KEY CHECK (length(key_sha256) = 32),
    element     text NOT NULL REFERENCES element (id),
    spki        bytea NOT NULL,
    CONSTRAINT element_key_digest CHECK (key_sha256 = sha256(spki))
);
CREATE INDEX element_key_by_element ON element_key (element);

-- A lot goes to one product and site, once.
CREATE FUNCTION keep_destination() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.state <> 'received'
        AND (NEW.product, NEW.site) IS DISTINCT FROM (OLD.product, OLD.site) THEN
        RAISE EXCEPTION 'an allotted lot stays where it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_destination_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lot_keeps_destination BEFORE UPDATE ON lot
    FOR EACH ROW EXECUTE FUNCTION keep_destination();

-- What a manifest said of an element never changes, and an element is never further than its lot.
CREATE FUNCTION keep_element() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    lot_state text;
BEGIN
    IF (NEW.id, NEW.vendor, NEW.unique_id, NEW.model, NEW.lot, NEW.manifest)
        IS DISTINCT FROM (OLD.id, OLD.vendor, OLD.unique_id, OLD.model, OLD.lot, OLD.manifest) THEN
        RAISE EXCEPTION 'an element keeps what its manifest said'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'element_identity';
    END IF;
    SELECT state INTO lot_state FROM lot WHERE id = NEW.lot;
    IF NEW.state IN ('allotted', 'bound') AND lot_state = 'received'
        OR NEW.state = 'received' AND lot_state <> 'received' THEN
        RAISE EXCEPTION 'an element goes with its lot, which is %', lot_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'element_goes_with_lot';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER element_keeps_identity BEFORE UPDATE ON element
    FOR EACH ROW EXECUTE FUNCTION keep_element();

-- Elements enter a lot only until it is allotted: later ones would pass without anybody's word.
CREATE FUNCTION enter_open_lot() RETURNS trigger LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    PERFORM FROM lot WHERE id = NEW.lot AND state = 'received';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lot is no longer open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'element_enters_open_lot';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER element_enters BEFORE INSERT ON element
    FOR EACH ROW EXECUTE FUNCTION enter_open_lot();

CALL make_history('manifest');
CALL make_history('element_key');
CALL keep_rows('lot');
CALL keep_rows('element');
