-- Why: an issuance must be reserved durably before a key is touched and recorded before it is answered,
-- and the law about keys, names, devices and elements must hold even against the server's own login.

-- Whose an intent is: a node inserts one row at start and beats it; after ten seconds without a beat
-- the epoch is dead for good and its intents may be settled by others.
CREATE TABLE epoch (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node        text NOT NULL CHECK (length(node) BETWEEN 1 AND 64),
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    beat_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Not history: a challenge lives at most two minutes, and what is secret in it goes when it is spent.
CREATE TABLE challenge (
    challenge             bytea PRIMARY KEY CHECK (length(challenge) = 32),
    door                  text NOT NULL CHECK (door IN ('factory', 'field')),
    purpose               text NOT NULL CHECK (purpose IN ('issuance', 'reprovisioning')),
    station               text NOT NULL,
    product               text NOT NULL,
    policy_sha256         bytea NOT NULL CHECK (length(policy_sha256) = 32),
    format                text NOT NULL,
    ek_certificate_sha256 bytea,
    ak_name               bytea,
    activation_secret     bytea,
    created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at            timestamptz NOT NULL,
    spent_at              timestamptz,
    CHECK (expires_at <= created_at + interval '120 seconds'),
    CHECK (spent_at IS NULL OR activation_secret IS NULL)
);
CREATE INDEX challenge_outstanding ON challenge (station, expires_at) WHERE spent_at IS NULL;
CREATE INDEX challenge_expiry ON challenge (expires_at);

CREATE TABLE device (
    id       text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 160),
    product  text NOT NULL,
    element  text NOT NULL UNIQUE REFERENCES element (id),
    state    text NOT NULL DEFAULT 'unprovisioned'
             CHECK (state IN ('unprovisioned', 'issued', 'provisioned', 'decommissioned')),
    made_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER device_begins BEFORE INSERT ON device
    FOR EACH ROW EXECUTE FUNCTION check_initial('unprovisioned');
CREATE TRIGGER device_transition BEFORE UPDATE ON device
    FOR EACH ROW EXECUTE FUNCTION check_transition('device', 'state');

-- One row a serial, with every constraint; the wide bytes live in credential_body.
CREATE TABLE credential (
    serial             bytea PRIMARY KEY CHECK (length(serial) BETWEEN 17 AND 20),
    issuance           uuid NOT NULL UNIQUE,
    station            text NOT NULL,
    request_id         uuid NOT NULL,
    body_sha256        bytea NOT NULL CHECK (length(body_sha256) = 32),
    device             text NOT NULL REFERENCES device (id),
    element            text NOT NULL REFERENCES element (id),
    product            text NOT NULL,
    policy_sha256      bytea NOT NULL,
    intermediate       text NOT NULL,
    lot                text NOT NULL,
    site               text NOT NULL,
    key_sha256         bytea NOT NULL,
    tbs_sha256         bytea NOT NULL UNIQUE,
    not_before         timestamptz NOT NULL,
    not_after          timestamptz NOT NULL,
    installation_nonce bytea NOT NULL CHECK (length(installation_nonce) = 32),
    confirm_within     interval NOT NULL,
    epoch              bigint NOT NULL REFERENCES epoch (id),
    state              text NOT NULL DEFAULT 'reserved'
                       CHECK (state IN ('reserved', 'issued', 'active', 'retired', 'void', 'burnt')),
    reserved_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_at        timestamptz,
    CONSTRAINT credential_request_once UNIQUE (station, request_id),
    CHECK (state IN ('reserved', 'burnt') OR recorded_at IS NOT NULL)
);
CREATE UNIQUE INDEX credential_one_live_per_device ON credential (device)
    WHERE state IN ('reserved', 'issued', 'active');
CREATE UNIQUE INDEX credential_one_live_per_element ON credential (element)
    WHERE state IN ('reserved', 'issued', 'active');
-- A key is certified once; void and burnt certificates were never used, so the key may come again.
CREATE UNIQUE INDEX credential_key_once ON credential (key_sha256)
    WHERE state NOT IN ('void', 'burnt');
CREATE INDEX credential_unconfirmed ON credential (recorded_at) WHERE state = 'issued';
CREATE INDEX credential_unsettled ON credential (epoch) WHERE state = 'reserved';
CREATE INDEX credential_ended ON credential (intermediate, not_after)
    WHERE state IN ('retired', 'void', 'burnt');
CREATE INDEX credential_by_element ON credential (element);
CREATE TRIGGER credential_begins BEFORE INSERT ON credential
    FOR EACH ROW EXECUTE FUNCTION check_initial('reserved');
CREATE TRIGGER credential_transition BEFORE UPDATE ON credential
    FOR EACH ROW EXECUTE FUNCTION check_transition('credential', 'recorded_at');

-- (issuer, subject) and each alternative name belong to one element for ever.
CREATE TABLE credential_name (
    intermediate  text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('subject', 'san')),
    name_sha256   bytea NOT NULL,
    element       text NOT NULL,
    PRIMARY KEY (intermediate, kind, name_sha256)
);

