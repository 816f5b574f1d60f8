// Who is on the way to a commit is waited for, a little: until as many wait as are still coming,
// until they give up, or until patience ends.
#include "db/group_commit.h"
#include "tests/support/postgres.h"

#include <future>
#include <list>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace std::chrono_literals;

/// Intents of a station that nobody enrolled: each gets as far as its commit and is refused there.
class CommitsGather : public ::testing::Test {
protected:
    using Way = GroupCommit::Way;

    void set_patience(std::chrono::milliseconds patience) {
        GroupCommit::Options options{
            .conninfo = testing::conninfo_as(testing::Postgres::cluster().fresh_database(),
                                             "hallmark_server_login")};
        options.patience = patience;
        commits.emplace(options, [this](const GroupCommit::Told& told) {
            const std::lock_guard lock(mutex);
            batches.push_back(told.batch);
        });
    }
    [[nodiscard]] std::future<Result<Done>> arrives(Way& way) {
        return std::async(std::launch::async, [&way] { return way.reserve(IntentEntry{}); });
    }
    static bool is_answered(std::future<Result<Done>>& answer, std::chrono::milliseconds within) {
        return answer.wait_for(within) == std::future_status::ready;
    }
    [[nodiscard]] std::vector<std::size_t> sizes() {
        const std::lock_guard lock(mutex);
        return batches;
    }

    std::mutex mutex;
    std::vector<std::size_t> batches;
    std::optional<GroupCommit> commits;
};

TEST_F(CommitsGather, not_at_all_where_nobody_else_is_on_the_way) {
    set_patience(1h);
    Way way(*commits);
    auto answer = arrives(way);
    ASSERT_TRUE(is_answered(answer, 20s));
    EXPECT_EQ(answer.get().error().reason, Reason::unavailable);
    EXPECT_EQ(sizes(), std::vector<std::size_t>{1});
}

TEST_F(CommitsGather, those_who_come_until_as_many_wait_as_are_still_coming) {
    set_patience(1h);
    std::list<Way> ways;
    for (int i = 0; i < 4; ++i)
        ways.emplace_back(*commits);
    auto way = ways.begin();
    auto first = arrives(*way++);
    EXPECT_FALSE(is_answered(first, 200ms)) << "one waits and three are coming";
    auto second = arrives(*way++);
    EXPECT_TRUE(is_answered(first, 20s)) << "two wait and two are coming";
    EXPECT_TRUE(is_answered(second, 20s));
    EXPECT_EQ(sizes(), std::vector<std::size_t>{2});
}

TEST_F(CommitsGather, no_longer_than_until_the_others_give_up) {
    set_patience(1h);
    Way way(*commits);
    std::optional<Way> other(std::in_place, *commits);
    std::optional<Way> third(std::in_place, *commits);
    auto answer = arrives(way);
    EXPECT_FALSE(is_answered(answer, 200ms));
    other.reset();
    EXPECT_TRUE(is_answered(answer, 20s)) << "one waits and one is coming";
}

TEST_F(CommitsGather, no_longer_than_patience_lasts) {
    set_patience(50ms);
    Way way(*commits);
    Way held_up(*commits);
    Way held_up_too(*commits);
    auto answer = arrives(way);
    EXPECT_TRUE(is_answered(answer, 20s));
}

}  // namespace
}  // namespace hallmark
