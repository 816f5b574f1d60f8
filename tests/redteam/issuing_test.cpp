// Owns: everything below an intermediate, or a server's sense of time.
#include "tests/redteam/red_team.h"

namespace hallmark {
namespace {

class Issuing : public testing::RedTeam {
protected:
    void set_intermediate(const std::string& columns) {
        around_the_law("UPDATE hallmark.intermediate SET " + columns);
    }
};

TEST_F(Issuing, ends_with_the_count_of_the_intermediate) {
    set_budget({"intermediate", "line-1", "all", 1, 1});
    ASSERT_EQ(issued(ground.station_1, tpms[0]), 201);
    expect_issuance_refused(ground.station_1, tpms[1], Reason::limited,
                            "limit: intermediate has used all of it");
}

TEST_F(Issuing, keeps_a_count_of_each_key_where_there_is_no_budget) {
    ASSERT_EQ(issued(ground.station_1, tpms[0]), 201);
    ASSERT_EQ(issued(ground.station_1, tpms[1]), 201);
    const auto row = registry.intermediate(IntermediateId("line-1"));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->signatures,
              2u + static_cast<unsigned long>(ask<long>("SELECT count(*) FROM crl_intent")));
}

TEST_F(Issuing, is_for_the_product_line_of_the_intermediate) {
    set_intermediate("products = '{tpm-sensor}'");
    expect_issuance_refused(ground.station_1, tpms[0], Reason::unavailable,
                            "reserve: intermediate out of its window or for another product line");
    const auto policy = take_policy(replaced(policy_text(), "days = 3650", "days = 3649"));
    if (policy) {
        const auto applied = registry.apply_policy(*policy, "setup", now());
        ASSERT_FALSE(applied);
        EXPECT_THAT(applied.error().detail, ::testing::HasSubstr("another product line's"));
    }
}

TEST_F(Issuing, keeps_within_the_window_of_the_intermediate) {
    set_intermediate("signs_until = now() - interval '1 second'");
    expect_issuance_refused(ground.station_1, tpms[0], Reason::unavailable,
                            "intermediate line-1 is out of its window");
    set_intermediate("signs_until = NULL, signs_from = now() + interval '1 hour'");
    expect_issuance_refused(ground.station_1, tpms[0], Reason::unavailable,
                            "intermediate line-1 is out of its window");
}

TEST_F(Issuing, stops_on_every_node_within_a_second_of_a_suspension) {
    Config beside = config();
    beside.imports.spool = (folder.path() / "spool-2").string();
    House other(beside, clock);
    other.open();
    auto options = caller("factory", ground.station_1);
    options.url = "https://127.0.0.1:" + std::to_string(other.port("factory"));
    testing::SoftStation there(options);
    testing::Bench first(tpms[0]);
    ASSERT_EQ(there.provision(first).status, 201);
    const auto ordered = std::chrono::steady_clock::now();
    ASSERT_EQ(office(ground.ada).request("POST", "/v1/intermediates/line-1/suspend", "{}").status,
              200);
    testing::Bench second(tpms[1]);
    EXPECT_EQ(there.provision(second).status, 503);
    EXPECT_EQ(issued(ground.station_1, tpms[2]), 503);
    EXPECT_LT(std::chrono::steady_clock::now() - ordered, std::chrono::seconds(1));
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 1);
    other.close();
}

TEST_F(Issuing, stops_while_the_clock_was_set_back) {
    ASSERT_EQ(issued(ground.station_1, tpms[0]), 201);
    // The loop that compares is a second away; a request asks by itself.
    clock.move(std::chrono::seconds(-6));
    EXPECT_TRUE(soon([&] {
        return fetch("ops", "/metrics").find("\nhallmark_clock_trusted 0") != std::string::npos;
    }));
    expect_issuance_refused(ground.station_1, tpms[1], Reason::unavailable, "clock: ");
    EXPECT_THAT(fetch("ops", "/healthz/ready"), ::testing::HasSubstr(R"("clock":"failed")"));
    clock.move(std::chrono::seconds(6));
    EXPECT_TRUE(soon([&] {
        return fetch("ops", "/metrics").find("\nhallmark_clock_trusted 1") != std::string::npos;
    }));
    EXPECT_EQ(issued(ground.station_1, tpms[1]), 201);
}

TEST_F(Issuing, stops_while_the_clock_disagrees_with_the_databases) {
    clock.move(std::chrono::minutes(10));
    EXPECT_TRUE(soon([&] {
        return fetch("ops", "/metrics").find("\nhallmark_clock_trusted 0") != std::string::npos;
    }));
    expect_issuance_refused(ground.station_1, tpms[0], Reason::unavailable, "clock: ");
    EXPECT_THAT(ask<std::string>("SELECT detail FROM refusal"),
                ::testing::EndsWith(" s ahead of the database's"));
}

}  // namespace
}  // namespace hallmark
