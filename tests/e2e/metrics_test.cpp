// What Prometheus itself says of the metrics of a house that has issued and refused.
#include "tests/e2e/house_fixture.h"

#include <cstdlib>

namespace hallmark {
namespace {

using testing::Bench;

using Metrics = testing::HouseTest;

TEST_F(Metrics, are_as_promtool_wants_them) {
    if (std::system("command -v promtool >/dev/null") != 0)
        GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    ASSERT_EQ(line.install(bench).status, 200);
    ASSERT_EQ(line.give_up(bench).status, 409);

    const std::string text = fetch("ops", "/metrics");
    EXPECT_NE(text.find("hallmark_refusals_total{"), std::string::npos);
    const std::string file = (folder.path() / "metrics.txt").string();
    std::ofstream(file) << text;
    EXPECT_EQ(std::system(("promtool check metrics <" + file).c_str()), 0);
}

}  // namespace
}  // namespace hallmark
