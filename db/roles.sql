-- Who may do what, least first. Idempotent: it runs after the migrations, each time. The server never holds DELETE or
-- TRUNCATE, and UPDATE only on the columns that a lifecycle moves; the auditor and the reader read.
GRANT USAGE ON SCHEMA hallmark TO hallmark_server, hallmark_auditor, hallmark_reader;

-- foundation
GRANT SELECT ON schema_migration, transition TO hallmark_server, hallmark_auditor, hallmark_reader;
GRANT SELECT, INSERT ON event TO hallmark_server;
GRANT SELECT ON event TO hallmark_auditor, hallmark_reader;

-- registry

-- custody
GRANT SELECT, INSERT ON manifest, lot, element, element_key TO hallmark_server;
GRANT UPDATE (state, product, site) ON lot TO hallmark_server;
GRANT UPDATE (state) ON element TO hallmark_server;
GRANT SELECT ON manifest, lot, element, element_key TO hallmark_auditor, hallmark_reader;

-- issuance and endings
