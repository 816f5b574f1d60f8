// Questions that wait together are asked together, and nobody is answered from before he asked.
#include "db/group_ask.h"

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

/// Doubles numbers; its first statement waits until it is told to go on.
class Doubling : public ::testing::Test {
protected:
    using Numbers = GroupAsk<int, int>;

    std::vector<int> answer(std::span<const int* const> questions) {
        if (statements.fetch_add(1) == 0) {
            begun.release();
            go.acquire();
        }
        sizes.push_back(questions.size());
        std::vector<int> answers;
        for (const int* question : questions) {
            if (*question < 0) throw std::runtime_error("negative");
            answers.push_back(2 * *question);
        }
        return answers;
    }
    [[nodiscard]] std::future<int> ask(int number) {
        return std::async(std::launch::async, [this, number] { return numbers.ask(number); });
    }
    /// Somebody's statement is under way, and so many more questions wait behind it.
    [[nodiscard]] std::vector<std::future<int>> waiting_behind_one(int count) {
        std::vector<std::future<int>> askers;
        askers.push_back(ask(0));
        begun.acquire();
        for (int i = 1; i <= count; ++i)
            askers.push_back(ask(i));
        // They have only to get as far as the queue.
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        return askers;
    }

    std::atomic<int> statements{0};
    std::binary_semaphore begun{0}, go{0};
    std::vector<std::size_t> sizes;  ///< Of the statements, one after the other.
    Numbers numbers{[this](std::span<const int* const> questions) { return answer(questions); }};
};

TEST_F(Doubling, asks_at_once_for_who_is_alone) {
    go.release();
    EXPECT_EQ(numbers.ask(4), 8);
    EXPECT_EQ(numbers.ask(5), 10);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 1}));
}

TEST_F(Doubling, asks_once_for_all_who_came_meanwhile_and_gives_each_his_own) {
    auto askers = waiting_behind_one(5);
    go.release();
    for (int i = 0; i <= 5; ++i)
        EXPECT_EQ(askers[static_cast<std::size_t>(i)].get(), 2 * i);
    // Who came during the first statement was answered by the second and not by the first.
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 5}));
}

TEST_F(Doubling, asks_no_more_at_once_than_it_may) {
    constexpr int many = static_cast<int>(Numbers::most) + 3;
    auto askers = waiting_behind_one(many);
    go.release();
    for (int i = 0; i <= many; ++i)
        EXPECT_EQ(askers[static_cast<std::size_t>(i)].get(), 2 * i);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1, Numbers::most, 3}));
}

TEST_F(Doubling, throws_a_statements_fault_at_each_of_its_askers_and_at_nobody_else) {
    auto askers = waiting_behind_one(0);
    auto bad = ask(-1);
    auto neighbour = ask(7);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    go.release();
    EXPECT_EQ(askers[0].get(), 0);
    EXPECT_THROW((void)bad.get(), std::runtime_error);
    EXPECT_THROW((void)neighbour.get(), std::runtime_error);
    EXPECT_EQ(numbers.ask(7), 14);
}

TEST(GroupAsk, loses_nobody_among_many) {
    GroupAsk<int, int> numbers([](std::span<const int* const> questions) {
        std::vector<int> answers;
        for (const int* question : questions)
            answers.push_back(*question + 1);
        return answers;
    });
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 2000; ++i)
                if (numbers.ask(10'000 * t + i) != 10'000 * t + i + 1) ++wrong;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(GroupAsk, wants_as_many_answers_as_questions) {
    GroupAsk<int, int> broken([](std::span<const int* const>) { return std::vector<int>(); });
    EXPECT_THROW((void)broken.ask(1), std::logic_error);
}

}  // namespace
}  // namespace hallmark
