-- Why: how a credential ended, on whose word, must stand beside it for good; and a CRL is a signature by an
-- issuing key like any other, so what is to be signed stands in a row before the key is touched.

CREATE TABLE ending (
    serial  bytea PRIMARY KEY REFERENCES credential (serial),
    state   text NOT NULL CHECK (state IN ('retired', 'void', 'burnt')),
    reason  text NOT NULL,
    actor   text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CALL make_history('ending');

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
CALL make_history('crl_intent');

CREATE TABLE crl (
    intermediate  text NOT NULL,
    number        bigint NOT NULL,
    der           bytea NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (intermediate, number),
    FOREIGN KEY (intermediate, number) REFERENCES crl_intent (intermediate, number)
);
CALL make_history('crl');
