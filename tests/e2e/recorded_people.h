// The recorded house where two decide: each operation of dual control taken once, with its
// refusals.
#pragma once

#include "ca/crypto/file_key.h"
#include "ca/registry/possession.h"
#include "tests/e2e/recorded_house.h"
#include "tests/e2e/two_people.h"

namespace hallmark::testing {

class RecordedPeopleTest : public RecordedHouseTest {
protected:
    /// What ada proposes and grace approves: the status of the approval.
    int decided(const std::string& target, const boost::json::object& change) {
        auto desk = recorded("office", ground.ada);
        const auto made =
            desk.ask({.method = "POST", .target = target, .body = boost::json::serialize(change)});
        if (made.status != 202) return made.status;
        const auto offer = offer_in(made);
        return recorded("office", ground.grace).post(offer.target("/approve"), offer.approval());
    }
    void two_people() {
        auto desk = recorded("office", ground.ada);
        auto other = recorded("office", ground.grace);
        const Badge mary = ground.badge("mary");
        const auto proof = [&](const Badge& badge) {
            const auto by = FileKey::parse(text_of(badge.key_file)).value();
            return to_base64(
                by.sign(possession_text("operator", "mary", sha256(badge.certificate))));
        };
        boost::json::object person{{"id", "mary"},
                                   {"name", "Mary"},
                                   {"roles", {"auditor"}},
                                   {"certificate", to_base64(mary.certificate)},
                                   {"proof", proof(mary)}};
        EXPECT_EQ(decided("/v1/operators", person), 200);
        EXPECT_EQ(desk.post("/v1/operators", person), 409);
        person["proof"] = "AAAA";
        EXPECT_EQ(desk.post("/v1/operators", person), 422);
        EXPECT_EQ(desk.get("/v1/operators"), 200);
        EXPECT_EQ(decided("/v1/operators/mary/roles", {{"roles", {"line-manager", "auditor"}}}),
                  200);
        const Badge again = ground.badge("mary-again");
        EXPECT_EQ(decided("/v1/operators/mary/rekey",
                          {{"certificate", to_base64(again.certificate)}, {"proof", proof(again)}}),
                  200);
        EXPECT_EQ(
            desk.post("/v1/operators/nobody/roles", boost::json::object{{"roles", {"auditor"}}}),
            404);
        EXPECT_EQ(desk.post("/v1/operators/nobody/rekey",
                            boost::json::object{{"certificate", to_base64(mary.certificate)},
                                                {"proof", "AAAA"}}),
                  422);
        EXPECT_EQ(desk.post("/v1/operators/mary/suspend", "{}"), 200);
        EXPECT_EQ(desk.post("/v1/operators/nobody/suspend"), 404);
        EXPECT_EQ(decided("/v1/operators/mary/resume", {}), 200);
        EXPECT_EQ(desk.post("/v1/operators/nobody/resume"), 404);

        const auto spare = released({.lot = "lot-7", .prefix = "r-", .count = 1});
        EXPECT_EQ(desk.post("/v1/lots/lot-7/hold", "{}"), 200);
        EXPECT_EQ(decided("/v1/lots/lot-7/release", {}), 200);
        EXPECT_EQ(desk.post("/v1/elements/swtpm/r-1/hold"), 200);
        EXPECT_EQ(decided("/v1/elements/swtpm/r-1/unhold", {}), 200);
        EXPECT_EQ(desk.post("/v1/elements/swtpm/r-1/unhold"), 409);
        EXPECT_EQ(desk.post("/v1/elements/swtpm/el-99/unhold"), 404);
        EXPECT_EQ(
            decided("/v1/policies", {{"policy", replaced(policy_text(), "station_limit = 10000",
                                                         "station_limit = 9999")}}),
            200);
        Bench ended(spare[0]);
        auto line = recorded("factory", ground.station_1);
        ASSERT_NO_FATAL_FAILURE(open(line, ended));
        ASSERT_EQ(issue(line, ended), 201);
        EXPECT_EQ(
            line.post("/v1/issuances/" + ended.issuance() + "/installation", ended.installation()),
            200);
        const auto preview = desk.ask({.target = "/v1/revocations/preview?lot=lot-7"});
        ASSERT_EQ(preview.status, 200);
        EXPECT_EQ(decided("/v1/revocations",
                          {{"lot", "lot-7"},
                           {"reason", "superseded"},
                           {"list_sha256", boost::json::parse(preview.body).at("list_sha256")}}),
                  200);
        EXPECT_EQ(desk.get("/v1/revocations/preview"), 400);
        EXPECT_EQ(desk.post("/v1/revocations",
                            boost::json::object{{"lot", "lot-1"},
                                                {"reason", "superseded"},
                                                {"list_sha256", std::string(64, '0')}}),
                  409);

        EXPECT_EQ(desk.post("/v1/break-glass", R"({"reason":"fire","seconds":600})"), 201);
        EXPECT_EQ(desk.post("/v1/break-glass", R"({"reason":"fire","seconds":600})"), 409);
        EXPECT_EQ(desk.get("/v1/break-glass"), 200);
        EXPECT_EQ(desk.get("/v1/audit/events?limit=1"), 200);
        EXPECT_EQ(decided("/v1/break-glass/close", {{"finding", "a rehearsal"}}), 200);
        EXPECT_EQ(desk.post("/v1/break-glass/close", R"({"finding":"again"})"), 409);

        const auto offer = offer_in(desk.ask({.method = "POST",
                                              .target = "/v1/operators/mary/roles",
                                              .body = R"({"roles":["auditor"]})"}));
        EXPECT_EQ(desk.get("/v1/proposals?limit=1&state=open"), 200);
        EXPECT_EQ(desk.get("/v1/proposals?state=odd"), 400);
        EXPECT_EQ(desk.get(offer.target()), 200);
        EXPECT_EQ(desk.get("/v1/proposals/nothing"), 404);
        EXPECT_EQ(desk.post(offer.target("/approve"), offer.approval()), 403);
        EXPECT_EQ(other.post(offer.target("/approve"), R"({"sha256":"00"})"), 400);
        EXPECT_EQ(other.post(offer.target("/reject"), R"({"why":"not now"})"), 200);
        EXPECT_EQ(other.post(offer.target("/reject"), "{}"), 409);
    }
};

}  // namespace hallmark::testing
