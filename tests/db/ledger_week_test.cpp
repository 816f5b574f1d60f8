// A week of production that chance makes: lots come, are worked on, lose units, are held, counted
// and closed, stations crash. Each evening every lot's ledger balances, and is what a count says
// that asks in another way.
#include "tests/db/line_fixture.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::MadeCredential;

constexpr int days = 7;
constexpr int acts_a_day = 22;
constexpr int seeds = 20;

/// Where every element of a lot is, one by one, and how many of them the last count did not find.
constexpr const char* count_sql = R"sql(
    SELECT place, count(*)
    FROM (
        SELECT CASE
            WHEN e.state = 'scrapped' THEN 'scrapped'
            WHEN e.state = 'returned' THEN 'returned'
            WHEN EXISTS (SELECT FROM installation i, credential c
                         WHERE i.serial = c.serial AND c.element = e.id) THEN 'installed'
            WHEN EXISTS (SELECT FROM credential c
                         WHERE c.element = e.id AND c.state IN ('reserved', 'issued')) THEN 'in_process'
            WHEN l.state = 'closed' THEN 'missing'
            WHEN e.state = 'bound' THEN 'in_process'
            ELSE 'unused' END AS place
        FROM element e, lot l
        WHERE e.lot = l.id AND l.id = $1) AS places
    GROUP BY place
)sql";
constexpr const char* not_found_sql = R"sql(
    SELECT COALESCE((SELECT expected - units FROM stock_count
                     WHERE lot = $1 AND number = (SELECT max(number) FROM stock_count WHERE lot = $1)), 0)
    WHERE (SELECT state FROM lot WHERE id = $1) <> 'closed'
)sql";

class Week : public testing::LineFixture, public ::testing::WithParamInterface<int> {
protected:
    struct Unit {
        ElementId element;
        LotId lot;
        bool lost = false;  ///< Nobody will find it again.
        std::optional<MadeCredential> last;
    };

    /// Weeks in which nothing came about would balance as well.
    static void TearDownTestSuite() {
        if (weeks < seeds) return;
        for (const char* act :
             {"issue", "confirm", "void", "sweep", "crash", "held", "scrapped", "returned",
              "allotted", "retire", "hold", "release", "close", "count", "smelter"})
            EXPECT_GT(all_weeks[act], 4) << act;
    }

