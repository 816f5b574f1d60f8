// What a failed check makes of the answer: the node's own, or that of a part of its work.
#include "server/ops/health.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

HealthCheck check(const std::string& name, bool passes, Concerns concerns) {
    return {.name = name, .is_ready = [passes] { return passes; }, .concerns = concerns};
}

TEST(Health, is_ready_where_every_check_passes) {
    const Health health(
        {check("database", true, Concerns::node), check("intermediates", true, Concerns::part)});
    EXPECT_EQ(health.ready().status, 200);
    EXPECT_EQ(health.ready().body,
              R"({"status":"ready","checks":{"database":"ok","intermediates":"ok"}})");
}

TEST(Health, names_a_part_that_failed_and_stays_ready) {
    const Health health(
        {check("database", true, Concerns::node), check("intermediates", false, Concerns::part)});
    EXPECT_EQ(health.ready().status, 200);
    EXPECT_EQ(health.ready().body,
              R"({"status":"ready","checks":{"database":"ok","intermediates":"failed"}})");
    EXPECT_EQ(health.results().at(1), std::make_pair(std::string("intermediates"), false));
}

TEST(Health, is_unready_where_a_check_of_the_node_fails_or_cannot_be_made) {
    const HealthCheck thrown{.name = "database",
                             .is_ready = []() -> bool { throw std::runtime_error("away"); }};
    for (const HealthCheck& one : {check("database", false, Concerns::node), thrown}) {
        const Health health({one, check("intermediates", true, Concerns::part)});
        EXPECT_EQ(health.ready().status, 503);
        EXPECT_EQ(health.ready().body,
                  R"({"status":"unready","checks":{"database":"failed","intermediates":"ok"}})");
    }
}

}  // namespace
}  // namespace hallmark
