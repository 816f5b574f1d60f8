// A plant in rows alone, as big as a test wants it: stations, a released lot, intents that are
// right in everything. For what decides in the database; no key is touched.
#pragma once

#include "ca/crypto/hash.h"
#include "db/epochs.h"
#include "db/intents.h"
#include "tests/support/postgres.h"

#include <string>

#include <pqxx/pqxx>

namespace hallmark::testing {

class PlantRows {
public:
    /// `stations` of line "l-1" at site "hall-1", each for product "meter"; `elements` of lot
    /// "lot-1".
    /// Made beside the laws of manifests and hand-overs, which are not what is tried here.
    PlantRows(Database& owner, const std::string& conninfo, std::size_t stations,
              std::size_t elements)
        : owner_(owner) {
        Database superuser({.conninfo = conninfo_as(conninfo, "postgres"), .connections = 1});
        superuser.transact([&](Tx& tx) {
            tx.raw().exec("SET LOCAL session_replication_role = replica");
            tx.raw().exec("SET LOCAL search_path = hallmark");
            tx.raw().exec_params0(people_sql, stations);
            tx.raw().exec(house_sql);
            tx.raw().exec_params0(elements_sql, elements);
        });
        epoch_ = owner.transact([](Tx& tx) { return Epochs(tx).begin("node-1"); });
    }

    /// One more attempt by that station, for the next element that nobody tried yet.
    [[nodiscard]] IntentEntry attempt(std::size_t station) {
        const std::size_t element = next_++;
        IntentEntry entry;
        Reserving& row = entry.row;
        row.serial = Serial(random_bytes(20));
        row.issuance = IssuanceId(random_uuid());
        row.station = StationId("st-" + std::to_string(station));
        row.request_id = RequestId(random_uuid());
        row.device = DeviceId("meter:" + std::to_string(element));
        row.element = ElementId("maker/" + std::to_string(element));
        row.product = ProductId("meter");
        row.policy = sha256(as_bytes("policy"));
        row.intermediate = IntermediateId("line-1");
        row.vendor = VendorId("maker");
        row.format = "tpm2";
        row.anchor = sha256(as_bytes("root"));
        row.lot = LotId("lot-1");
        row.site = SiteId("hall-1");
        row.key = digest();
        row.tbs = random_bytes(64);
        row.tbs_sha256 = sha256(row.tbs);
        row.subject = digest();
        row.not_before = *from_rfc3339("2026-01-01T00:00:00Z");
        row.not_after = *from_rfc3339("2036-01-01T00:00:00Z");
        row.installation_nonce = random_bytes(32);
        row.confirm_within = std::chrono::hours(1);
        row.model = "m-1";
        row.epoch = epoch_;
        entry.challenge = random_bytes(32);
        return entry;
    }
    /// Their challenges, and the node's beat.
    void open(const std::vector<IntentEntry>& attempts) {
        owner_.transact([&](Tx& tx) {
            for (const IntentEntry& attempt : attempts) {
                tx.raw().exec_params0(
                    challenge_sql,
                    pqxx::binarystring(attempt.challenge.data(), attempt.challenge.size()),
                    attempt.row.station.get());
            }
            (void)Epochs(tx).beat(epoch_);
        });
    }

private:
    static Digest digest() { return digest_from_bytes(random_bytes(32)).value(); }

    static constexpr const char* people_sql = R"sql(
        WITH made AS (
            SELECT 'st-' || i AS id, sha256(('key' || i)::bytea) AS key, ('der' || i)::bytea AS der
            FROM generate_series(0, $1 - 1) i
        ), known AS (
            INSERT INTO known_key (key_sha256, holder_kind, holder_id) SELECT key, 'station', id FROM made
        ), pinned AS (
            INSERT INTO principal (kind, id, certificate, certificate_sha256, key_sha256, enrolled_at, enrolled_by)
            SELECT 'station', id, der, sha256(der), key, now(), 'setup' FROM made
        )
        INSERT INTO station (id, site, products, expires, state, line)
        SELECT id, 'hall-1', ARRAY['meter'], now() + interval '1 year', 'active', 'l-1' FROM made
    )sql";
    static constexpr const char* house_sql = R"sql(
        INSERT INTO known_key (key_sha256, holder_kind, holder_id) VALUES (sha256('line-1'), 'intermediate', 'line-1');
        INSERT INTO intermediate (id, key_uri, algorithm, certificate, key_sha256, not_after, added_at, added_by,
                                  state)
        VALUES ('line-1', 'pkcs11:object=line-1', 'ecdsa-sha256', 'der', sha256('line-1'),
                now() + interval '1 year', now(), 'setup', 'active');
        INSERT INTO policy_version (policy_sha256, product, canonical) VALUES (sha256('policy'), 'meter', 'policy');
        INSERT INTO product_policy (product, policy_sha256, applied_at, applied_by)
        VALUES ('meter', sha256('policy'), now(), 'setup');
        WITH pinned AS (
            INSERT INTO vendor_pin (vendor, format, version, exceptions, active, pinned_at, pinned_by)
            VALUES ('maker', 'tpm2', 1, '{}', true, now(), 'setup')
            RETURNING number
        )
        INSERT INTO vendor_anchor (pin, kind, position, certificate) SELECT number, 'root', 0, 'root' FROM pinned;
        INSERT INTO lot (id, vendor, state, product, site)
        VALUES ('lot-1', 'maker', 'released', 'meter', 'hall-1');
        INSERT INTO manifest (sha256, vendor, format, signer_sha256, bytes, units, keys, lot, imported_by, imported_at)
        VALUES (sha256('manifest'), 'maker', 'test', sha256('signer'), 1, 1, 1, 'lot-1', 'setup', now())
    )sql";
    static constexpr const char* elements_sql = R"sql(
        INSERT INTO element (id, vendor, unique_id, model, lot, manifest, state, entry)
        SELECT 'maker/' || i, 'maker', i::text, 'm-1', 'lot-1', sha256('manifest'), 'allotted', i
        FROM generate_series(0, $1 - 1) i
    )sql";
    static constexpr const char* challenge_sql = R"sql(
        INSERT INTO challenge (challenge, door, purpose, station, product, policy_sha256, format, expires_at)
        VALUES ($1, 'factory', 'issuance', $2, 'meter', sha256('policy'), 'tpm2', clock_timestamp() + interval '100 s')
    )sql";

    Database& owner_;
    std::int64_t epoch_ = 0;
    std::size_t next_ = 0;
};

}  // namespace hallmark::testing