    /// What was held comes back on the word of more than one.
    static constexpr const char* of_two = "setup";

    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(chance);
    }
    Unit& any() { return units[below(units.size())]; }
    /// Done, or refused by the law; chance asks for either.
    template <typename T>
    void tried(const char* what, const Result<T>& done) {
        ++tries[what];
        if (done) ++dones[what];
    }

    void a_lot_comes() {
        const LotId into("lot-" + std::to_string(lots.size() + 1));
        std::vector<ExampleElement> elements;
        const std::size_t count = 4 + below(9);
        for (std::size_t i = 0; i < count; ++i) {
            elements.push_back(fresh_element(into.get() + "-" + std::to_string(i)));
            units.push_back({ElementId("example/" + elements.back().unique_id), into, false, {}});
        }
        deliver(into, elements);
        lots.push_back(into);
        if (lots.size() == 1 || below(4) != 0) put_to_work(into);
    }
    void a_device_is_made() {
        Unit& unit = any();
        if (unit.lost) return;
        const std::string station = below(2) == 0 ? "st-1" : "st-2";
        auto made = issue(unit.element, unit.lot, station);
        tried("issue", made);
        if (!made) return;
        unit.last = *made;
        const std::size_t luck = below(10);
        if (luck < 6) tried("confirm", confirm(*made, station));
        if (luck == 6 || luck == 7) tried("void", give_up(*made, station));
    }
    void what_nobody_confirmed_is_voided() {
        tries["sweep"] += 1;
        dones["sweep"] += static_cast<int>(installation.sweep(noon, now));
    }
    void a_node_dies() {
        for (int i = 0; i < 2; ++i) {
            Unit& unit = any();
            if (unit.lost) continue;
            const auto made = reserve(unit.element, unit.lot);
            tried("crash", made);
        }
        crash();
    }
    void an_element_is_put_aside() {
        const Unit& unit = any();
        const char* const states[] = {"held", "scrapped", "returned", "received", "allotted"};
        if (unit.lost) return;
        const bool comes_back = state_of(unit.element) == "held" && below(3) != 0;
        const char* const state = comes_back ? "allotted" : states[below(5)];
        tried(state, custody.set_element_state(unit.element, state, of_two, now));
    }
    void a_device_ends() {
        const Unit& unit = any();
        if (!unit.last) return;
        const char* const reasons[] = {"superseded", "element_failed"};
        tried("retire", retire(*unit.last, reasons[below(2)]));
    }
    void a_lot_moves() {
        const LotId& which = lots[below(lots.size())];
        const std::size_t luck = below(20);
        if (luck == 0) {
            tried("close", custody.set_lot_state(which, "closed", actor, now));
        } else if (luck < 7) {
            tried("hold", custody.set_lot_state(which, "held", actor, now));
        } else {
            tried("release", custody.set_lot_state(which, "released", of_two, now));
        }
    }
    void some_are_lost_and_a_lot_is_counted() {
        const LotId& which = lots[below(lots.size())];
        std::uint64_t found = 0;
        for (Unit& unit : units) {
            if (unit.lot != which || !lies_unused(unit.element)) continue;
            if (below(8) == 0) unit.lost = true;
            found += unit.lost ? 0 : 1;
        }
        tried("count", ledger.count(which, found, actor, now));
    }
    /// What the line scraps goes to the smelter with its names on it.
    void scrap_is_given_away() {
        const LotId& which = lots[below(lots.size())];
        const auto chain = hand_overs.of_lot(which);
        ASSERT_TRUE(chain.has_value()) << chain.error().detail;
        HandOver entry =
            testing::next_entry(which, chain->end, HandOverKind::scrap, "smelter", noon);
        for (const Unit& unit : units) {
            if (unit.lot == which && state_of(unit.element) == "scrapped")
                entry.elements.push_back(unit.element.get().substr(std::string("example/").size()));
        }
        if (entry.elements.empty()) return;
        std::sort(entry.elements.begin(), entry.elements.end());
        entry.units = entry.elements.size();
        tried("smelter", hand_overs.post(which, goods_in.sign(entry), goods_in.poster, noon));
    }

    void something_happens() {
        now += std::chrono::minutes(1 + static_cast<int>(below(60)));
        const std::size_t luck = below(100);
        if (luck < 50) return a_device_is_made();
        if (luck < 54) return what_nobody_confirmed_is_voided();
        if (luck < 58) return a_node_dies();
        if (luck < 70) return an_element_is_put_aside();
        if (luck < 80) return a_device_ends();
        if (luck < 90) return a_lot_moves();
        if (luck < 96) return some_are_lost_and_a_lot_is_counted();
        return scrap_is_given_away();
    }

    [[nodiscard]] std::string state_of(const ElementId& element) {
        return owner.transact([&](Tx& tx) {
            return tx.raw()
                .exec_params1("SELECT state FROM element WHERE id = $1", element.get())[0]
                .as<std::string>();
        });
    }
    [[nodiscard]] bool lies_unused(const ElementId& element) {
        const std::string state = state_of(element);
        return state == "received" || state == "allotted" || state == "held";
    }
    /// Asked in a way of its own.
    [[nodiscard]] LedgerTerms counted(const LotId& which) {
        return owner.transact([&](Tx& tx) {
            std::map<std::string, std::uint64_t> places;
            for (const auto& row : tx.raw().exec_params(count_sql, which.get()))
                places[row[0].as<std::string>()] = row[1].as<std::uint64_t>();
            for (const auto& row : tx.raw().exec_params(not_found_sql, which.get())) {
                places["missing"] += row[0].as<std::uint64_t>();
                places["unused"] -= row[0].as<std::uint64_t>();
            }
            const auto received = tx.raw().exec_params1(
                "SELECT sum(units)::bigint FROM manifest WHERE lot = $1", which.get());
            return LedgerTerms{.received = received[0].as<std::uint64_t>(),
                               .unused = places["unused"],
                               .in_process = places["in_process"],
                               .installed = places["installed"],
                               .scrapped = places["scrapped"],
                               .returned = places["returned"],
                               .missing = places["missing"]};
        });
    }
    void expect_all_accounted_for(int day) {
        for (const LotId& which : lots) {
            const auto report = ledger.lot(which, now);
            ASSERT_TRUE(report.has_value()) << report.error().detail;
            EXPECT_TRUE(report->balances())
                << which.get() << ", day " << day << ": " << ledger_json(*report);
            EXPECT_EQ(report->terms, counted(which))
                << which.get() << ", day " << day << ": " << ledger_json(*report);
        }
        for (const LotId& open : ledger.open_lots(64))
            EXPECT_TRUE(ledger.standing(open)->balances) << open.get();
        for (const char* station : {"st-1", "st-2"}) {
            const Instant today = SystemClock().now();
            const auto shift = ledger.station(StationId(station), today - std::chrono::hours(24),
                                              today + std::chrono::hours(24), now);
            ASSERT_TRUE(shift.has_value()) << shift.error().detail;
            EXPECT_TRUE(shift->balances()) << ledger_json(*shift);
        }
    }

    std::mt19937 chance{static_cast<unsigned>(GetParam())};
    Instant now = noon;
    std::vector<LotId> lots;
    std::vector<Unit> units;
    std::map<std::string, int> tries, dones;
    static inline std::map<std::string, int> all_weeks;
    static inline int weeks = 0;
    testing::HouseSigner goods_in = testing::make_house_signer("goods-in");
};

TEST_P(Week, balances_every_evening) {
    enrol("st-2");
    for (int day = 1; day <= days; ++day) {
        if (day <= 3) a_lot_comes();
        for (int act = 0; act < acts_a_day; ++act)
            ASSERT_NO_FATAL_FAILURE(something_happens());
        ASSERT_NO_FATAL_FAILURE(expect_all_accounted_for(day));
    }
    for (const auto& [act, count] : dones)
        all_weeks[act] += count;
    ++weeks;
}

INSTANTIATE_TEST_SUITE_P(by_seed, Week, ::testing::Range(1, 1 + seeds));

}  // namespace
}  // namespace hallmark
