-- Why: each device that is issued turned its whole row into JSON twice. The same law as check_transition('device',
-- 'state'), as 0009 has it for credentials.
CREATE FUNCTION device_moves_on() RETURNS trigger
    LANGUAGE plpgsql SET search_path = hallmark AS $$
DECLARE
    rest device := NEW;
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT EXISTS (
        SELECT FROM transition
        WHERE subject = 'device' AND from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'device may not go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'device_transition';
    END IF;
    rest.state := OLD.state;
    IF rest IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'only {state} of device may change'
            USING ERRCODE = '23514', CONSTRAINT = 'device_is_fixed';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER device_transition ON device;
CREATE TRIGGER device_transition BEFORE UPDATE ON device
    FOR EACH ROW EXECUTE FUNCTION device_moves_on('device');
