-- Who and what may act: pinned principals, vendors' roots, policy versions, intermediates. What gives authority is
-- written once; only a state may be switched, and every switch has its event row.

-- One table holds the canonical public key of every principal, intermediate and credential, so that a key is in one
-- hand only, across roles and doors. A credential's holder is its element.
CREATE TABLE known_key (
    key_sha256 bytea PRIMARY KEY CHECK (length(key_sha256) = 32),
    holder_kind text NOT NULL
        CHECK (holder_kind IN ('station', 'operator', 'intermediate', 'credential', 'log', 'command')),
    holder_id text NOT NULL CHECK (length(holder_id) BETWEEN 1 AND 256),
    since timestamptz NOT NULL DEFAULT now()
);
CALL make_history('known_key');

-- A certificate is pinned whole, for one principal of one kind.
CREATE TABLE principal (
    kind text NOT NULL CHECK (kind IN ('station', 'operator')),
    id text NOT NULL CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    certificate bytea NOT NULL CHECK (length(certificate) BETWEEN 1 AND 16384),
    certificate_sha256 bytea NOT NULL CHECK (certificate_sha256 = sha256(certificate)),
    key_sha256 bytea NOT NULL REFERENCES known_key,
    enrolled_at timestamptz NOT NULL,
    enrolled_by text NOT NULL,
    PRIMARY KEY (kind, id),
    CONSTRAINT principal_certificate_once UNIQUE (certificate_sha256),
    CONSTRAINT principal_key_once UNIQUE (key_sha256)
);
CALL make_history('principal');

CREATE TABLE station (
    id text PRIMARY KEY,
    kind text NOT NULL DEFAULT 'station' CHECK (kind = 'station'),
    site text NOT NULL CHECK (site ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    products text[] NOT NULL CHECK (cardinality(products) BETWEEN 1 AND 256),
    expires timestamptz NOT NULL,
    source cidr,
    state text NOT NULL CHECK (state IN ('active', 'suspended')),
    FOREIGN KEY (kind, id) REFERENCES principal (kind, id)
);
CREATE TRIGGER station_begins BEFORE INSERT ON station
    FOR EACH ROW EXECUTE FUNCTION check_initial('active');
CREATE TRIGGER station_is_fixed BEFORE UPDATE ON station
    FOR EACH ROW EXECUTE FUNCTION allow_only('state');
CALL keep_rows('station');

CREATE TABLE operator (
    id text PRIMARY KEY,
    kind text NOT NULL DEFAULT 'operator' CHECK (kind = 'operator'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 128),
    roles text[] NOT NULL CHECK (
        cardinality(roles) > 0 AND
        roles <@ ARRAY['administrator', 'line-manager', 'security-officer', 'field-operator', 'auditor']),
    expires timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'suspended')),
    FOREIGN KEY (kind, id) REFERENCES principal (kind, id)
);
CREATE TRIGGER operator_begins BEFORE INSERT ON operator
    FOR EACH ROW EXECUTE FUNCTION check_initial('active');
CREATE TRIGGER operator_is_fixed BEFORE UPDATE ON operator
    FOR EACH ROW EXECUTE FUNCTION allow_only('state');
CALL keep_rows('operator');

-- A vendor's roots for one evidence or manifest format. A new version ends the one before it.
CREATE TABLE vendor_pin (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor text NOT NULL CHECK (vendor ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    format text NOT NULL CHECK (format ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    version integer NOT NULL CHECK (version > 0),
    exceptions text[] NOT NULL,
    active boolean NOT NULL,
    pinned_at timestamptz NOT NULL,
    pinned_by text NOT NULL,
    UNIQUE (vendor, format, version)
);
CREATE UNIQUE INDEX vendor_pin_active_once ON vendor_pin (vendor, format) WHERE active;
CREATE FUNCTION vendor_pin_ends_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF NEW.active AND NOT OLD.active THEN
        RAISE EXCEPTION 'a pin that ended stays ended'
            USING ERRCODE = '23514', CONSTRAINT = 'vendor_pin_ends_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER vendor_pin_is_fixed BEFORE UPDATE ON vendor_pin
    FOR EACH ROW EXECUTE FUNCTION allow_only('active');
CREATE TRIGGER vendor_pin_ends_once BEFORE UPDATE ON vendor_pin
    FOR EACH ROW EXECUTE FUNCTION vendor_pin_ends_once();
CALL keep_rows('vendor_pin');

CREATE TABLE vendor_anchor (
    pin bigint NOT NULL REFERENCES vendor_pin,
    kind text NOT NULL CHECK (kind IN ('root', 'intermediate')),
    position integer NOT NULL CHECK (position >= 0),
    certificate bytea NOT NULL CHECK (length(certificate) BETWEEN 1 AND 16384),
    PRIMARY KEY (pin, kind, position)
);
CALL make_history('vendor_anchor');

-- A version is its canonical text. Which one a product follows is the last row of product_policy.
CREATE TABLE policy_version (
    policy_sha256 bytea PRIMARY KEY CHECK (policy_sha256 = sha256(convert_to(canonical, 'UTF8'))),
    product text NOT NULL CHECK (product ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    canonical text NOT NULL CHECK (octet_length(canonical) <= 262144),
    UNIQUE (product, policy_sha256)
);
CALL make_history('policy_version');

CREATE TABLE product_policy (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product text NOT NULL,
    policy_sha256 bytea NOT NULL,
    applied_at timestamptz NOT NULL,
    applied_by text NOT NULL,
    FOREIGN KEY (product, policy_sha256) REFERENCES policy_version (product, policy_sha256)
);
CREATE INDEX product_policy_current ON product_policy (product, number DESC);
CALL make_history('product_policy');

CREATE TABLE intermediate (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    key_uri text NOT NULL CHECK (key_uri LIKE 'pkcs11:%' AND key_uri NOT LIKE '%pin-value%'),
    algorithm text NOT NULL,
    certificate bytea NOT NULL CHECK (length(certificate) BETWEEN 1 AND 16384),
    key_sha256 bytea NOT NULL REFERENCES known_key,
    not_after timestamptz NOT NULL,
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'suspended')),
    CONSTRAINT intermediate_key_once UNIQUE (key_sha256)
);
CREATE TRIGGER intermediate_begins BEFORE INSERT ON intermediate
    FOR EACH ROW EXECUTE FUNCTION check_initial('active');
CREATE TRIGGER intermediate_is_fixed BEFORE UPDATE ON intermediate
    FOR EACH ROW EXECUTE FUNCTION allow_only('state');
CALL keep_rows('intermediate');

-- The chain above an intermediate, its issuer first, the root last.
CREATE TABLE intermediate_issuer (
    intermediate text NOT NULL REFERENCES intermediate,
    position integer NOT NULL CHECK (position >= 0),
    certificate bytea NOT NULL CHECK (length(certificate) BETWEEN 1 AND 16384),
    PRIMARY KEY (intermediate, position)
);
CALL make_history('intermediate_issuer');
