// A house whose callers are all written down, and one device's way through it as they take it.
// HALLMARK_EXCHANGES names the file that keeps the record; otherwise it goes with the test.
#pragma once

#include "tests/e2e/exchange_log.h"
#include "tests/e2e/tight_house.h"

#include <cstdlib>

namespace hallmark::testing {

inline std::filesystem::path exchanges_file(const std::filesystem::path& folder) {
    const char* named = std::getenv("HALLMARK_EXCHANGES");
    return named == nullptr ? folder / "exchanges.jsonl" : std::filesystem::path(named);
}

class RecordedHouseTest : public TightHouseTest {
protected:
    RecordedHouseTest() {
        results = {.key = "pkcs11:object=results-1", .public_key = ground.results_key_file()};
        open_house();
    }
    [[nodiscard]] RecordedCaller recorded(const std::string& door, const Badge& badge) {
        return {log, door, caller(door, badge)};
    }
    ClientAnswer plainly(const std::string& door, const std::string& target,
                         const std::string& method = "GET") {
        return ask_plainly(log, door, house->port(door), {.method = method, .target = target});
    }

    /// The bench's challenge, with its evidence made over it.
    static void open(RecordedCaller& line, Bench& bench) {
        const auto answer = line.ask({.method = "POST",
                                      .target = "/v1/challenges",
                                      .body = boost::json::serialize(SoftStation::opening(bench))});
        ASSERT_EQ(answer.status, 201) << answer.body;
        const auto body = boost::json::parse(answer.body);
        bench.challenge = octets_in(body, "challenge");
        bench.secret = bench.tpm
                           ->activate(bench.ak.name(), octets_in(body, "credential_blob"),
                                      octets_in(body, "secret"))
                           .value();
        SoftStation::attest(bench);
        bench.sent = boost::json::serialize(bench.request);
    }
    static int issue(RecordedCaller& line, Bench& bench) {
        const auto answer =
            line.ask({.method = "POST", .target = "/v1/issuances", .body = bench.sent});
        if (answer.status == 201) bench.issued = boost::json::parse(answer.body);
        return answer.status;
    }

    /// What came of the evidence of this device, and of that of one which lied.
    void ask_for_results(RecordedCaller& desk, const Bench& used) {
        auto line = recorded("factory", ground.station_1);
        Bench liar(tpms[3]);
        liar.activation = random_bytes(32);
        ASSERT_NO_FATAL_FAILURE(open(line, liar));
        EXPECT_EQ(issue(line, liar), 422);
        const auto refusal =
            ask<std::string>("SELECT id::text FROM refusal ORDER BY at DESC LIMIT 1");
        EXPECT_TRUE(soon([&] { return ask<long>("SELECT count(*) FROM result_due") == 0; }));
        EXPECT_EQ(desk.get("/v1/audit/certificates/" + used.serial() + "/result"), 200);
        EXPECT_EQ(desk.get("/v1/audit/certificates/00ff/result"), 404);
        EXPECT_EQ(desk.get("/v1/audit/refusals/" + refusal + "/result"), 200);
        EXPECT_EQ(desk.get("/v1/audit/refusals/" + random_uuid() + "/result"), 404);
        EXPECT_EQ(plainly("public", "/v1/results/keys").status, 200);
    }

    /// As the job of this document ended, which swtpm's lot-9 takes.
    std::string import_state(RecordedCaller& desk, const std::string& manifest) {
        const auto taken = desk.ask(
            {.method = "POST", .target = "/v1/manifests?vendor=swtpm&lot=lot-9", .body = manifest});
        EXPECT_EQ(taken.status, 202);
        const std::string job(boost::json::parse(taken.body).at("job").as_string());
        EXPECT_TRUE(soon([&] {
            return ask<bool>("SELECT ended_at IS NOT NULL FROM import_job WHERE id = '" + job +
                             "'");
        }));
        const auto told = desk.ask({.method = "GET", .target = "/v1/jobs/" + job});
        EXPECT_EQ(told.status, 200);
        return std::string(boost::json::parse(told.body).at("state").as_string());
    }

