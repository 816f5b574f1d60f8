-- Who may do what, least first. Idempotent: it runs after the migrations, each time. The server never holds DELETE or
-- TRUNCATE, and UPDATE only on the columns that a lifecycle moves; the auditor and the reader read.
GRANT USAGE ON SCHEMA hallmark TO hallmark_server, hallmark_auditor, hallmark_reader;

-- foundation
GRANT SELECT ON schema_migration, transition TO hallmark_server, hallmark_auditor, hallmark_reader;
GRANT SELECT, INSERT ON event TO hallmark_server;
GRANT SELECT ON event TO hallmark_auditor, hallmark_reader;

-- registry
GRANT SELECT, INSERT ON known_key, principal, station, operator, vendor_pin, vendor_anchor, policy_version,
    product_policy, intermediate, intermediate_issuer TO hallmark_server;
GRANT UPDATE (state) ON station, operator, intermediate TO hallmark_server;
GRANT UPDATE (active) ON vendor_pin TO hallmark_server;
GRANT SELECT ON known_key, principal, station, operator, vendor_pin, vendor_anchor, policy_version, product_policy,
    intermediate, intermediate_issuer TO hallmark_auditor, hallmark_reader;

-- custody
GRANT SELECT, INSERT ON manifest, lot, element, element_key TO hallmark_server;
GRANT UPDATE (state, product, site) ON lot TO hallmark_server;
GRANT UPDATE (state) ON element TO hallmark_server;
GRANT SELECT ON manifest, lot, element, element_key TO hallmark_auditor, hallmark_reader;

-- issuance and endings
GRANT SELECT, INSERT ON epoch, challenge, device, credential, credential_name, intent, credential_body,
    oracle_verdict, installation, refusal, product_hold, usage, number_range, element_number, ending, crl_intent, crl
    TO hallmark_server;
GRANT SELECT ON registry_version TO hallmark_server;
-- Work to do, not history: what has a verdict is taken off.
GRANT SELECT, INSERT, DELETE ON oracle_due TO hallmark_server;
-- FOR UPDATE, by which nodes share the queue, asks for the right on a column.
GRANT UPDATE (at) ON oracle_due TO hallmark_server;
GRANT UPDATE (beat_at) ON epoch TO hallmark_server;
-- Challenges are no history: what is secret in them goes when they are spent, and they go when they expire.
GRANT UPDATE (spent_at, activation_secret) ON challenge TO hallmark_server;
GRANT DELETE ON challenge TO hallmark_server;
GRANT UPDATE (state) ON device TO hallmark_server;
GRANT UPDATE (state, recorded_at) ON credential TO hallmark_server;
GRANT UPDATE (used, cap, warned) ON usage TO hallmark_server;
GRANT UPDATE (next) ON number_range TO hallmark_server;
-- Results are made beside the line: the queue gives up what has its result, and says who is at it.
GRANT SELECT, INSERT ON result_key, attestation_result TO hallmark_server;
GRANT SELECT, INSERT, DELETE ON result_due TO hallmark_server;
GRANT UPDATE (taken_by, taken_until) ON result_due TO hallmark_server;
-- The activation secret of a challenge is nobody's to read but the server's.
GRANT SELECT ON epoch, device, credential, credential_name, intent, credential_body, oracle_verdict, installation,
    refusal, product_hold, usage, number_range, element_number, ending, crl_intent, crl, oracle_due, registry_version,
    result_key, attestation_result, result_due
    TO hallmark_auditor, hallmark_reader;

-- budgets and quarantine
GRANT SELECT, INSERT ON site_calendar, site_shift, budget, misuse, quarantine TO hallmark_server;
GRANT UPDATE (active) ON site_calendar, budget TO hallmark_server;
GRANT UPDATE (count) ON misuse TO hallmark_server;
GRANT UPDATE (lifted_by, lifted_at) ON quarantine TO hallmark_server;
GRANT SELECT ON site_calendar, site_shift, budget, misuse, quarantine TO hallmark_auditor, hallmark_reader;
-- two people
GRANT SELECT, INSERT ON proposal, break_glass, operator_voucher, operator_rekeying TO hallmark_server;
GRANT UPDATE (state, decided_by, decided_at, break_glass, why) ON proposal TO hallmark_server;
GRANT UPDATE (state, closing) ON break_glass TO hallmark_server;
GRANT UPDATE (roles, expires, certificate_sha256) ON operator TO hallmark_server;
GRANT SELECT ON proposal, break_glass, operator_voucher, operator_rekeying TO hallmark_auditor, hallmark_reader;
-- imports
GRANT SELECT, INSERT ON manifest_arrival, import_job TO hallmark_server;
GRANT UPDATE (state, octets_read, units_verified, manifest, repeated, reason, ended_at) ON import_job
    TO hallmark_server;
GRANT SELECT ON manifest_arrival, import_job TO hallmark_auditor, hallmark_reader;
-- hand-overs and the ledger
GRANT SELECT, INSERT ON hand_over, hand_over_element, stock_count TO hallmark_server;
GRANT UPDATE (line) ON lot TO hallmark_server;
GRANT SELECT ON element_standing TO hallmark_server, hallmark_auditor, hallmark_reader;
GRANT SELECT ON hand_over, hand_over_element, stock_count TO hallmark_auditor, hallmark_reader;
