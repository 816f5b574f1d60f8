-- Why: what one person orders, one stolen key orders. What gives authority is proposed by one operator, approved by
-- another who names the digest of exactly that, and applied in the transaction that checks both again; whatever stands
-- then says on whose word.

-- One operator's power to act alone for an hour at most. It alarms until two people close it.
CREATE TABLE break_glass (
    id         uuid PRIMARY KEY,
    opened_by  text NOT NULL REFERENCES operator (id),
    reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1024),
    opened_at  timestamptz NOT NULL DEFAULT now(),
    until      timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    closing    uuid,
    CONSTRAINT break_glass_is_short CHECK (until > opened_at AND until <= opened_at + interval '1 hour'),
    CONSTRAINT break_glass_closing CHECK ((state = 'closed') = (closing IS NOT NULL))
);
CREATE UNIQUE INDEX break_glass_once ON break_glass (state) WHERE state = 'open';

-- `canonical` is the whole of what was proposed: kind, change, the differences it makes, the versions it rests on.
CREATE TABLE proposal (
    id               uuid PRIMARY KEY,
    number           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind             text NOT NULL CHECK (kind ~ '^[a-z][a-z_-]*(\.[a-z][a-z_-]*)?$' AND length(kind) <= 64),
    canonical        text NOT NULL CHECK (octet_length(canonical) <= 4194304),
    proposal_sha256  bytea NOT NULL UNIQUE CHECK (proposal_sha256 = sha256(convert_to(canonical, 'UTF8'))),
    proposer         text NOT NULL REFERENCES operator (id),
    proposed_at      timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'rejected', 'expired', 'stale')),
    decided_by       text REFERENCES operator (id),
    decided_at       timestamptz,
    break_glass      uuid REFERENCES break_glass (id),
    why              text NOT NULL DEFAULT '' CHECK (length(why) <= 1024),
    CONSTRAINT proposal_expiry CHECK (expires_at > proposed_at AND expires_at <= proposed_at + interval '7 days'),
    CONSTRAINT proposal_decided CHECK ((state = 'open') = (decided_at IS NULL)),
    -- Another person's approval, or the proposer's own while the glass that they broke is open: one of the two.
    CONSTRAINT proposal_two_people CHECK (
        state <> 'applied' OR decided_by IS NOT NULL AND (decided_by <> proposer) = (break_glass IS NULL)),
    CONSTRAINT proposal_alone_when_applied CHECK (break_glass IS NULL OR state = 'applied')
);
CREATE INDEX proposal_open ON proposal (proposer, expires_at) WHERE state = 'open';
ALTER TABLE break_glass ADD FOREIGN KEY (closing) REFERENCES proposal (id);

INSERT INTO transition (subject, from_state, to_state) VALUES
    ('proposal', 'open', 'applied'),
    ('proposal', 'open', 'rejected'),
    ('proposal', 'open', 'expired'),
    ('proposal', 'open', 'stale'),
    ('break_glass', 'open', 'closed');
CREATE TRIGGER proposal_transition BEFORE UPDATE ON proposal
    FOR EACH ROW EXECUTE FUNCTION check_transition('proposal', 'decided_by', 'decided_at', 'break_glass', 'why');
CREATE TRIGGER proposal_begins BEFORE INSERT ON proposal
    FOR EACH ROW EXECUTE FUNCTION check_initial('open');
CALL keep_rows('proposal');
CREATE TRIGGER break_glass_transition BEFORE UPDATE ON break_glass
    FOR EACH ROW EXECUTE FUNCTION check_transition('break_glass', 'closing');
CREATE TRIGGER break_glass_begins BEFORE INSERT ON break_glass
    FOR EACH ROW EXECUTE FUNCTION check_initial('open');
CALL keep_rows('break_glass');

-- Who vouched that an operator's key is that person's: the two whose proposal enrolled it. The two of setup have
-- nobody here, and so may approve each other's.
CREATE TABLE operator_voucher (
    operator  text NOT NULL REFERENCES operator (id),
    voucher   text NOT NULL REFERENCES operator (id),
    proposal  uuid NOT NULL REFERENCES proposal (id),
    PRIMARY KEY (operator, voucher, proposal),
    CONSTRAINT operator_voucher_other CHECK (operator <> voucher)
);
CALL make_history('operator_voucher');

