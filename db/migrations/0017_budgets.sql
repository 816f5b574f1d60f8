-- Why: what any one stolen thing is worth must be a number. Every layer through which an issuance passes has counts and
-- windows that the intent's own commit charges, a station takes no more than its share of what it shares with others,
-- misuse locks it, and an intermediate signs for one product line, in one window. What was found bad stops at once.

-- A line is a place within a site; nothing is said where a site has but one.
ALTER TABLE station ADD COLUMN line text CHECK (line ~ '^[a-z0-9][a-z0-9._-]{0,63}$');

-- Days and shifts are the site's own. A site without a calendar goes by UTC and is always open.
CREATE TABLE site_calendar (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        text NOT NULL CHECK (site ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    time_zone   text NOT NULL,
    active      boolean NOT NULL,
    applied_at  timestamptz NOT NULL,
    applied_by  text NOT NULL
);
CREATE UNIQUE INDEX site_calendar_active_once ON site_calendar (site) WHERE active;

-- Weekdays of ISO 8601, Monday is 1: those on which the shift begins. One that ends at or before its beginning ends on
-- the next day.
CREATE TABLE site_shift (
    calendar  bigint NOT NULL REFERENCES site_calendar,
    name      text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    weekdays  integer[] NOT NULL CHECK (cardinality(weekdays) BETWEEN 1 AND 7
                                        AND weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]),
    begins    time NOT NULL,
    ends      time NOT NULL,
    PRIMARY KEY (calendar, name)
);
CALL make_history('site_shift');

-- When the site's present hour, day and shift began. The shift is NULL where the site is closed; without shifts it is
-- the day. Where clocks are set back two hours of the day are one, so that no budget is given twice.
CREATE FUNCTION site_clock(wanted text, at timestamptz, OUT hour timestamptz, OUT day timestamptz,
                           OUT shift timestamptz)
    LANGUAGE sql STABLE SET search_path = hallmark AS $$
    WITH c AS (
        SELECT k.number, COALESCE(k.time_zone, 'UTC') AS zone, at AT TIME ZONE COALESCE(k.time_zone, 'UTC') AS wall
        FROM (VALUES (1)) one (row) LEFT JOIN site_calendar k ON k.site = wanted AND k.active
    ), opened AS (
        SELECT max(d.day + s.begins) AS wall
        FROM c
        CROSS JOIN LATERAL (VALUES (c.wall::date), (c.wall::date - 1)) d (day)
        JOIN site_shift s ON s.calendar = c.number
        WHERE extract(isodow FROM d.day)::integer = ANY (s.weekdays)
          AND d.day + s.begins <= c.wall
          AND c.wall < d.day + s.ends + CASE WHEN s.ends <= s.begins THEN interval '1 day' ELSE interval '0' END
    )
    SELECT date_trunc('hour', c.wall) AT TIME ZONE c.zone,
           date_trunc('day', c.wall) AT TIME ZONE c.zone,
           CASE WHEN EXISTS (SELECT FROM site_shift WHERE calendar = c.number) THEN opened.wall
                ELSE date_trunc('day', c.wall) END AT TIME ZONE c.zone
    FROM c, opened
$$;

-- A hard count for one thing of one layer, in all or for each of its hours, days or shifts, and how much of it one
-- station may take. Days and hours of products and intermediates, which have no site, are UTC's. A new row ends the one
-- before it, and what was charged stays charged.
CREATE TABLE budget (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer          text NOT NULL CHECK (layer IN ('product', 'lot', 'line', 'site', 'station', 'intermediate')),
    id             text NOT NULL CHECK (length(id) BETWEEN 1 AND 129),
    per            text NOT NULL CHECK (per IN ('all', 'day', 'shift', 'hour')),
    count          bigint NOT NULL CHECK (count BETWEEN 0 AND 1000000000000),
    station_share  bigint CHECK (station_share BETWEEN 0 AND count),
    active         boolean NOT NULL,
    set_at         timestamptz NOT NULL,
    set_by         text NOT NULL,
    CHECK ((layer = 'station') = (station_share IS NULL)),
    CHECK (per <> 'shift' OR layer NOT IN ('product', 'intermediate'))
);
CREATE UNIQUE INDEX budget_active_once ON budget (layer, id, per) WHERE active;

CREATE FUNCTION ends_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    RAISE EXCEPTION 'what ended stays ended'
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_ends_once';
END
$$;
CREATE TRIGGER budget_is_fixed BEFORE UPDATE ON budget FOR EACH ROW EXECUTE FUNCTION allow_only('active');
CREATE TRIGGER budget_ends_once BEFORE UPDATE ON budget FOR EACH ROW
    WHEN (NEW.active AND NOT OLD.active) EXECUTE FUNCTION ends_once();
CREATE TRIGGER site_calendar_is_fixed BEFORE UPDATE ON site_calendar
    FOR EACH ROW EXECUTE FUNCTION allow_only('active');
CREATE TRIGGER site_calendar_ends_once BEFORE UPDATE ON site_calendar FOR EACH ROW
    WHEN (NEW.active AND NOT OLD.active) EXECUTE FUNCTION ends_once();
-- A bound may be set and lowered by one person; it rises on the word of two.
CREATE FUNCTION budget_rises_by_two() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    before budget;
BEGIN
    SELECT * INTO before FROM budget
    WHERE layer = NEW.layer AND id = NEW.id AND per = NEW.per
    ORDER BY number DESC LIMIT 1;
    IF NEW.proposal IS NULL AND NEW.set_by <> 'setup'
        AND (NEW.count > before.count OR NEW.station_share > before.station_share) THEN
        RAISE EXCEPTION 'a budget rises by two people'
            USING ERRCODE = '23514', CONSTRAINT = 'budget_rises_by_two';
    END IF;
    RETURN NEW;
