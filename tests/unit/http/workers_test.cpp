#include "server/http/workers.h"

#include <chrono>
#include <semaphore>

#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

/// Jobs that keep their seats until they are told to go.
class CrewAtWork : public ::testing::Test {
protected:
    [[nodiscard]] bool seat(const std::string& caller) {
        return crew.try_run({.work = [this] { go.acquire(); },
                             .done = [this] { gone.release(); },
                             .caller = caller});
    }
    /// Until this many seats are free again.
    void let_go(int jobs) {
        go.release(jobs);
        for (int i = 0; i < jobs; ++i)
            EXPECT_TRUE(gone.try_acquire_for(std::chrono::seconds(5)));
    }
    void TearDown() override { go.release(8); }  // Whoever has a seat that he should not have.

    std::counting_semaphore<> go{0};
    std::counting_semaphore<> gone{0};
    Workers crew{4, 2};
};

TEST_F(CrewAtWork, gives_one_caller_its_share_and_the_others_what_is_left) {
    EXPECT_TRUE(seat("flood"));
    EXPECT_TRUE(seat("flood"));
    EXPECT_FALSE(seat("flood"));
    EXPECT_EQ(crew.busy(), 2u);
    EXPECT_TRUE(seat("other"));
    EXPECT_TRUE(seat("third"));
    EXPECT_FALSE(seat("fourth")) << "every seat is taken";
    let_go(4);
    EXPECT_EQ(crew.busy(), 0u);
}

TEST_F(CrewAtWork, gives_a_share_back_with_the_seat) {
    EXPECT_TRUE(seat("flood"));
    EXPECT_TRUE(seat("flood"));
    let_go(1);
    EXPECT_TRUE(seat("flood"));
    EXPECT_FALSE(seat("flood"));
    let_go(2);
}

TEST(Crew, without_shares_is_whose_ever_comes) {
    std::binary_semaphore go{0};
    Workers crew(1);
    EXPECT_TRUE(crew.try_run({.work = [&] { go.acquire(); }, .done = [] {}, .caller = "one"}));
    EXPECT_FALSE(crew.try_run({.work = [] {}, .done = [] {}, .caller = "one"}));
    go.release();
    crew.stop();
    EXPECT_FALSE(crew.try_run({.work = [] {}, .done = [] {}, .caller = "one"})) << "gone home";
}

}  // namespace
}  // namespace hallmark::testing