-- The law again, whatever the code forgot: a decision is final, comes in time, and not from a voucher.
CREATE FUNCTION proposal_decided_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.state <> 'open' THEN
        RAISE EXCEPTION 'proposal % is % for good', OLD.id, OLD.state
            USING ERRCODE = '23514', CONSTRAINT = 'proposal_decided_once';
    END IF;
    IF NEW.state = 'applied' AND clock_timestamp() >= OLD.expires_at THEN
        RAISE EXCEPTION 'proposal % expired', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'proposal_in_time';
    END IF;
    IF NEW.state = 'applied' AND EXISTS (
        SELECT FROM operator_voucher v
        WHERE v.proposal <> NEW.id
          AND (v.operator, v.voucher) IN ((NEW.proposer, NEW.decided_by), (NEW.decided_by, NEW.proposer))) THEN
        RAISE EXCEPTION '% and % vouched for one another', NEW.proposer, NEW.decided_by
            USING ERRCODE = '23514', CONSTRAINT = 'proposal_no_voucher';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER proposal_decided_once BEFORE UPDATE ON proposal
    FOR EACH ROW EXECUTE FUNCTION proposal_decided_once();

-- The proposal that this transaction applies; NULL where it applies none.
CREATE FUNCTION proposal_in_hand() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('hallmark.proposal', true), '')::uuid;

CREATE FUNCTION proposal_was_applied() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM proposal WHERE id = proposal_in_hand() AND state = 'applied') THEN
        RAISE EXCEPTION 'a row of % without an applied proposal', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_on_word';
    END IF;
    RETURN NULL;
END
$$;

-- Asked of new rows alone: those that stood before there were proposals may still be ended and suspended.
CREATE FUNCTION word_is_given() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF NEW.proposal IS NULL AND to_jsonb(NEW) ->> TG_ARGV[0] IS DISTINCT FROM 'setup' THEN
        RAISE EXCEPTION 'a row of % on nobody''s word', TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_word';
    END IF;
    RETURN NEW;
END
$$;

-- CALL rest_on_word(table, column of who did it): from now on each new row bears the proposal that its transaction
-- applies, and that one is applied when the transaction commits; `setup` alone writes rows without.
CREATE PROCEDURE rest_on_word(resting regclass, by_whom text)
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ADD COLUMN proposal uuid REFERENCES proposal (id)', resting);
    EXECUTE format('ALTER TABLE %s ALTER COLUMN proposal SET DEFAULT proposal_in_hand()', resting);
    EXECUTE format('CREATE TRIGGER word_is_given BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION word_is_given(%L)',
                   resting, by_whom);
    EXECUTE format('CREATE CONSTRAINT TRIGGER on_word AFTER INSERT ON %s DEFERRABLE INITIALLY DEFERRED '
                   'FOR EACH ROW WHEN (NEW.proposal IS NOT NULL) EXECUTE FUNCTION proposal_was_applied()', resting);
END
$$;
CALL rest_on_word('principal', 'enrolled_by');
CALL rest_on_word('vendor_pin', 'pinned_by');
CALL rest_on_word('product_policy', 'applied_by');
CALL rest_on_word('intermediate', 'added_by');

-- The certificate that an operator acts by; re-keying puts another in its place. The first one's row is `principal`'s.
DROP TRIGGER operator_is_fixed ON operator;
ALTER TABLE operator ADD COLUMN certificate_sha256 bytea;
UPDATE operator o
SET certificate_sha256 = (SELECT p.certificate_sha256 FROM principal p WHERE p.kind = o.kind AND p.id = o.id);
ALTER TABLE operator ALTER COLUMN certificate_sha256 SET NOT NULL;
ALTER TABLE operator ADD CONSTRAINT operator_certificate_once UNIQUE (certificate_sha256);
CREATE TRIGGER operator_is_fixed BEFORE UPDATE ON operator
    FOR EACH ROW EXECUTE FUNCTION allow_only('state', 'roles', 'expires', 'certificate_sha256');
CREATE CONSTRAINT TRIGGER on_word AFTER UPDATE OF roles, expires, certificate_sha256 ON operator
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION proposal_was_applied();

CREATE TABLE operator_rekeying (
    certificate_sha256  bytea PRIMARY KEY CHECK (certificate_sha256 = sha256(certificate)),
    certificate         bytea NOT NULL CHECK (length(certificate) BETWEEN 1 AND 16384),
    key_sha256          bytea NOT NULL UNIQUE REFERENCES known_key,
    operator            text NOT NULL REFERENCES operator (id),
    at                  timestamptz NOT NULL,
    rekeyed_by          text NOT NULL
);
CALL make_history('operator_rekeying');
CALL rest_on_word('operator_rekeying', 'rekeyed_by');
