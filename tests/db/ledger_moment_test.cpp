// The ledger while the line works: whatever moment a report sees, it sees whole.
#include "tests/db/line_fixture.h"

#include <atomic>
#include <future>

namespace hallmark {
namespace {

using testing::fresh_element;

class LedgerOfTheMoment : public testing::LineFixture {
protected:
    static constexpr int elements = 60;
    void SetUp() override {
        LineFixture::SetUp();
        std::vector<ExampleElement> made;
        for (int i = 0; i < elements; ++i)
            made.push_back(fresh_element("se-" + std::to_string(i)));
        deliver(lot, made);
        put_to_work(lot);
    }
    /// Every element once, each third voided first; some scrapped behind the line.
    void work() {
        for (int i = 0; i < elements; ++i) {
            const ElementId element("example/se-" + std::to_string(i));
            if (i % 7 == 6) {
                ok(custody.set_element_state(element, "scrapped", actor, noon));
                continue;
            }
            if (i % 3 == 0) {
                const auto spoilt = issue(element, lot);
                ok(spoilt);
                ok(give_up(*spoilt));
            }
            const auto made = issue(element, lot);
            ok(made);
            ok(confirm(*made));
        }
    }
};

TEST_F(LedgerOfTheMoment, balances_whenever_it_is_asked) {
    Database desk{
        {.conninfo = testing::conninfo_as(conninfo, "hallmark_server_login"), .connections = 1}};
    LedgerService asked(desk);
    std::atomic<bool> done = false;
    auto line = std::async(std::launch::async, [&] {
        work();
        done = true;
    });
    int reports = 0;
    int moments = 0;
    LedgerTerms before;
    while (!done && line.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        const auto report = asked.lot(lot, noon);
        ASSERT_TRUE(report.has_value()) << report.error().detail;
        ASSERT_TRUE(report->balances()) << ledger_json(*report);
        ++reports;
        moments += report->terms == before ? 0 : 1;
        before = report->terms;
    }
    line.get();
    EXPECT_GT(moments, 5) << "of " << reports << " reports: the line was hardly watched";
    EXPECT_EQ(ledger.lot(lot, noon)->terms, (LedgerTerms{.received = 60,
                                                         .unused = 0,
                                                         .in_process = 0,
                                                         .installed = 52,
                                                         .scrapped = 8,
                                                         .returned = 0,
                                                         .missing = 0}));
}

TEST_F(LedgerOfTheMoment, balances_while_manifests_come) {
    const auto lot_of = [](int i) { return LotId("lot-" + std::to_string(i + 2)); };
    std::atomic<bool> done = false;
    auto goods_in = std::async(std::launch::async, [&] {
        for (int i = 0; i < 100; ++i)
            deliver(lot_of(i), {fresh_element("more-" + std::to_string(i))});
        done = true;
    });
    while (!done && goods_in.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        for (int i = 0; i < 100; ++i) {
            const auto standing = ledger.standing(lot_of(i));
            if (!standing) break;  // Not here yet.
            ASSERT_TRUE(standing->balances) << "by " << standing->terms.difference();
        }
    }
    goods_in.get();
    EXPECT_EQ(ledger.standing(lot_of(99))->terms.unused, 1u);
}

TEST_F(LedgerOfTheMoment, counts_the_shelf_against_the_book_of_that_moment) {
    auto line = std::async(std::launch::async, [&] { work(); });
    std::uint64_t expected = elements;
    while (line.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
        // One short of what the book has, counted while elements leave the shelf.
        const auto shelf = owner.transact([](Tx& tx) {
            return tx.raw()
                .exec1("SELECT count(*) FROM element WHERE state = 'allotted'")[0]
                .as<std::uint64_t>();
        });
        if (shelf < 2) break;
        const auto counted = ledger.count(lot, 0, actor, noon);
        ASSERT_TRUE(counted.has_value());
        EXPECT_LE(counted->expected, expected) << "the shelf only empties";
        EXPECT_LE(counted->expected, shelf);
        expected = counted->expected;
    }
    line.get();
    EXPECT_LT(expected, static_cast<std::uint64_t>(elements));
    const auto report = ledger.lot(lot, noon);
    EXPECT_FALSE(report->balances()) << "what was called missing was used";
    EXPECT_EQ(report->imbalances.front().kind, "missing-units-were-used");
}

}  // namespace
}  // namespace hallmark
