-- Why: a device's two requests asked the registry's number and the element in statements of their own. The number now
-- comes with the request's own look, and so does the element, by the key that the challenge was sealed to. And laws
-- that only compare a row with itself stand in the triggers' conditions, which cost no call of a function.
ALTER TABLE challenge ADD COLUMN element_key bytea CHECK (length(element_key) = 32);

DROP TRIGGER challenge_spends_once ON challenge;
CREATE TRIGGER challenge_spends_once BEFORE UPDATE ON challenge FOR EACH ROW
    WHEN (OLD.spent_at IS NOT NULL AND NEW.spent_at IS DISTINCT FROM OLD.spent_at)
    EXECUTE FUNCTION challenge_spends_once();

DROP TRIGGER credential_is_recorded_once ON credential;
CREATE TRIGGER credential_is_recorded_once BEFORE UPDATE ON credential FOR EACH ROW
    WHEN (OLD.recorded_at IS NOT NULL AND NEW.recorded_at IS DISTINCT FROM OLD.recorded_at)
    EXECUTE FUNCTION credential_is_recorded_once();

DROP TRIGGER credential_begins ON credential;
CREATE TRIGGER credential_begins BEFORE INSERT ON credential FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM 'reserved') EXECUTE FUNCTION check_initial('reserved');

DROP TRIGGER device_begins ON device;
CREATE TRIGGER device_begins BEFORE INSERT ON device FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM 'unprovisioned') EXECUTE FUNCTION check_initial('unprovisioned');

DROP TRIGGER usage_grows ON usage;
CREATE TRIGGER usage_grows BEFORE UPDATE ON usage FOR EACH ROW
    WHEN (NEW.used <= OLD.used OR (NEW.kind, NEW.id, NEW.product) IS DISTINCT FROM (OLD.kind, OLD.id, OLD.product))
    EXECUTE FUNCTION only_grows();

-- A request is base64 of keys and signatures: PostgreSQL's compression costs time and finds nothing there.
ALTER TABLE credential_body ALTER COLUMN request SET STORAGE EXTERNAL;
ALTER TABLE credential_body_rest ALTER COLUMN request SET STORAGE EXTERNAL;