-- The durable intent: stands before the key is touched, and says exactly what may be signed.
CREATE TABLE intent (
    serial      bytea PRIMARY KEY REFERENCES credential (serial),
    tbs         bytea NOT NULL,
    tbs_sha256  bytea NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (tbs_sha256 = sha256(tbs))
);

-- Partitioned by intermediate, so that a retired one's bodies can be detached and archived whole.
CREATE TABLE credential_body (
    serial          bytea NOT NULL,
    intermediate    text NOT NULL,
    certificate     bytea NOT NULL,
    request         bytea NOT NULL,
    claims          text NOT NULL,
    challenge       bytea NOT NULL,
    manifest_sha256 bytea NOT NULL,
    key_uri         text NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (intermediate, serial)
) PARTITION BY LIST (intermediate);
CREATE TABLE credential_body_rest PARTITION OF credential_body DEFAULT;

-- What OpenSSL, the independent oracle, said of a certificate.
CREATE TABLE oracle_verdict (
    serial    bytea PRIMARY KEY REFERENCES credential (serial),
    accepted  boolean NOT NULL,
    detail    text NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE installation (
    serial  bytea PRIMARY KEY REFERENCES credential (serial),
    proof   bytea NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE refusal (
    id           uuid PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    door         text NOT NULL,
    act          text NOT NULL,
    station      text NOT NULL,
    product      text,
    request_id   uuid,
    reason       text NOT NULL,
    detail       text NOT NULL,
    body_sha256  bytea NOT NULL
);
CREATE INDEX refusal_by_station ON refusal (station, at);

-- A product that the oracle or an operator stopped; the latest row counts.
CREATE TABLE product_hold (
    number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product  text NOT NULL,
    held     boolean NOT NULL,
    cause    text NOT NULL,
    actor    text NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX product_hold_latest ON product_hold (product, number DESC);

-- How much of a limit is used. Only grows; a void gives nothing back once a signature exists.
CREATE TABLE usage (
    kind     text NOT NULL CHECK (kind IN ('station', 'lot')),
    id       text NOT NULL,
    product  text NOT NULL,
    used     bigint NOT NULL CHECK (used > 0),
    PRIMARY KEY (kind, id, product)
);

CREATE TABLE number_range (
    product  text PRIMARY KEY,
    next     bigint NOT NULL CHECK (next > 0)
);

CREATE FUNCTION only_grows() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF TG_TABLE_NAME = 'usage' THEN
        IF NEW.used <= OLD.used OR (NEW.kind, NEW.id, NEW.product) <> (OLD.kind, OLD.id, OLD.product) THEN
            RAISE EXCEPTION 'usage only grows' USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_grows';
        END IF;
    ELSIF NEW.next <= OLD.next OR NEW.product <> OLD.product THEN
        RAISE EXCEPTION 'a range only moves on' USING ERRCODE = 'check_violation', CONSTRAINT = 'range_grows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_grows BEFORE UPDATE ON usage FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER range_grows BEFORE UPDATE ON number_range FOR EACH ROW EXECUTE FUNCTION only_grows();

CALL make_history('intent');
CALL make_history('credential_body');
CALL make_history('oracle_verdict');
CALL make_history('installation');
CALL make_history('refusal');
CALL make_history('product_hold');
CALL make_history('credential_name');
CALL keep_rows('credential');
CALL keep_rows('device');
CALL keep_rows('usage');
CALL keep_rows('number_range');
CALL keep_rows('epoch');
