// Credentials and refusals as the record holds them, made by hand: what a result is made of,
// without the line that makes them.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/hash.h"
#include "db/attestation_results.h"
#include "db/credentials.h"
#include "db/epochs.h"
#include "db/refusals.h"
#include "tests/db/custody_fixture.h"

namespace hallmark::testing {

class ResultsFixture : public CustodyFixture {
protected:
    /// A credential that was recorded and that the oracle has yet to judge.
    Serial recorded(const std::string& claims) {
        const int number = ++credentials_made;
        const auto element = fresh_element("se-" + std::to_string(number));
        EXPECT_TRUE(custody
                        .import_manifest(example, LotId("lot-" + std::to_string(number)),
                                         write_manifest({element}, example_vendor().signer), actor,
                                         noon)
                        .has_value());
        const Serial serial(Bytes(20, static_cast<unsigned char>(number)));
        const std::string name = "example/se-" + std::to_string(number);
        owner.transact([&](Tx& tx) {
            auto& raw = tx.raw();
            raw.exec_params("INSERT INTO device (id, product, element) VALUES ($1, 'sensor', $1)",
                            name);
            raw.exec_params(credential_sql, to_hex(serial.get()), random_uuid(), random_uuid(),
                            name, to_hex(random_bytes(32)), epoch);
            raw.exec_params(body_sql, to_hex(serial.get()), claims, to_hex(challenge));
            raw.exec_params(
                "UPDATE credential SET state = 'issued', recorded_at = clock_timestamp() "
                "WHERE serial = decode($1, 'hex')",
                to_hex(serial.get()));
            raw.exec_params("INSERT INTO oracle_due (serial) VALUES (decode($1, 'hex'))",
                            to_hex(serial.get()));
        });
        return serial;
    }
    void judge(const Serial& serial) {
        server.transact([&](Tx& tx) {
            const Credentials::Verdict verdict{.serial = serial, .accepted = true, .detail = "-"};
            Credentials(tx).append_verdicts({&verdict, 1});
        });
    }
    Serial due(const std::string& claims) {
        const Serial serial = recorded(claims);
        judge(serial);
        return serial;
    }
    /// A refusal's id.
    std::string refused(Reason reason, const std::string& format,
                        const Bytes& of_challenge = Bytes()) {
        const std::string id = random_uuid();
        server.transact([&](Tx& tx) {
            Refusals(tx).append({.id = id,
                                 .door = "factory",
                                 .act = "issuance",
                                 .station = StationId("st-1"),
                                 .product = product,
                                 .request_id = std::nullopt,
                                 .reason = reason,
                                 .detail = "nonce: another",
                                 .body_sha256 = sha256(as_bytes(id)),
                                 .format = format,
                                 .challenge = of_challenge});
        });
        return id;
    }
    static Claims claims_of(Assurance assurance = Assurance::hw_key_attested) {
        Claims claims;
        claims.format = "yubikey-piv";
        claims.vendor = "example";
        claims.public_key = make_ec_key().spki();
        claims.origin = "generated";
        claims.exportable = false;
        claims.freshness = "nonce";
        claims.assurance = assurance;
        return claims;
    }

    std::vector<ResultDue> take(std::int64_t taker, std::size_t limit = 100) {
        return server.transact([&](Tx& tx) { return AttestationResults(tx).take(taker, limit); });
    }
    std::optional<std::string> result_of(const Serial& serial) {
        return server.transact(
            [&](Tx& tx) { return AttestationResults(tx).of_credential(serial); });
    }
    std::optional<std::string> result_of(const std::string& refusal) {
        return server.transact([&](Tx& tx) { return AttestationResults(tx).of_refusal(refusal); });
    }

    const Bytes challenge = Bytes(32, 7);
    std::int64_t epoch = server.transact([](Tx& tx) { return Epochs(tx).begin("node-1"); });

private:
    static constexpr const char* credential_sql = R"sql(
        INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element, product,
                                policy_sha256, intermediate, lot, site, key_sha256, tbs_sha256, not_before,
                                not_after, installation_nonce, confirm_within, epoch)
        VALUES (decode($1, 'hex'), $2, 'st-1', $3, sha256('request'), $4, $4, 'sensor', sha256('policy'), 'line-1',
                'lot-1', 'north', decode($5, 'hex'), decode($5, 'hex'), now(), now() + interval '1 year',
                sha256('nonce'), interval '1 hour', $6)
    )sql";
    static constexpr const char* body_sql = R"sql(
        INSERT INTO credential_body (serial, intermediate, certificate, request, claims, challenge,
                                     manifest_sha256, key_uri)
        VALUES (decode($1, 'hex'), 'line-1', 'certificate', 'request', $2, decode($3, 'hex'), sha256('m'),
                'pkcs11:object=line-1')
    )sql";
    int credentials_made = 0;
};

}  // namespace hallmark::testing
