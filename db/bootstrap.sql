-- What stands before the first migration: the group roles, the schema that the owner holds, and the list of
-- applied migrations. Idempotent: it runs before every migration. Login roles are made by whoever sets the cluster
-- up, who grants them one of these groups.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['hallmark_owner', 'hallmark_server', 'hallmark_auditor', 'hallmark_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'hallmark') THEN
        CREATE SCHEMA hallmark AUTHORIZATION hallmark_owner;
    END IF;
END
$$;

SET LOCAL ROLE hallmark_owner;
SET LOCAL search_path = hallmark;
SET LOCAL client_min_messages = warning;

CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT now()
);
