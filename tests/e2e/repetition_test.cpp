// A station that lost an answer asks again: it gets the same bytes for as long as they are good,
// and whatever else it may be told, nothing is signed and nothing is charged.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class Repetition : public testing::HouseTest {
protected:
    SoftStation line = station();
    Bench bench{tpms[0]};
    void SetUp() override { ASSERT_EQ(line.provision(bench).status, 201); }
};

TEST_F(Repetition, of_the_same_body_gets_the_same_bytes_and_costs_nothing) {
    const Standing before = standing();
    for (int i = 0; i < 3; ++i) {
        const ClientAnswer again = line.repeat(bench);
        ASSERT_EQ(again.status, 200) << again.body;
        EXPECT_EQ(boost::json::parse(again.body), bench.issued);
    }
    EXPECT_EQ(standing(), before);
}

TEST_F(Repetition, still_gets_the_certificate_once_it_is_installed) {
    ASSERT_EQ(line.install(bench).status, 200);
    const Standing before = standing();
    const ClientAnswer again = line.repeat(bench);
    ASSERT_EQ(again.status, 200);
    EXPECT_EQ(boost::json::parse(again.body).at("certificate"), bench.issued.at("certificate"));
    EXPECT_EQ(standing(), before);
}

TEST_F(Repetition, with_another_body_is_a_mismatch_even_by_one_space) {
    bench.sent += " ";
    const Standing before = standing();
    EXPECT_EQ(line.repeat(bench).status, 422);
    expect_only_a_refusal(before, Reason::request_mismatch, "request_id: known with another body");
}

TEST_F(Repetition, after_a_void_is_gone_for_good) {
    ASSERT_EQ(line.give_up(bench).status, 200);
    const Standing before = standing();
    const ClientAnswer again = line.repeat(bench);
    EXPECT_EQ(again.status, 410);
    EXPECT_EQ(again.body.find("BEGIN CERTIFICATE"), std::string::npos);
    expect_only_a_refusal(before, Reason::gone, "request_id: its certificate is void");
}

TEST_F(Repetition, after_a_retirement_is_gone_for_good) {
    ASSERT_EQ(line.install(bench).status, 200);
    ASSERT_EQ(retire(ground.ada, bench.serial(), "superseded").status, 200);
    const Standing before = standing();
    EXPECT_EQ(line.repeat(bench).status, 410);
    expect_only_a_refusal(before, Reason::gone, "request_id: its certificate is retired");
}

TEST_F(Repetition, by_a_station_suspended_since_gets_nothing) {
    must(registry.set_station_state(StationId("station-1"), "suspended", "setup", now()));
    const ClientAnswer again = line.repeat(bench);
    EXPECT_EQ(again.status, 401);
    EXPECT_EQ(again.body.find("BEGIN CERTIFICATE"), std::string::npos);
    EXPECT_EQ(line.get("/v1/issuances/" + bench.issuance()).status, 401);
    must(registry.set_station_state(StationId("station-1"), "active", "setup", now()));
    EXPECT_EQ(line.repeat(bench).status, 200);
}

TEST_F(Repetition, by_another_station_is_its_own_request) {
    enrol("station-2", ground.station_2);
    auto other = station(ground.station_2);
    // The request_id is station-1's own affair; what station-2 lacks is a challenge of its own.
    EXPECT_EQ(other.repeat(bench).status, 422);
    EXPECT_EQ(ask<std::string>("SELECT detail FROM refusal"),
              "challenge: unknown, spent or expired");
}

TEST_F(Repetition, of_a_stranger_looks_like_an_issuance_that_never_was) {
    enrol("station-2", ground.station_2);
    auto other = station(ground.station_2);
    const auto alike = [&](const ClientAnswer& theirs, const ClientAnswer& nobodys) {
        EXPECT_EQ(theirs.status, 404);
        EXPECT_EQ(without_instance(theirs), without_instance(nobodys));
    };
    const std::string theirs = "/v1/issuances/" + bench.issuance();
    const std::string nobodys = "/v1/issuances/" + random_uuid();
    alike(other.get(theirs), other.get(nobodys));
    alike(other.get("/v1/issuances/not-an-id"), other.get(nobodys));
    const boost::json::object reason{{"reason", "jig fault"}};
    alike(other.post(theirs + "/void", reason), other.post(nobodys + "/void", reason));
    alike(other.post(theirs + "/installation", bench.installation()),
          other.post(nobodys + "/installation", bench.installation()));
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "issued");
}

class Twins : public testing::HouseTest {};

TEST_F(Twins, of_one_request_at_the_same_moment_make_one_certificate) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    bench.sent = boost::json::serialize(bench.request);
    const Standing before = standing();

    std::vector<ClientAnswer> answers(6);
    std::vector<std::thread> twins;
    for (ClientAnswer& answer : answers) {
        twins.emplace_back([this, &bench, &answer] { answer = station().repeat(bench); });
    }
    for (std::thread& twin : twins)
        twin.join();

    int made = 0;
    for (const ClientAnswer& answer : answers) {
        made += answer.status == 201;
        // The others: the same certificate, or to ask again. Never that the request is lost.
        EXPECT_TRUE(answer.status == 201 || answer.status == 200 || answer.status == 409)
            << answer.status << answer.body;
        if (answer.status == 409) {
            EXPECT_EQ(answer.header("retry-after"), "1");
        }
    }
    EXPECT_EQ(made, 1);
    const Standing after = standing();
    EXPECT_EQ(after.credentials, before.credentials + 1);
    EXPECT_EQ(after.intents, before.intents + 1);
    EXPECT_EQ(after.signatures, before.signatures + 1);
    EXPECT_EQ(after.charges, before.charges + 3);
    EXPECT_EQ(line.repeat(bench).status, 200);
}

TEST_F(Twins, of_one_element_with_two_keys_make_one_certificate) {
    std::vector<ClientAnswer> answers(4);
    std::vector<std::thread> twins;
    for (ClientAnswer& answer : answers) {
        twins.emplace_back([this, &answer] {
            auto line = station();
            Bench bench(tpms[0]);
            answer = line.provision(bench);
        });
    }
    for (std::thread& twin : twins)
        twin.join();
    const auto made = std::count_if(answers.begin(), answers.end(),
                                    [](const ClientAnswer& a) { return a.status == 201; });
    EXPECT_EQ(made, 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal WHERE reason = 'element-not-accepted'"), 3);
}

}  // namespace
}  // namespace hallmark
