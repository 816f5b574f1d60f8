-- Why: a name is looked for among the session's own temporary tables first, unless the path says otherwise. A login
-- that made a temporary table `lot` would have had the laws read that one. They look there last from here on.
DO $$
DECLARE
    routine regprocedure;
BEGIN
    FOR routine IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = 'hallmark'::regnamespace AND 'search_path=hallmark' = ANY (proconfig)
    LOOP
        EXECUTE format('ALTER ROUTINE %s SET search_path = hallmark, pg_temp', routine);
    END LOOP;
END $$;
