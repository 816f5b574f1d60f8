// The queue of what has no result yet, and the law that there is one result and no other.
#include "tests/db/results_fixture.h"

#include <set>

namespace hallmark {
namespace {

class AttestationResultRows : public testing::ResultsFixture {
protected:
    AttestationResultRows() {
        EXPECT_TRUE(server.transact([&](Tx& tx) {
            return AttestationResults(tx).add_key(key.digest(), key.spki(), "key-1");
        }));
    }
    void keep(std::int64_t number, const std::string& token) {
        server.transact([&](Tx& tx) {
            const ResultMade made{.number = number, .token = token};
            AttestationResults(tx).keep({&made, 1}, key.digest());
        });
    }
    static std::set<std::int64_t> numbers_of(const std::vector<ResultDue>& due) {
        std::set<std::int64_t> numbers;
        for (const ResultDue& one : due)
            numbers.insert(one.number);
        return numbers;
    }
    /// The law that a statement of the tables' owner breaks; "" where it breaks none.
    std::string law_broken(const std::string& sql) {
        try {
            execute(owner, sql);
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        }
    }
    const std::string claims = claims_json(claims_of());
    const PublicKey key = testing::make_ec_key().public_key();
};

TEST_F(AttestationResultRows, are_due_once_the_oracle_has_judged_and_never_again) {
    const Serial serial = recorded(claims);
    EXPECT_TRUE(take(1).empty());
    judge(serial);
    const auto first = take(1);
    ASSERT_EQ(first.size(), 1u);
    const auto& credential = std::get<CredentialAppraised>(first[0].of);
    EXPECT_EQ(credential.serial, serial);
    EXPECT_EQ(credential.claims, claims);
    EXPECT_EQ(credential.challenge, challenge);
    EXPECT_EQ(credential.policy, sha256(as_bytes("policy")));
    EXPECT_EQ(credential.request, sha256(as_bytes("request")));
    judge(serial);
    EXPECT_EQ(count("result_due"), 1u);
    keep(first[0].number, "a.b.c");
    judge(serial);
    EXPECT_TRUE(take(1).empty());
    EXPECT_EQ(result_of(serial), "a.b.c");
}

TEST_F(AttestationResultRows, are_due_for_evidence_that_was_refused_and_for_no_other_no) {
    const std::string id = refused(Reason::evidence_not_accepted, "tpm2");
    for (const Reason reason :
         {Reason::element_not_accepted, Reason::policy_denied, Reason::csr_not_accepted,
          Reason::challenge_not_accepted, Reason::malformed_request})
        (void)refused(reason, "tpm2");
    (void)refused(Reason::evidence_not_accepted, "");
    const auto due = take(1);
    ASSERT_EQ(due.size(), 1u);
    const auto& refusal = std::get<RefusalAppraised>(due[0].of);
    EXPECT_EQ(refusal.id, id);
    EXPECT_EQ(refusal.reason, "evidence-not-accepted");
    EXPECT_EQ(refusal.format, "tpm2");
    EXPECT_EQ(refusal.request, sha256(as_bytes(id)));
    EXPECT_FALSE(refusal.policy);
    EXPECT_EQ(count("refusal"), 7u);
}

TEST_F(AttestationResultRows, of_a_refusal_name_the_policy_of_the_stations_own_challenge) {
    for (const char* station : {"st-1", "st-2"}) {
        execute(
            owner,
            "INSERT INTO challenge (challenge, door, purpose, station, product, policy_sha256, "
            "format, expires_at) SELECT sha256('" +
                std::string(station) + "'), 'factory', 'issuance', '" + station +
                "', 'sensor', sha256('policy'), 'tpm2', clock_timestamp() + interval '1 minute'");
        (void)refused(Reason::evidence_not_accepted, "tpm2", to_bytes(sha256(as_bytes(station))));
    }
    const auto due = take(1);
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(std::get<RefusalAppraised>(due[0].of).policy, sha256(as_bytes("policy")));
    EXPECT_FALSE(std::get<RefusalAppraised>(due[1].of).policy);
}

TEST_F(AttestationResultRows, are_taken_by_one_node_at_a_time) {
    for (int i = 0; i < 5; ++i)
        (void)due(claims);
    const auto first = numbers_of(take(1, 2));
    const auto second = numbers_of(take(2, 2));
    EXPECT_EQ(first.size(), 2u);
    EXPECT_EQ(second.size(), 2u);
    EXPECT_LT(*first.rbegin(), *second.begin()) << "the oldest first";
    EXPECT_EQ(take(3).size(), 1u);
    EXPECT_TRUE(take(4).empty());
    EXPECT_EQ(numbers_of(take(1)), first) << "what it took it may have again";
}

TEST_F(AttestationResultRows, that_a_lost_node_took_are_free_when_its_time_is_over) {
    const Serial serial = due(claims);
    EXPECT_EQ(take(1).size(), 1u);
    EXPECT_TRUE(take(2).empty());
    execute(owner, "UPDATE result_due SET taken_until = clock_timestamp() - interval '1 second'");
    const auto taken = take(2);
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_EQ(std::get<CredentialAppraised>(taken[0].of).serial, serial);
}

TEST_F(AttestationResultRows, are_passed_by_for_an_hour_when_they_are_put_off) {
    (void)due(claims);
    const Serial next = due(claims);
    const std::int64_t strange = take(1, 1).at(0).number;
    server.transact([&](Tx& tx) { AttestationResults(tx).put_off({&strange, 1}); });
    const auto taken = take(1);
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_EQ(std::get<CredentialAppraised>(taken[0].of).serial, next);
    EXPECT_EQ(count("result_due WHERE taken_until > clock_timestamp() + interval '59 minutes'"),
              1u);
}

TEST_F(AttestationResultRows, are_one_a_verification_whoever_is_second) {
    const Serial serial = due(claims);
    const std::string refusal = refused(Reason::evidence_not_accepted, "tpm2");
    const auto taken = take(1);
    ASSERT_EQ(taken.size(), 2u);
    for (const char* token : {"the.first.one", "the.second.one"})
        for (const ResultDue& one : taken)
            keep(one.number, token);
    EXPECT_EQ(count("attestation_result"), 2u);
    EXPECT_EQ(result_of(serial), "the.first.one");
    EXPECT_EQ(result_of(refusal), "the.first.one");
    EXPECT_EQ(count("result_due"), 0u);

    const std::string again =
        "INSERT INTO attestation_result (serial, refusal, key_sha256, token) "
        "SELECT serial, refusal, key_sha256, 'x.y.z' FROM attestation_result WHERE ";
    EXPECT_EQ(law_broken(again + "serial IS NOT NULL"), "attestation_result_of_credential");
    EXPECT_EQ(law_broken(again + "refusal IS NOT NULL"), "attestation_result_of_refusal");
}

TEST_F(AttestationResultRows, are_history_to_everybody) {
    const Serial serial = due(claims);
    keep(take(1).at(0).number, "a.b.c");
    for (const char* act : {"UPDATE attestation_result SET token = 'x.y.z'",
                            "DELETE FROM attestation_result", "TRUNCATE attestation_result"})
        EXPECT_EQ(law_broken(act), "attestation_result_is_history") << act;
    EXPECT_EQ(law_broken("DELETE FROM result_key"), "result_key_is_history");
    EXPECT_THROW(execute(server, "UPDATE attestation_result SET token = 'x.y.z'"), Fault);
    EXPECT_EQ(result_of(serial), "a.b.c");
}

TEST_F(AttestationResultRows, wait_and_are_counted_with_the_age_of_the_oldest) {
    const auto waiting = [&] {
        return server.transact([](Tx& tx) { return AttestationResults(tx).waiting(); });
    };
    EXPECT_EQ(waiting().count, 0u);
    EXPECT_EQ(waiting().oldest_s, 0);
    (void)due(claims);
    (void)due(claims);
    execute(owner,
            "UPDATE result_due SET at = at - interval '1 hour' "
            "WHERE number = (SELECT min(number) FROM result_due)");
    EXPECT_EQ(waiting().count, 2u);
    EXPECT_GE(waiting().oldest_s, 3600);
    EXPECT_LT(waiting().oldest_s, 3700);
}

TEST_F(AttestationResultRows, are_signed_by_a_key_that_is_nobody_elses) {
    const auto add = [&](const PublicKey& one) {
        return server.transact([&](Tx& tx) {
            return AttestationResults(tx).add_key(one.digest(), one.spki(), "another");
        });
    };
    EXPECT_TRUE(add(key)) << "again and again";
    const PublicKey issuing = testing::make_ec_key().public_key();
    execute(owner, "INSERT INTO known_key (key_sha256, holder_kind, holder_id) VALUES (decode('" +
                       to_hex(issuing.digest()) + "', 'hex'), 'intermediate', 'line-1')");
    EXPECT_FALSE(add(issuing));
    const PublicKey next = testing::make_ec_key().public_key();
    EXPECT_TRUE(add(next));
    const auto keys = server.transact([](Tx& tx) { return AttestationResults(tx).keys(); });
    EXPECT_EQ(keys, (std::vector<Bytes>{key.spki(), next.spki()}));
}

}  // namespace
}  // namespace hallmark
