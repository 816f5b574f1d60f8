// The ledger as an operator asks for it: where all of a lot is, in words, in JSON and signed; and
// by name what cannot be true.
#include "tests/e2e/jws_reader.h"
#include "tests/e2e/ledger_house.h"

namespace hallmark {
namespace {

namespace json = boost::json;
using testing::Bench;
using testing::Ended;
using ::testing::HasSubstr;

class LotReport : public testing::LedgerHouseTest {
protected:
    LotReport() {
        results = {.key = "pkcs11:object=results-1", .public_key = ground.results_key_file()};
        open_house();
    }
    /// gw-1 installed at once, gw-2 after one void, gw-3 begun, gw-4 unused.
    void a_day_on_the_line() {
        auto line = station();
        Bench good(tpms[0]);
        ASSERT_EQ(line.provision(good).status, 201);
        ASSERT_EQ(line.install(good).status, 200);
        Bench spoilt(tpms[1]);
        ASSERT_EQ(line.provision(spoilt).status, 201);
        ASSERT_EQ(line.give_up(spoilt).status, 200);
        Bench again(tpms[1]);
        ASSERT_EQ(line.provision(again).status, 201);
        ASSERT_EQ(line.install(again).status, 200);
        Bench begun(tpms[2]);
        ASSERT_EQ(line.provision(begun).status, 201);
        Bench liar(tpms[3]);
        liar.activation = random_bytes(32);
        ASSERT_EQ(line.provision(liar).status, 422);
    }
    static json::object terms(int unused, int in_process, int installed, int scrapped, int returned,
                              int missing) {
        return {{"received", 4},          {"unused", unused},     {"in_process", in_process},
                {"installed", installed}, {"scrapped", scrapped}, {"returned", returned},
                {"missing", missing}};
    }
    static std::string tomorrow(Instant now) { return to_rfc3339(now + std::chrono::hours(1)); }
    static std::string yesterday(Instant now) { return to_rfc3339(now - std::chrono::hours(1)); }
};

TEST_F(LotReport, says_where_all_units_are_and_how_the_line_did) {
    ASSERT_NO_FATAL_FAILURE(a_day_on_the_line());
    const json::object report = report_of("lot-1");
    EXPECT_EQ(report.at("ledger"), json::value(terms(1, 1, 2, 0, 0, 0))) << json::value(report);
    EXPECT_TRUE(report.at("balanced").as_bool());
    EXPECT_EQ(report.at("yield"), json::value(json::object{{"in_hand", 3},
                                                           {"first_pass", 1},
                                                           {"first_pass_permille", 333},
                                                           {"after_rework", 2},
                                                           {"after_rework_permille", 666}}));
    EXPECT_EQ(report.at("retries").as_int64(), 1);
    EXPECT_EQ(report.at("attestation_failures"),
              json::value(
                  json::array{json::object{{"count", 1}, {"format", "tpm2"}, {"model", "swtpm"}}}));
    EXPECT_GT(report.at("time_per_device").at("p90_us").as_int64(), 0);
    const Ended text = run({"lot", "report", "lot-1"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("installed            2"));
    EXPECT_EQ(text.err, "");
}

TEST_F(LotReport, counts_what_was_scrapped_returned_found_missing_and_never_accounted_for) {
    ASSERT_NO_FATAL_FAILURE(a_day_on_the_line());
    ASSERT_EQ(run({"element", "hold", "swtpm", "gw-4"}).status, 0);
    EXPECT_EQ(report_of("lot-1").at("ledger"), json::value(terms(1, 1, 2, 0, 0, 0)));
    ASSERT_EQ(run({"lot", "count", "lot-1", "--units", "0"}).status, 0);
    EXPECT_EQ(report_of("lot-1").at("ledger"), json::value(terms(0, 1, 2, 0, 0, 1)));
    ASSERT_EQ(run({"lot", "count", "lot-1", "--units", "1"}).status, 0) << "found again";
    ASSERT_EQ(run({"element", "return", "swtpm", "gw-4"}).status, 0);
    EXPECT_EQ(report_of("lot-1").at("ledger"), json::value(terms(0, 1, 2, 0, 1, 0)));
    ASSERT_EQ(run({"lot", "close", "lot-1"}).status, 0);
    EXPECT_EQ(report_of("lot-1").at("ledger"), json::value(terms(0, 1, 2, 0, 1, 0)))
        << "what was begun may still be confirmed";
    EXPECT_EQ(run({"lot", "count", "lot-1", "--units", "0"}).status, 3) << "closed";
    EXPECT_EQ(run({"lot", "count", "lot-9", "--units", "0"}).status, 3);
    EXPECT_EQ(events("lot.counted"), 2);
}

TEST_F(LotReport, of_a_closed_lot_calls_missing_what_nobody_accounted_for) {
    auto line = station();
    Bench spoilt(tpms[1]);
    ASSERT_EQ(line.provision(spoilt).status, 201);
    ASSERT_EQ(line.give_up(spoilt).status, 200);
    ASSERT_EQ(run({"element", "scrap", "swtpm", "gw-1"}).status, 0);
    ASSERT_EQ(run({"lot", "close", "lot-1"}).status, 0);
    EXPECT_EQ(report_of("lot-1").at("ledger"), json::value(terms(0, 0, 0, 1, 0, 3)));
}

TEST_F(LotReport, is_signed_by_the_key_of_results_and_as_nothing_else_but_a_report) {
    const std::string file = (folder.path() / "report.jws").string();
    ASSERT_EQ(run({"lot", "report", "lot-1", "--signed", file}).status, 0);
    const std::string token = testing::text_of(file);
    const std::string keys = fetch("public", "/v1/results/keys");
    const auto payload = testing::read_token(token, keys, "hallmark-report+jws");
    ASSERT_TRUE(payload) << token;
    EXPECT_EQ(payload->at("lot").as_string(), "lot-1");
    EXPECT_EQ(payload->at("ledger"), json::value(terms(4, 0, 0, 0, 0, 0)));
    EXPECT_FALSE(testing::read_token(token, keys)) << "it is no attestation result";
    results = {};
    open_house();
    EXPECT_EQ(run({"lot", "report", "lot-1", "--signed", file}).status, 1) << "no key, no report";
    EXPECT_EQ(report_of("lot-1").at("balanced"), json::value(true));
}

struct Lie {
    const char* what;
    const char* sql;
    const char* undo;
    const char* named;  ///< What the report says of it.
    const char* of;     ///< And of which element; empty where none can be named.
};

TEST_F(LotReport, names_each_thing_that_cannot_be_true_and_ends_with_3) {
    ASSERT_NO_FATAL_FAILURE(a_day_on_the_line());
    constexpr const char* first = "(SELECT serial FROM credential WHERE element = 'swtpm/gw-1')";
    const std::string unproved = "DELETE FROM installation WHERE serial = " + std::string(first);
    const std::string proved =
        "INSERT INTO installation (serial, proof) VALUES (" + std::string(first) + ", 'x')";
    const std::string early =
        "INSERT INTO installation (serial, proof) SELECT serial, 'x' FROM "
        "credential WHERE element = 'swtpm/gw-3'";
    const std::string late =
        "DELETE FROM installation WHERE serial IN (SELECT serial FROM "
        "credential WHERE element = 'swtpm/gw-3')";
    const std::string more =
        "INSERT INTO element (id, vendor, unique_id, model, lot, manifest, state, entry) SELECT "
        "'swtpm/gw-5', vendor, 'gw-5', model, lot, manifest, 'allotted', 4 FROM element WHERE id = "
        "'swtpm/gw-4'";
    for (const Lie& lie :
         {Lie{"bound by nobody", "UPDATE element SET state = 'bound' WHERE id = 'swtpm/gw-4'",
              "UPDATE element SET state = 'allotted' WHERE id = 'swtpm/gw-4'",
              "bound-without-credential", "swtpm/gw-4"},
          Lie{"bound no more", "UPDATE element SET state = 'allotted' WHERE id = 'swtpm/gw-1'",
              "UPDATE element SET state = 'bound' WHERE id = 'swtpm/gw-1'",
              "credential-of-unbound-element", "swtpm/gw-1"},
          Lie{"scrapped and alive", "UPDATE element SET state = 'scrapped' WHERE id = 'swtpm/gw-1'",
              "UPDATE element SET state = 'bound' WHERE id = 'swtpm/gw-1'",
              "live-credential-on-scrapped-element", "swtpm/gw-1"},
          Lie{"returned and alive", "UPDATE element SET state = 'returned' WHERE id = 'swtpm/gw-1'",
              "UPDATE element SET state = 'bound' WHERE id = 'swtpm/gw-1'",
              "credential-on-returned-element", "swtpm/gw-1"},
          Lie{"active, never installed", unproved.c_str(), proved.c_str(),
              "credential-without-installation", "swtpm/gw-1"},
          Lie{"installed, never active", early.c_str(), late.c_str(),
              "installation-without-credential", "swtpm/gw-3"},
          Lie{"issued for another lot",
              "UPDATE credential SET lot = 'lot-7' WHERE element = 'swtpm/gw-1'",
              "UPDATE credential SET lot = 'lot-1' WHERE element = 'swtpm/gw-1'",
              "credential-of-another-lot", "swtpm/gw-1"},
          Lie{"one more than its manifest", more.c_str(),
              "DELETE FROM element WHERE id = 'swtpm/gw-5'", "elements-not-as-the-manifest", ""},
          Lie{"a manifest of more", "UPDATE manifest SET units = 5, keys = 5 WHERE lot = 'lot-1'",
              "UPDATE manifest SET units = 4, keys = 4 WHERE lot = 'lot-1'",
              "elements-not-as-the-manifest", ""},
          Lie{"more counted than there are",
              "INSERT INTO stock_count (lot, units, expected, counted_by) VALUES ('lot-1', 2, 1, "
              "'x')",
              "DELETE FROM stock_count", "more-counted-than-there-are", ""},
          Lie{"missing and used",
              "INSERT INTO stock_count (lot, units, expected, counted_by) VALUES ('lot-1', 0, 2, "
              "'x')",
              "DELETE FROM stock_count", "missing-units-were-used", ""}}) {
        SCOPED_TRACE(lie.what);
        go_around(lie.sql);
        const Ended ended = run({"lot", "report", "lot-1"});
        EXPECT_EQ(ended.status, 3) << ended.out;
        EXPECT_THAT(ended.err, HasSubstr("does not balance"));
        EXPECT_THAT(ended.err, HasSubstr(std::string(lie.named) + ": " + lie.of));
        EXPECT_EQ(
            run({"lot", "report", "lot-1", "--signed", (folder.path() / "r").string()}).status, 3);
        go_around(lie.undo);
        EXPECT_EQ(run({"lot", "report", "lot-1"}).status, 0);
    }
}

TEST_F(LotReport, is_of_a_shift_too_for_a_station_and_for_a_line) {
    owner.transact([](Tx& tx) {
        tx.raw().exec("ALTER TABLE station DISABLE TRIGGER USER");
        tx.raw().exec("UPDATE station SET line = 'line-a' WHERE id = 'station-1'");
        tx.raw().exec("ALTER TABLE station ENABLE TRIGGER USER");
    });
    ASSERT_NO_FATAL_FAILURE(a_day_on_the_line());
    const std::vector<std::string> shift{"--from", yesterday(now()), "--to", tomorrow(now())};
    const auto asked = [&](std::vector<std::string> words) {
        words.insert(words.end(), shift.begin(), shift.end());
        return run(words);
    };
    const json::object three{{"received", 3}, {"unused", 0},   {"in_process", 1}, {"installed", 2},
                             {"scrapped", 0}, {"returned", 0}, {"missing", 0}};
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--json", "station", "report", "station-1"},
          {"--json", "line", "report", "hall-1", "line-a"}}) {
        const Ended ended = asked(words);
        ASSERT_EQ(ended.status, 0) << ended.err;
        const json::object report = json::parse(ended.out).as_object();
        EXPECT_EQ(report.at("ledger"), json::value(three));
        EXPECT_EQ(report.at("stations"), json::value(json::array{"station-1"}));
        EXPECT_EQ(report.at("retries").as_int64(), 1);
    }
    EXPECT_EQ(asked({"station", "report", "station-9"}).status, 3);
    EXPECT_EQ(asked({"line", "report", "hall-1", "line-b"}).status, 3);
    EXPECT_EQ(
        run({"station", "report", "station-1", "--from", tomorrow(now()), "--to", yesterday(now())})
            .status,
        3);
    go_around("UPDATE element SET state = 'scrapped' WHERE id = 'swtpm/gw-1'");
    const Ended ended = asked({"station", "report", "station-1"});
    EXPECT_EQ(ended.status, 3);
    EXPECT_THAT(ended.err, HasSubstr("live-credential-on-scrapped-element: swtpm/gw-1"));
}

TEST_F(LotReport, is_told_to_prometheus_for_lots_that_are_open) {
    const auto told = [&](const std::string& line) {
        return soon([&] { return fetch("ops", "/metrics").find(line) != std::string::npos; });
    };
    EXPECT_TRUE(told("hallmark_lot_units{lot=\"lot-1\",state=\"unused\"} 4"));
    EXPECT_TRUE(told("hallmark_lots_unbalanced 0"));
    ASSERT_EQ(run({"lot", "close", "lot-1"}).status, 0);
    open_house();
    EXPECT_TRUE(told("hallmark_lots{state=\"closed\"} 1"));
    EXPECT_EQ(fetch("ops", "/metrics").find("hallmark_lot_units{"), std::string::npos);
}

}  // namespace
}  // namespace hallmark
