-- Why: what every request asks must cost the same however many rows there are. What the oracle has still to judge
-- stands in a queue of its own, and whoever keeps what the registry said can tell whether it still holds.

-- Not history but work to do: a row comes with the record and goes with the verdict, in the same commits.
CREATE TABLE oracle_due (
    serial  bytea PRIMARY KEY REFERENCES credential (serial),
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX oracle_due_oldest ON oracle_due (at);
INSERT INTO oracle_due (serial)
SELECT c.serial
FROM credential c
WHERE c.recorded_at IS NOT NULL AND NOT EXISTS (SELECT FROM oracle_verdict v WHERE v.serial = c.serial);

-- Moves on with every act on the registry's tables, in the act's own commit.
CREATE TABLE registry_version (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number    bigint NOT NULL
);
INSERT INTO registry_version (number) VALUES (1);
CALL keep_rows('registry_version');
-- As its owner: the server's login reads the number and cannot set it.
CREATE FUNCTION registry_moves_on() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = hallmark AS $$
BEGIN
    UPDATE registry_version SET number = number + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER registry_moves_on AFTER INSERT OR UPDATE ON vendor_pin
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
CREATE TRIGGER registry_moves_on AFTER INSERT ON vendor_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
CREATE TRIGGER registry_moves_on AFTER INSERT ON product_policy
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
CREATE TRIGGER registry_moves_on AFTER INSERT OR UPDATE ON intermediate
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
CREATE TRIGGER registry_moves_on AFTER INSERT ON intermediate_issuer
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();

-- The same law as check_transition('credential', 'recorded_at'), without turning the whole row into JSON twice.
CREATE FUNCTION credential_moves_on() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    rest credential := NEW;
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT FROM transition
        WHERE subject = 'credential' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'credential may not go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'credential_transition';
    END IF;
    rest.state := OLD.state;
    rest.recorded_at := OLD.recorded_at;
    IF rest IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'only {state,recorded_at} of credential may change'
            USING ERRCODE = '23514', CONSTRAINT = 'credential_is_fixed';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER credential_transition ON credential;
CREATE TRIGGER credential_transition BEFORE UPDATE ON credential
    FOR EACH ROW EXECUTE FUNCTION credential_moves_on('credential');
