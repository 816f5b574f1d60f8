// A station that floods the house fills its own share of the seats and nobody else's.
#include "tests/e2e/house_fixture.h"

#include <future>

#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::Bench;

class Seats : public testing::HouseTest {
protected:
    Seats() {
        seats_per_caller = 3;
        enrol("station-2", ground.station_2);
        open_house();
    }

    /// Whoever opens a challenge meanwhile stays in his seat.
    template <typename Act>
    void while_no_challenge_is_written(Act act) {
        owner.transact([&](Tx& tx) {
            tx.raw().exec("LOCK TABLE challenge IN ACCESS EXCLUSIVE MODE");
            act();
        });
    }
};

TEST_F(Seats, of_one_station_run_out_before_those_of_the_others) {
    std::vector<std::future<int>> waiting;
    while_no_challenge_is_written([&] {
        for (std::size_t i = 0; i < 3; ++i) {
            waiting.push_back(std::async(std::launch::async, [this, i] {
                Bench bench(tpms[i]);
                // A look from outside, below, may have had the last of the share.
                int status = 503;
                while (status == 503)
                    status = station().open(bench).status;
                return status;
            }));
        }
        EXPECT_TRUE(soon([&] { return station().get("/v1/station").status == 503; }));
        const ClientAnswer refused = station().get("/v1/station");
        EXPECT_EQ(refused.header("retry-after"), "1");
        EXPECT_EQ(station(ground.station_2).get("/v1/station").status, 200);
        EXPECT_EQ(office(ground.ada).request("GET", "/v1/stations").status, 200);
    });
    for (auto& each : waiting)
        EXPECT_EQ(each.get(), 201);
    EXPECT_EQ(station().get("/v1/station").status, 200);
}

}  // namespace
}  // namespace hallmark
