// From issued to in use, or to void: what proves an installation, and which of two acts wins.
#include "ca/issuance/refuse.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class Installation : public testing::HouseTest {
protected:
    SoftStation line = station();
    Bench bench{tpms[0]};
    void SetUp() override { ASSERT_EQ(line.provision(bench).status, 201); }

    [[nodiscard]] std::string state() {
        return ask<std::string>("SELECT state FROM credential WHERE serial = '\\x" +
                                bench.serial() + "'");
    }
    void expect_not_accepted(const boost::json::object& body, const std::string& detail) {
        const Standing before = standing();
        EXPECT_EQ(line.install(bench, body).status, 422);
        expect_only_a_refusal(before, Reason::installation_not_accepted, detail);
        EXPECT_EQ(state(), "issued");
    }
    /// The proof of another statement by the right key.
    [[nodiscard]] std::string proof_over(const InstallationParts& parts) const {
        return to_base64(sign_sha256(bench.leaf.key.get(), installation_message(parts)));
    }
};

constexpr const char* not_by_the_key = "installation: the proof is not by the leaf key";

TEST_F(Installation, by_another_key_is_not_accepted) {
    auto body = bench.installation();
    Bench other(tpms[1]);
    other.issued = bench.issued;
    body["proof"] = other.installation().at("proof");
    expect_not_accepted(body, not_by_the_key);
}

TEST_F(Installation, of_another_issuance_nonce_or_certificate_is_not_accepted) {
    auto body = bench.installation();
    const Bytes nonce = testing::octets_in(bench.issued, "installation_nonce");
    const Bytes certificate = bench.certificate();
    const std::string other = random_uuid();
    body["proof"] = proof_over({other, nonce, certificate});
    expect_not_accepted(body, not_by_the_key);
    const Bytes other_nonce = random_bytes(32);
    body["proof"] = proof_over({bench.issuance(), other_nonce, certificate});
    expect_not_accepted(body, not_by_the_key);
    body["proof"] = proof_over({bench.issuance(), nonce, ground.root});
    expect_not_accepted(body, not_by_the_key);
    body["proof"] = to_base64(random_bytes(70));
    expect_not_accepted(body, not_by_the_key);
}

TEST_F(Installation, of_what_is_not_our_certificate_is_not_accepted) {
    auto body = bench.installation();
    body["certificate_sha256"] = to_hex(sha256(ground.line_1));
    expect_not_accepted(body, "installation: another certificate was read back");
}

TEST_F(Installation, again_with_a_true_proof_is_answered_again) {
    ASSERT_EQ(line.install(bench).status, 200);
    const Standing before = standing();
    const ClientAnswer again = line.install(bench);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(boost::json::parse(again.body).at("state").as_string(), "installed");
    EXPECT_EQ(standing(), before);
    auto body = bench.installation();
    body["proof"] = to_base64(random_bytes(70));
    EXPECT_EQ(line.install(bench, body).status, 422);
    EXPECT_EQ(state(), "active");
}

TEST_F(Installation, cannot_be_taken_back_by_a_void) {
    ASSERT_EQ(line.install(bench).status, 200);
    const Standing before = standing();
    EXPECT_EQ(line.give_up(bench).status, 409);
    expect_only_a_refusal(before, Reason::conflict, "void: the certificate is installed");
    EXPECT_EQ(state(), "active");
}

TEST_F(Installation, after_a_void_is_gone) {
    ASSERT_EQ(line.give_up(bench).status, 200);
    EXPECT_EQ(line.give_up(bench).status, 200);
    const Standing before = standing();
    EXPECT_EQ(line.install(bench).status, 410);
    expect_only_a_refusal(before, Reason::gone, "installation: the certificate is void");
    EXPECT_EQ(line.get("/v1/issuances/" + bench.issuance()).status, 410);
}

TEST_F(Installation, and_void_at_the_same_moment_have_one_winner) {
    ClientAnswer installed;
    ClientAnswer given_up;
    std::thread one([&] { installed = station().install(bench); });
    std::thread two([&] { given_up = station().give_up(bench); });
    one.join();
    two.join();
    EXPECT_EQ((installed.status == 200) + (given_up.status == 200), 1)
        << installed.status << given_up.status;
    EXPECT_EQ(state(), installed.status == 200 ? "active" : "void");
}

