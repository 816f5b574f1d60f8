-- Why: three times are law as much as states are, and the server's own login could turn them back: a spent challenge
-- stays spent, a dead epoch stays dead, and a record's time is written once, with the record.

CREATE FUNCTION challenge_spends_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.spent_at IS NOT NULL AND NEW.spent_at IS DISTINCT FROM OLD.spent_at THEN
        RAISE EXCEPTION 'a spent challenge stays spent'
            USING ERRCODE = '23514', CONSTRAINT = 'challenge_spends_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER challenge_spends_once BEFORE UPDATE ON challenge
    FOR EACH ROW EXECUTE FUNCTION challenge_spends_once();

CREATE FUNCTION epoch_dies_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.beat_at < clock_timestamp() - interval '10 seconds' AND NEW.beat_at > OLD.beat_at THEN
        RAISE EXCEPTION 'a dead epoch stays dead'
            USING ERRCODE = '23514', CONSTRAINT = 'epoch_dies_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER epoch_dies_once BEFORE UPDATE ON epoch
    FOR EACH ROW EXECUTE FUNCTION epoch_dies_once();

CREATE FUNCTION credential_is_recorded_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
BEGIN
    IF OLD.recorded_at IS NOT NULL AND NEW.recorded_at IS DISTINCT FROM OLD.recorded_at THEN
        RAISE EXCEPTION 'a credential is recorded once'
            USING ERRCODE = '23514', CONSTRAINT = 'credential_is_recorded_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER credential_is_recorded_once BEFORE UPDATE ON credential
    FOR EACH ROW EXECUTE FUNCTION credential_is_recorded_once();
