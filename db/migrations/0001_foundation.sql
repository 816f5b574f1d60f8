-- The ground that every later table stands on: the event rows, the law against changing history, and the one-way
-- lifecycles as a table that a trigger asks.

-- How times leave the database: microseconds since 1970, exact.
CREATE FUNCTION micros(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000000)::bigint;

-- History: rows of these tables are written once. The trigger holds even against the owner of the tables.
CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows are history', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_is_history';
END
$$;

CREATE PROCEDURE make_history(history regclass)
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', history);
END
$$;

-- Tables with a lifecycle: rows change state and are never taken away.
CREATE FUNCTION refuse_removal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: its rows stay', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_rows_stay';
END
$$;

CREATE PROCEDURE keep_rows(kept regclass)
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER rows_stay BEFORE DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()', kept);
END
$$;

-- The same edges as ca/domain/lifecycle.h; a test compares the two.
CREATE TABLE transition (
    subject text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (subject, from_state, to_state)
);
INSERT INTO transition (subject, from_state, to_state) VALUES
    ('element', 'received', 'allotted'),
    ('element', 'allotted', 'bound'),
    ('element', 'received', 'held'),
    ('element', 'allotted', 'held'),
    ('element', 'held', 'received'),
    ('element', 'held', 'allotted'),
    ('element', 'received', 'scrapped'),
    ('element', 'allotted', 'scrapped'),
    ('element', 'held', 'scrapped'),
    ('element', 'bound', 'scrapped'),
    ('element', 'received', 'returned'),
    ('element', 'allotted', 'returned'),
    ('element', 'held', 'returned'),
    ('device', 'unprovisioned', 'issued'),
    ('device', 'issued', 'provisioned'),
    ('device', 'provisioned', 'decommissioned'),
    ('credential', 'reserved', 'issued'),
    ('credential', 'reserved', 'burnt'),
    ('credential', 'issued', 'active'),
    ('credential', 'issued', 'void'),
    ('credential', 'active', 'retired'),
    ('lot', 'received', 'allotted'),
    ('lot', 'allotted', 'released'),
    ('lot', 'released', 'held'),
    ('lot', 'held', 'released'),
    ('lot', 'allotted', 'closed'),
    ('lot', 'released', 'closed'),
    ('lot', 'held', 'closed');
CALL make_history('transition');

-- CREATE TRIGGER ... BEFORE UPDATE ... FOR EACH ROW EXECUTE FUNCTION check_transition(subject [, column...]):
-- `state` moves along the table's edges only. With columns named, nothing else but state and these may change.
CREATE FUNCTION check_transition() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    free text[] := ARRAY['state'];
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT FROM transition
        WHERE subject = TG_ARGV[0] AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION '% may not go from % to %', TG_ARGV[0], OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = TG_ARGV[0] || '_transition';
    END IF;
    IF TG_NARGS > 1 THEN
        FOR i IN 1 .. TG_NARGS - 1 LOOP
            free := free || TG_ARGV[i];
        END LOOP;
        IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'only % of % may change', free, TG_TABLE_NAME
                USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_is_fixed';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

-- CREATE TRIGGER ... BEFORE UPDATE ... FOR EACH ROW EXECUTE FUNCTION allow_only(column...): the rest of a row stays.
CREATE FUNCTION allow_only() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    free text[] := '{}';
BEGIN
    FOR i IN 0 .. TG_NARGS - 1 LOOP
        free := free || TG_ARGV[i];
    END LOOP;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'only % of % may change', free, TG_TABLE_NAME
            USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_is_fixed';
    END IF;
    RETURN NEW;
END
$$;

-- CREATE TRIGGER ... BEFORE INSERT ... FOR EACH ROW EXECUTE FUNCTION check_initial(state): a life begins there.
CREATE FUNCTION check_initial() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM TG_ARGV[0] THEN
        RAISE EXCEPTION 'a row of % begins as %', TG_TABLE_NAME, TG_ARGV[0]
            USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_begins';
    END IF;
    RETURN NEW;
END
$$;

-- One row per act, in the act's own commit. `body` is the canonical JSON and body_sha256 its digest; the columns
-- after them repeat facts of the body, for the auditor's searches alone.
CREATE TABLE event (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type text NOT NULL CHECK (type ~ '^[a-z0-9_-]+(\.[a-z0-9_-]+)*$'),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 256),
    actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 256),
    at timestamptz NOT NULL,
    body text NOT NULL CHECK (octet_length(body) <= 262144),
    body_sha256 bytea NOT NULL CHECK (body_sha256 = sha256(convert_to(body, 'UTF8'))),
    device text,
    serial text,
    element text,
    station text,
    lot text,
    product text,
    policy text
);
CREATE INDEX event_by_time ON event (at);
CREATE INDEX event_by_subject ON event (subject, number);
CREATE INDEX event_by_device ON event (device, number) WHERE device IS NOT NULL;
CREATE INDEX event_by_serial ON event (serial, number) WHERE serial IS NOT NULL;
CREATE INDEX event_by_element ON event (element, number) WHERE element IS NOT NULL;
CREATE INDEX event_by_station ON event (station, number) WHERE station IS NOT NULL;
CREATE INDEX event_by_lot ON event (lot, number) WHERE lot IS NOT NULL;
CREATE INDEX event_by_product ON event (product, number) WHERE product IS NOT NULL;
CREATE INDEX event_by_policy ON event (policy, number) WHERE policy IS NOT NULL;
CALL make_history('event');
