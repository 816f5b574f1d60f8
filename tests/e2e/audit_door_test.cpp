// What an auditor can ask at the office door, and how: page by page, by every key, and never more
// than was asked for.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
namespace json = boost::json;

class AuditDoorTest : public testing::HouseTest {
protected:
    HttpsClient desk = office(ground.ada);

    [[nodiscard]] json::array events(const std::string& query) {
        const ClientAnswer answer = desk.request("GET", "/v1/audit/events" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body).at("events").as_array();
    }
    [[nodiscard]] int status_of(const std::string& target) {
        return desk.request("GET", target).status;
    }
    /// The target of the next page; empty on the last.
    [[nodiscard]] static std::string next_of(const ClientAnswer& answer) {
        const std::string link(answer.header("link"));
        if (link.empty()) return {};
        EXPECT_THAT(link, ::testing::MatchesRegex("<.*>; rel=\"next\""));
        return link.substr(1, link.find('>') - 1);
    }
};

TEST_F(AuditDoorTest, pages_through_every_event_once_and_in_order) {
    const long total = ask<long>("SELECT count(*) FROM event");
    std::vector<std::int64_t> numbers;
    std::string target = "/v1/audit/events?limit=3";
    while (!target.empty()) {
        const ClientAnswer page = desk.request("GET", target);
        ASSERT_EQ(page.status, 200) << page.body;
        const auto body = json::parse(page.body);
        EXPECT_LE(body.at("events").as_array().size(), 3u);
        for (const auto& event : body.at("events").as_array())
            numbers.push_back(event.at("number").to_number<std::int64_t>());
        target = next_of(page);
        ASSERT_LE(numbers.size(), static_cast<std::size_t>(total));
    }
    EXPECT_EQ(numbers.size(), static_cast<std::size_t>(total));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
}

TEST_F(AuditDoorTest, finds_a_certificate_by_each_of_its_keys) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const std::string policy = to_hex(registry.current_policy(ProductId("tpm-gateway"))->digest());
    for (const std::string& key :
         {"serial=" + bench.serial(), "device=" + bench.device(),
          std::string("element=swtpm%2Fgw-1"), std::string("element=swtpm%2FGW-1"),
          std::string("station=station-1"), std::string("product=tpm-gateway"), "policy=" + policy,
          std::string("lot=lot-1")}) {
        SCOPED_TRACE(key);
        bool found = false;
        for (const auto& event : events("?" + key))
            found = found || event.at("subject").as_string() == "credential/" + bench.serial();
        EXPECT_TRUE(found);
    }
    EXPECT_EQ(events("?serial=" + bench.serial() + "&station=station-2").size(), 0u);
}

TEST_F(AuditDoorTest, keeps_to_the_time_that_was_asked_for) {
    auto line = station();
    Bench bench(tpms[0]);
    const std::string before = to_rfc3339(floor_to_second(now()) - std::chrono::hours(1));
    const std::string after = to_rfc3339(floor_to_second(now()) + std::chrono::hours(1));
    ASSERT_EQ(line.provision(bench).status, 201);
    const std::string serial = "&serial=" + bench.serial();
    EXPECT_EQ(events("?from=" + before + "&to=" + after + serial).size(), 1u);
    EXPECT_EQ(events("?to=" + before + serial).size(), 0u);
    EXPECT_EQ(events("?from=" + after + serial).size(), 0u);
}

TEST_F(AuditDoorTest, shows_a_refusal_without_its_cause) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    bench.activation = random_bytes(32);
    testing::SoftStation::attest(bench);
    const ClientAnswer refused = line.issue(bench);
    ASSERT_EQ(refused.status, 422);
    const std::string instance(json::parse(refused.body).at("instance").as_string());
    const auto last = events("?station=station-1").back();
    EXPECT_EQ(last.at("type").as_string(), "issuance.refused");
    // What the station was told leads to the record.
    EXPECT_EQ("urn:uuid:" + std::string(last.at("subject").as_string()).substr(8), instance);
    EXPECT_EQ(last.at("facts").at("reason").as_string(), "evidence-not-accepted");
    EXPECT_EQ(last.at("facts").at("body_sha256").as_string(), to_hex(sha256(as_bytes(bench.sent))));
}

TEST_F(AuditDoorTest, refuses_a_question_that_it_does_not_understand_whole) {
    for (const char* query :
         {"?limit=0", "?limit=1001", "?limit=-1", "?limit=x", "?limit=", "?cursor=nonsense",
          "?unknown=1", "?from=yesterday", "?serial=a&serial=b", "?%zz=1"}) {
        EXPECT_EQ(status_of(std::string("/v1/audit/events") + query), 400) << query;
    }
    EXPECT_EQ(status_of("/v1/audit/devices/nobody/timeline"), 404);
    EXPECT_EQ(status_of("/v1/audit/certificates/" + std::string(40, 'a')), 404);
    EXPECT_EQ(status_of("/v1/audit/certificates/xyz"), 404);
}

TEST_F(AuditDoorTest, digests_are_of_the_bodies_that_stand) {
    const auto all = events("?limit=1000");
    for (const auto& event : all) {
        const auto number = std::to_string(event.at("number").to_number<std::int64_t>());
        EXPECT_EQ(event.at("digest").as_string(),
                  ask<std::string>("SELECT encode(sha256(convert_to(body, 'UTF8')), 'hex') "
                                   "FROM event WHERE number = " +
                                   number));
    }
    EXPECT_GE(all.size(), 8u);
}

}  // namespace
}  // namespace hallmark
