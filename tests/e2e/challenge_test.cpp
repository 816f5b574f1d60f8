// What a challenge is bound to: it is good once, for a short time, for one station, product and
// format, and under the policy of its day.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class Challenge : public testing::HouseTest {
protected:
    SoftStation line = station();
    Bench bench{tpms[0]};
    void SetUp() override {
        ASSERT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
    }
    void expect_challenge_refused(const Standing& before, const std::string& detail) {
        expect_only_a_refusal(before, Reason::challenge_not_accepted, "challenge: " + detail);
    }
    [[nodiscard]] std::string own(const std::string& column) {
        return ask<std::string>("SELECT " + column + " FROM challenge WHERE challenge = '\\x" +
                                to_hex(bench.challenge) + "'");
    }
};

TEST_F(Challenge, is_thirty_two_octets_and_ends_within_two_minutes) {
    EXPECT_EQ(bench.challenge.size(), 32u);
    EXPECT_EQ(own("expires_at <= created_at + interval '120 seconds'"), "t");
    Bench next(tpms[0]);
    ASSERT_EQ(line.open(next).status, 201);
    EXPECT_NE(next.challenge, bench.challenge);
    EXPECT_NE(next.secret, bench.secret);
}

TEST_F(Challenge, is_spent_by_the_issuance_with_what_was_secret_in_it) {
    ASSERT_EQ(line.issue(bench).status, 201);
    EXPECT_EQ(own("spent_at IS NOT NULL AND activation_secret IS NULL"), "t");
    Bench second(tpms[1]);
    second.challenge = bench.challenge;
    second.secret = bench.secret;
    SoftStation::attest(second);
    const Standing before = standing();
    EXPECT_EQ(line.issue(second).status, 422);
    expect_challenge_refused(before, "unknown, spent or expired");
}

TEST_F(Challenge, is_spent_by_a_refusal_too) {
    bench.request.at("evidence").as_object()["activation"] = to_base64(random_bytes(32));
    ASSERT_EQ(line.issue(bench).status, 422);
    EXPECT_EQ(own("spent_at IS NOT NULL AND activation_secret IS NULL"), "t");
    bench.request_id = random_uuid();
    SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_challenge_refused(before, "unknown, spent or expired");
}

TEST_F(Challenge, is_spent_by_a_request_that_is_none) {
    bench.request["serial"] = "01";
    ASSERT_EQ(line.issue(bench).status, 400);
    EXPECT_EQ(own("spent_at IS NOT NULL AND activation_secret IS NULL"), "t");
}

TEST_F(Challenge, ends_by_the_databases_clock) {
    execute_as("hallmark_owner_login",
               "UPDATE challenge SET created_at = created_at - interval '100 seconds', "
               "expires_at = clock_timestamp() - interval '1 millisecond'");
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_challenge_refused(before, "unknown, spent or expired");
}

TEST_F(Challenge, that_was_never_given_is_refused) {
    bench.challenge = random_bytes(32);
    SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_challenge_refused(before, "unknown, spent or expired");
}

TEST_F(Challenge, of_another_station_is_refused_and_stays_its_own) {
    enrol("station-2", ground.station_2);
    auto thief = station(ground.station_2);
    const Standing before = standing();
    EXPECT_EQ(thief.issue(bench).status, 422);
    expect_challenge_refused(before, "another station's");
    // It cannot be burnt by whoever overheard it.
    EXPECT_EQ(line.issue(bench).status, 201);
}

TEST_F(Challenge, for_another_product_is_refused) {
    const testing::Badge both = ground.station_2;
    must(registry.enrol_station({.id = StationId("station-2"),
                                 .site = SiteId("hall-1"),
                                 .products = {ProductId("tpm-gateway"), ProductId("tpm-sensor")},
                                 .certificate = both.certificate,
                                 .expires = std::nullopt,
                                 .source = ""},
                                "setup", now()));
    apply(replaced(policy_text(), "tpm-gateway", "tpm-sensor"));
    auto other = station(both);
    Bench mixed(tpms[0]);
    ASSERT_EQ(other.open(mixed).status, 201);
    mixed.product = "tpm-sensor";
    SoftStation::attest(mixed);
    const Standing before = standing();
    EXPECT_EQ(other.issue(mixed).status, 422);
    expect_challenge_refused(before, "for another product");
}

TEST_F(Challenge, for_another_format_is_refused) {
    bench.request.at("evidence").as_object()["format"] = "yubikey-piv";
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_challenge_refused(before, "for another format");
}

TEST_F(Challenge, of_yesterdays_policy_is_refused_today) {
    apply(replaced(policy_text(), "station_limit = 10000", "station_limit = 9999"));
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_only_a_refusal(before, Reason::policy_denied, "policy: another version is current");
}

TEST_F(Challenge, of_a_product_that_the_station_has_not_is_never_opened) {
    Bench foreign(tpms[0]);
    foreign.product = "tpm-sensor";
    const Standing before = standing();
    EXPECT_EQ(line.open(foreign).status, 403);
    expect_only_a_refusal(before, Reason::forbidden, "scope: ");
}

TEST_F(Challenge, is_limited_in_number_by_station) {
    challenges_outstanding = 3;
    open_house();
    auto again = station();
    for (int i = 0; i < 2; ++i) {
        Bench more(tpms[0]);
        ASSERT_EQ(again.open(more).status, 201);
    }
    const Standing before = standing();
    Bench one_too_many(tpms[0]);
    const ClientAnswer answer = again.open(one_too_many);
    EXPECT_EQ(answer.status, 429);
    EXPECT_FALSE(answer.header("retry-after").empty());
    expect_only_a_refusal(before, Reason::limited, "challenge: too many unspent ones");
    // Spending one makes room, and another station was never short of it.
    ASSERT_EQ(again.issue(bench).status, 201);
    EXPECT_EQ(again.open(one_too_many).status, 201);
}

}  // namespace
}  // namespace hallmark
