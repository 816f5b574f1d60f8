-- Why: others rely on this house's verdict on an element only if it is written down where it cannot be changed and
-- signed by a key that they know. Each verification that ended in a certificate, or in a refusal of its evidence, gets
-- one result; what has none yet stands in a queue, so that no request waits for it.

-- What the result of a refusal speaks of. Refusals of other kinds, and those from before, have none of it.
ALTER TABLE refusal
    ADD COLUMN format text CHECK (length(format) BETWEEN 1 AND 64),
    ADD COLUMN policy_sha256 bytea CHECK (length(policy_sha256) = 32);

-- A key that signs results signs nothing else: it has its holder in the one table of all keys.
ALTER TABLE known_key DROP CONSTRAINT known_key_holder_kind_check;
ALTER TABLE known_key ADD CONSTRAINT known_key_holder_kind_check
    CHECK (holder_kind IN ('station', 'operator', 'intermediate', 'credential', 'log', 'command', 'results'));

-- Every key that ever signed results: what it signed can be verified as long as it is told.
CREATE TABLE result_key (
    key_sha256  bytea PRIMARY KEY REFERENCES known_key,
    spki        bytea NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (key_sha256 = sha256(spki))
);
CALL make_history('result_key');

-- Of a credential or of a refusal: at most one each, whatever number of nodes make them.
CREATE TABLE attestation_result (
    serial      bytea REFERENCES credential (serial),
    refusal     uuid REFERENCES refusal (id),
    key_sha256  bytea NOT NULL REFERENCES result_key,
    token       text NOT NULL CHECK (octet_length(token) BETWEEN 1 AND 16384),
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (num_nonnulls(serial, refusal) = 1)
);
CREATE UNIQUE INDEX attestation_result_of_credential ON attestation_result (serial) WHERE serial IS NOT NULL;
CREATE UNIQUE INDEX attestation_result_of_refusal ON attestation_result (refusal) WHERE refusal IS NOT NULL;
CALL make_history('attestation_result');

-- Not history but work to do: a credential comes from the oracle's queue when it has its verdict, a refusal with its
-- record; both go with their result. The result refers to them; the queue does not, since an installation may wait
-- for its row to be written. Who took a row to sign for it has it for a while, since no transaction is held across
-- the token's signature.
CREATE TABLE result_due (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial       bytea,
    refusal      uuid,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_by     bigint,
    taken_until  timestamptz,
    CHECK (num_nonnulls(serial, refusal) = 1)
);
INSERT INTO result_due (serial, at)
SELECT c.serial, c.recorded_at
FROM credential c
WHERE c.recorded_at IS NOT NULL AND NOT EXISTS (SELECT FROM oracle_due d WHERE d.serial = c.serial)
ORDER BY c.recorded_at;
