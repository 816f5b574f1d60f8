#include "server/jobs/loop.h"

#include <atomic>
#include <future>
#include <stdexcept>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Jobs, runAtOnceAndAgainWhenWoken) {
    std::promise<void> first;
    std::promise<void> second;
    std::atomic<int> turns{0};
    Jobs jobs([](std::string_view, std::string_view) {});
    jobs.every("loop", hours(1), [&] {
        const int turn = ++turns;
        if (turn == 1) first.set_value();
        if (turn == 2) second.set_value();
    });
    first.get_future().wait();
    auto woken = second.get_future();
    // The loop may not wait yet when it is woken first; it must not miss it.
    while (woken.wait_for(milliseconds(1)) != std::future_status::ready)
        jobs.wake();
    EXPECT_GE(turns, 2);
}

TEST(Jobs, goOnAfterAFaultAndTellIt) {
    std::promise<std::string> told;
    std::atomic<bool> failed{false};
    std::promise<void> again;
    std::atomic<bool> done{false};
    Jobs jobs([&](std::string_view job, std::string_view what) {
        told.set_value(std::string(job) + ": " + std::string(what));
    });
    jobs.every("list", milliseconds(1), [&] {
        if (!failed.exchange(true)) throw std::runtime_error("no token");
        if (!done.exchange(true)) again.set_value();
    });
    EXPECT_EQ(told.get_future().get(), "list: no token");
    again.get_future().wait();
}

TEST(Jobs, endWhenTheyAreStopped) {
    std::atomic<int> turns{0};
    Jobs jobs([](std::string_view, std::string_view) {});
    jobs.every("loop", milliseconds(1), [&] { ++turns; });
    jobs.stop();
    const int after = turns;
    jobs.wake();
    EXPECT_EQ(turns, after);
    jobs.stop();
}

}  // namespace
}  // namespace hallmark
