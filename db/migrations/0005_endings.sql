-- Why: how a credential ended, on whose word, must stand beside it for good; and a CRL is a signature by an
-- issuing key like any other, so what is to be signed stands in a row before the key is touched.

SET search_path = hallmark;

CREATE TABLE ending (
    serial  bytea PRIMARY KEY REFERENCES credential (serial),
    state   text NOT NULL CHECK (state IN ('retired', 'void', 'burnt')),
    reason  text NOT NULL,
    actor   text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER ending_is_history BEFORE UPDATE OR DELETE ON ending
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ending_is_kept BEFORE TRUNCATE ON ending
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE crl_intent (
    intermediate  text NOT NULL,
    number        bigint NOT NULL CHECK (number > 0),
    tbs           bytea NOT NULL,
    tbs_sha256    bytea NOT NULL,
    this_update   timestamptz NOT NULL,
    next_update   timestamptz NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (intermediate, number),
    CHECK (tbs_sha256 = sha256(tbs)),
    CHECK (next_update > this_update)
);
CREATE TRIGGER crl_intent_is_history BEFORE UPDATE OR DELETE ON crl_intent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER crl_intent_is_kept BEFORE TRUNCATE ON crl_intent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE crl (
    intermediate  text NOT NULL,
    number        bigint NOT NULL,
    der           bytea NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (intermediate, number),
    FOREIGN KEY (intermediate, number) REFERENCES crl_intent (intermediate, number)
);
CREATE TRIGGER crl_is_history BEFORE UPDATE OR DELETE ON crl
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER crl_is_kept BEFORE TRUNCATE ON crl
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