    /// Of a document, of the same again, and of what is refused at once or in the end.
    void ask_for_imports(RecordedCaller& desk, const std::string& manifest) {
        EXPECT_EQ(import_state(desk, manifest), "done");
        EXPECT_EQ(import_state(desk, manifest), "done");
        EXPECT_EQ(import_state(desk, write_manifest({fresh_element("el-4")},
                                                    make_vendor("stranger").signer)),
                  "refused");
        EXPECT_EQ(desk.get("/v1/jobs/" + random_uuid()), 404);
        EXPECT_EQ(desk.post("/v1/manifests?vendor=swtpm", manifest), 400);
        EXPECT_EQ(desk.post("/v1/manifests?vendor=swtpm&lot=lot-9&format=xml", manifest), 400);
    }
    void ask_for_budgets(RecordedCaller& desk) {
        const std::string day =
            R"({"layer":"site","id":"hall-1","per":"day","count":100,"station_share":50})";
        EXPECT_EQ(desk.post("/v1/budgets", day), 201);
        EXPECT_EQ(desk.post("/v1/budgets", replaced(day, "100", "101")), 202);
        EXPECT_EQ(desk.post("/v1/budgets", replaced(day, "site", "moon")), 400);
        EXPECT_EQ(desk.post("/v1/budgets", replaced(day, "100", "1.5")), 400);
        EXPECT_EQ(desk.get("/v1/budgets"), 200);
        const std::string berlin =
            R"({"time_zone":"Europe/Berlin","shifts":["early 1,2,3 06:00-14:00"]})";
        EXPECT_EQ(desk.get("/v1/sites/hall-1/calendar"), 200);
        EXPECT_EQ(desk.post("/v1/sites/hall-1/calendar", berlin), 202);
        EXPECT_EQ(desk.post("/v1/sites/hall-1/calendar", replaced(berlin, "1,2,3", "1,2,9")), 400);
        EXPECT_EQ(desk.get("/v1/sites/Hall/calendar"), 404);
        const std::string order =
            R"({"vendor":"swtpm","model":"m-9","firmware":"1","cause":"known bad"})";
        EXPECT_EQ(desk.post("/v1/quarantines", order), 201);
        EXPECT_EQ(desk.post("/v1/quarantines", order), 409);
        EXPECT_EQ(desk.post("/v1/quarantines", replaced(order, "known bad", "")), 400);
        EXPECT_EQ(desk.get("/v1/quarantines"), 200);
        EXPECT_EQ(desk.get("/v1/quarantines/1/credentials"), 200);
        EXPECT_EQ(desk.get("/v1/quarantines/1/credentials?cursor=x"), 400);
        EXPECT_EQ(desk.get("/v1/quarantines/99/credentials"), 404);
        EXPECT_EQ(desk.post("/v1/quarantines/1/lift"), 202);
        EXPECT_EQ(desk.post("/v1/quarantines/99/lift"), 404);
    }
    /// An allotted lot of three arrives; and what is asked of it.
    void ask_for_hand_overs(RecordedCaller& desk, const std::string& lot) {
        const std::string chain = "/v1/lots/" + lot + "/hand-overs";
        HandOver entry =
            next_entry(LotId(lot), HandOverService(server, registry).of_lot(LotId(lot)).value().end,
                       HandOverKind::receiving, "goods-in", now());
        entry.site = SiteId("hall-1");
        const std::string signed_entry =
            write_hand_over(entry, sha256(ground.ada.certificate),
                            FileKey::parse(text_of(ground.ada.key_file)).value());
        EXPECT_EQ(desk.post(chain, signed_entry), 201);
        EXPECT_EQ(desk.post(chain, signed_entry), 409);
        EXPECT_EQ(desk.post(chain, std::string("{}")), 422);
        EXPECT_EQ(desk.get(chain), 200);
        EXPECT_EQ(desk.get("/v1/lots/lot-10/hand-overs"), 404);
        const std::string three = R"({"units":3})";
        EXPECT_EQ(desk.post("/v1/lots/" + lot + "/count", three), 201);
        EXPECT_EQ(desk.post("/v1/lots/lot-10/count", three), 404);
        EXPECT_EQ(desk.post("/v1/lots/" + lot + "/count", R"({"units":"3"})"), 400);
        EXPECT_EQ(desk.get("/v1/lots/" + lot + "/report"), 200);
        EXPECT_EQ(desk.get("/v1/lots/lot-10/report"), 404);
        EXPECT_EQ(desk.get("/v1/lots/" + lot + "/report.jws"), 200);
        EXPECT_EQ(desk.get("/v1/lots/lot-10/report.jws"), 404);
        ask_for_shifts(desk);
    }
    void ask_for_shifts(RecordedCaller& desk) {
        const std::string shift = "?from=" + to_rfc3339(now() - std::chrono::hours(1)) +
                                  "&to=" + to_rfc3339(now() + std::chrono::hours(1));
        EXPECT_EQ(desk.get("/v1/stations/station-1/report" + shift), 200);
        EXPECT_EQ(desk.get("/v1/stations/nobody/report" + shift), 404);
        EXPECT_EQ(desk.get("/v1/stations/station-1/report?from=today"), 400);
        owner.transact([](Tx& tx) {
            tx.raw().exec("ALTER TABLE station DISABLE TRIGGER USER");
            tx.raw().exec("UPDATE station SET line = 'line-a' WHERE id = 'station-1'");
            tx.raw().exec("ALTER TABLE station ENABLE TRIGGER USER");
        });
        EXPECT_EQ(desk.get("/v1/sites/hall-1/lines/line-a/report" + shift), 200);
        EXPECT_EQ(desk.get("/v1/sites/hall-1/lines/line-b/report" + shift), 404);
    }

    ExchangeLog log{exchanges_file(folder.path())};
};

}  // namespace hallmark::testing