TEST_F(Installation, waits_for_the_oracles_word) {
    execute_as("postgres",
               "SET session_replication_role = replica; DELETE FROM hallmark.oracle_verdict; "
               "INSERT INTO hallmark.oracle_verdict (serial, accepted, detail) "
               "SELECT serial, false, 'a test said so' FROM hallmark.credential");
    EXPECT_EQ(line.install(bench).status, 503);
    EXPECT_EQ(ask<std::string>("SELECT detail FROM refusal"),
              "installation: the oracle rejects the certificate");
    EXPECT_EQ(state(), "issued");
}

TEST_F(Installation, that_fails_lets_the_element_be_reworked_once_and_gives_nothing_back) {
    ASSERT_EQ(line.give_up(bench).status, 200);
    EXPECT_EQ(ask<long>("SELECT sum(used)::bigint FROM usage"), 3);
    Bench second(tpms[0]);
    ASSERT_EQ(line.provision(second).status, 201);
    EXPECT_EQ(second.device(), bench.device());
    EXPECT_EQ(ask<long>("SELECT sum(used)::bigint FROM usage"), 6);
    ASSERT_EQ(line.give_up(second).status, 200);

    Bench third(tpms[0]);
    ASSERT_EQ(line.open(third).status, 201);
    SoftStation::attest(third);
    const Standing before = standing();
    EXPECT_EQ(line.issue(third).status, 422);
    expect_only_a_refusal(before, Reason::element_not_accepted, "custody: reworked too often");
}

TEST_F(Installation, that_fails_lets_the_same_key_be_certified_again) {
    ASSERT_EQ(line.give_up(bench).status, 200);
    Bench second(tpms[0]);
    second.leaf.key = std::move(bench.leaf.key);
    ASSERT_EQ(line.provision(second).status, 201);
    EXPECT_NE(second.serial(), bench.serial());
    EXPECT_EQ(line.install(second).status, 200);
}

class VoidSweep : public Installation {
protected:
    /// As if everything had been issued this long ago, which no login but the superuser could say.
    void age(const std::string& by) {
        execute_as("postgres",
                   "SET session_replication_role = replica; UPDATE hallmark.credential SET "
                   "recorded_at = recorded_at - interval '" +
                       by + "'");
    }
    std::size_t sweep(Instant ready_since, std::size_t limit = 100) {
        Oracle oracle(server, registry, {});
        RefusalBook refusals(server, {.singly_per_minute = 60});
        InstallationService service({.database = server,
                                     .refusals = refusals,
                                     .oracle = oracle,
                                     .node = "node-1",
                                     .observe = {},
                                     .sweep_limit = limit});
        return service.sweep(ready_since, now());
    }
};

TEST_F(VoidSweep, ends_what_was_not_confirmed_in_its_time) {
    EXPECT_EQ(sweep(now() - std::chrono::hours(5)), 0u);
    age("2 hours");
    EXPECT_EQ(sweep(now() - std::chrono::hours(5)), 1u);
    EXPECT_EQ(state(), "void");
    EXPECT_EQ(ask<std::string>("SELECT reason FROM ending"), "unconfirmed");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event WHERE type = 'credential.void'"), 1);
    EXPECT_EQ(line.install(bench).status, 410);
}

TEST_F(VoidSweep, counts_only_time_in_which_the_door_was_ready) {
    age("2 hours");
    EXPECT_EQ(sweep(now() - std::chrono::minutes(10)), 0u);
    EXPECT_EQ(line.install(bench).status, 200);
}

TEST_F(VoidSweep, stops_before_it_voids_a_whole_shift) {
    Bench second(tpms[1]);
    ASSERT_EQ(line.provision(second).status, 201);
    age("2 hours");
    EXPECT_EQ(sweep(now() - std::chrono::hours(5), 1), 0u);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 2);
    EXPECT_EQ(sweep(now() - std::chrono::hours(5), 2), 2u);
}

}  // namespace
}  // namespace hallmark
