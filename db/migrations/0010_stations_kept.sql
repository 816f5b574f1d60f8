-- Why: who calls is asked with every request, and stations seldom change. What was said of one is kept for as long as
-- the registry's number stays, so that a request asks for one number alone; the number therefore moves on with every
-- act on stations and principals too.
CREATE TRIGGER registry_moves_on AFTER INSERT OR UPDATE ON principal
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
CREATE TRIGGER registry_moves_on AFTER INSERT OR UPDATE ON station
    FOR EACH STATEMENT EXECUTE FUNCTION registry_moves_on();
