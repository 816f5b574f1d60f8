// Owns: elements. Counterfeits that claim to be of a lot, and a model that was found broken.
#include "tests/redteam/red_team.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class BadParts : public testing::RedTeam {
protected:
    /// Its endorsement key is listed, and the key that is shown lives elsewhere.
    int failed(const SoftTpm& tpm) {
        auto line = station();
        Bench bench(tpm);
        EXPECT_EQ(line.open(bench).status, 201);
        bench.nonce = Bytes(32, 7);
        SoftStation::attest(bench);
        return line.issue(bench).status;
    }
    [[nodiscard]] std::string lot_state(const std::string& lot) {
        return ask<std::string>("SELECT state FROM lot WHERE id = '" + lot + "'");
    }
};

TEST_F(BadParts, hold_their_lot_and_never_the_station_or_the_line) {
    limits.suspect_elements = 3;
    open_house();
    const auto next = released({.lot = "lot-2", .prefix = "n-"});
    EXPECT_EQ(failed(tpms[0]), 422);
    EXPECT_EQ(failed(tpms[0]), 422);
    EXPECT_EQ(failed(tpms[1]), 422);
    EXPECT_EQ(lot_state("lot-1"), "released") << "one part, however often, is one part";
    EXPECT_EQ(failed(tpms[2]), 422);
    EXPECT_EQ(lot_state("lot-1"), "held");
    EXPECT_EQ(events("lot.held"), 1);
    EXPECT_EQ(ask<std::string>("SELECT state FROM station WHERE id = 'station-1'"), "active");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM misuse"), 0);
    expect_issuance_refused(ground.station_1, tpms[3], Reason::element_not_accepted,
                            "custody: lot held");
    EXPECT_EQ(issued(ground.station_1, next[0]), 201) << "the line goes on with another lot";
}

TEST_F(BadParts, that_failed_before_a_person_released_the_lot_again_count_no_more) {
    limits.suspect_elements = 2;
    open_house();
    EXPECT_EQ(failed(tpms[0]), 422);
    EXPECT_EQ(failed(tpms[1]), 422);
    ASSERT_EQ(lot_state("lot-1"), "held");
    move_lot("lot-1", "released");
    EXPECT_EQ(failed(tpms[2]), 422);
    EXPECT_EQ(lot_state("lot-1"), "released");
    EXPECT_EQ(issued(ground.station_1, tpms[3]), 201);
}

TEST_F(BadParts, of_a_model_in_quarantine_get_nothing_and_what_they_got_is_listed) {
    ASSERT_EQ(issued(ground.station_1, tpms[0]), 201);
    const auto answer =
        office(ground.ada)
            .request(
                "POST", "/v1/quarantines",
                R"({"vendor":"swtpm","model":"swtpm","cause":"the maker says that its keys leak"})");
    ASSERT_EQ(answer.status, 201) << answer.body;
    expect_issuance_refused(ground.station_1, tpms[1], Reason::element_not_accepted,
                            "custody: its model or firmware is in quarantine");
    const auto number = std::to_string(ask<long>("SELECT number FROM quarantine"));
    const auto listed =
        office(ground.ada).request("GET", "/v1/quarantines/" + number + "/credentials");
    EXPECT_EQ(listed.status, 200);
    const auto credentials = boost::json::parse(listed.body).at("credentials").as_array();
    ASSERT_EQ(credentials.size(), 1u);
    EXPECT_EQ(credentials[0].at("serial").as_string(),
              ask<std::string>("SELECT encode(serial, 'hex') FROM credential"));
    owner.transact([&](Tx& tx) { must(lift_quarantine(tx, std::stol(number), "setup", now())); });
    EXPECT_EQ(issued(ground.station_1, tpms[1]), 201);
}

TEST_F(BadParts, of_another_firmware_are_not_in_quarantine) {
    auto begun = QuarantineService(server).begin({.vendor = VendorId("swtpm"),
                                                  .model = "swtpm",
                                                  .firmware = "of another",
                                                  .cause = "known bad"},
                                                 "operator/ada", now());
    must(begun);
    EXPECT_EQ(issued(ground.station_1, tpms[0]), 201);
}

}  // namespace
}  // namespace hallmark