END
$$;
ALTER TABLE budget ADD COLUMN proposal uuid DEFAULT proposal_in_hand() REFERENCES proposal (id);
CREATE TRIGGER budget_rises_by_two BEFORE INSERT ON budget
    FOR EACH ROW EXECUTE FUNCTION budget_rises_by_two();
CREATE CONSTRAINT TRIGGER on_word AFTER INSERT ON budget DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.proposal IS NOT NULL) EXECUTE FUNCTION proposal_was_applied();
CREATE INDEX budget_latest ON budget (layer, id, per, number DESC);
CALL rest_on_word('site_calendar', 'applied_by');
CALL keep_rows('budget');
CALL keep_rows('site_calendar');

-- What is used of each: of a layer's thing and product (none where it counts all of them), in the window that began
-- then, by all stations or by one. `cap` is what the last charge went by, `warned` the last mark that was told, in
-- percent.
DROP TRIGGER usage_grows ON usage;
ALTER TABLE usage
    ADD COLUMN per text NOT NULL DEFAULT 'all' CHECK (per IN ('all', 'day', 'shift', 'hour')),
    ADD COLUMN begins timestamptz NOT NULL DEFAULT to_timestamp(0),
    ADD COLUMN station text NOT NULL DEFAULT '',
    ADD COLUMN cap bigint NOT NULL DEFAULT 9223372036854775807,
    ADD COLUMN warned smallint NOT NULL DEFAULT 0 CHECK (warned IN (0, 80, 95)),
    DROP CONSTRAINT usage_kind_check,
    ADD CONSTRAINT usage_kind_check CHECK (kind IN ('product', 'lot', 'line', 'site', 'station', 'intermediate')),
    DROP CONSTRAINT usage_pkey,
    ADD PRIMARY KEY (kind, id, product, per, begins, station);
-- The count of an intermediate's signatures for leaves begins with those that stand.
INSERT INTO usage (kind, id, product, used)
SELECT 'intermediate', intermediate, '', count(*) FROM credential GROUP BY intermediate;
ALTER TABLE usage SET (fillfactor = 50);
CREATE INDEX usage_of_window ON usage (begins);
CREATE FUNCTION usage_only_grows() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    RAISE EXCEPTION 'usage only grows' USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_grows';
END
$$;
CREATE TRIGGER usage_grows BEFORE UPDATE ON usage FOR EACH ROW
    WHEN (NEW.used < OLD.used OR (NEW.used = OLD.used AND NEW.warned <= OLD.warned)
          OR (NEW.kind, NEW.id, NEW.product, NEW.per, NEW.begins, NEW.station)
             IS DISTINCT FROM (OLD.kind, OLD.id, OLD.product, OLD.per, OLD.begins, OLD.station))
    EXECUTE FUNCTION usage_only_grows();

-- Scope, challenge, request id and budget misused, by station and UTC hour: a count of its own, so that misuse spends
-- nobody's budget.
CREATE TABLE misuse (
    station  text NOT NULL,
    begins   timestamptz NOT NULL,
    count    bigint NOT NULL CHECK (count > 0),
    PRIMARY KEY (station, begins)
) WITH (fillfactor = 50);
CREATE TRIGGER misuse_grows BEFORE UPDATE ON misuse FOR EACH ROW
    WHEN (NEW.count <= OLD.count OR (NEW.station, NEW.begins) IS DISTINCT FROM (OLD.station, OLD.begins))
    EXECUTE FUNCTION usage_only_grows();
CALL keep_rows('misuse');

-- A model, or one firmware of it, that gets nothing more until it is lifted. A lot is held instead.
CREATE TABLE quarantine (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor     text NOT NULL CHECK (vendor ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    model      text NOT NULL CHECK (length(model) BETWEEN 1 AND 64),
    firmware   text CHECK (length(firmware) BETWEEN 1 AND 64),
    cause      text NOT NULL CHECK (length(cause) BETWEEN 1 AND 1024),
    actor      text NOT NULL,
    at         timestamptz NOT NULL,
    lifted_by  text,
    lifted_at  timestamptz,
    CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE UNIQUE INDEX quarantine_once ON quarantine (vendor, model, COALESCE(firmware, '')) WHERE lifted_at IS NULL;
CREATE TRIGGER quarantine_is_fixed BEFORE UPDATE ON quarantine
    FOR EACH ROW EXECUTE FUNCTION allow_only('lifted_by', 'lifted_at');
CREATE TRIGGER quarantine_ends_once BEFORE UPDATE ON quarantine FOR EACH ROW
    WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION ends_once();
CREATE CONSTRAINT TRIGGER on_word AFTER UPDATE OF lifted_at ON quarantine DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.lifted_by IS DISTINCT FROM 'setup') EXECUTE FUNCTION proposal_was_applied();
CALL keep_rows('quarantine');

-- Which listed element a refusal speaks of, where its challenge was sealed to that element's key, and of which model
-- and firmware, where evidence proved them.
ALTER TABLE refusal
    ADD COLUMN element text,
    ADD COLUMN model text CHECK (length(model) <= 256),
    ADD COLUMN firmware text CHECK (length(firmware) <= 256);
CREATE INDEX refusal_of_elements ON refusal (at, element) WHERE element IS NOT NULL;
CREATE INDEX refusal_of_models ON refusal (at, model) WHERE model IS NOT NULL;

-- One product line each, and a window of its own within the certificate's. None stands with those from before.
ALTER TABLE intermediate
    ADD COLUMN products text[] CHECK (cardinality(products) BETWEEN 1 AND 256),
    ADD COLUMN signs_from timestamptz,
    ADD COLUMN signs_until timestamptz,
    ADD CHECK (signs_until > signs_from);
