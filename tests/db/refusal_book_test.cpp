// Refusals stand singly up to a number a minute and caller; what comes beyond is one summary.
#include "ca/crypto/hash.h"
#include "ca/issuance/refuse.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark::testing {
namespace {

class RefusalBookOf : public ::testing::Test {
protected:
    RefusalBookOf() { caller_.station = StationId("st-1"); }

    Refusal refuse(Instant now) {
        return book_.write({.caller = caller_,
                            .act = "issuance",
                            .product = ProductId("gateway"),
                            .request_id = std::nullopt,
                            .challenge = {},
                            .body = sha256(as_bytes("body"))},
                           {Reason::evidence_not_accepted, "nonce: another"}, now);
    }

    [[nodiscard]] std::int64_t count(const std::string& what) {
        pqxx::connection connection(conninfo_);
        pqxx::work tx(connection);
        return tx.exec1("SELECT count(*) FROM hallmark." + what)[0].as<std::int64_t>();
    }

    std::string conninfo_ = fresh_server_database();
    Database database_{{.conninfo = conninfo_, .connections = 2}};
    RefusalBook book_{database_, {.singly_per_minute = 2}};
    Caller caller_;
    Instant now_ = *from_rfc3339("2026-11-23T10:00:00Z");
};

TEST_F(RefusalBookOf, writesOneRecordAndOneEventARefusal) {
    const Refusal refusal = refuse(now_);
    EXPECT_EQ(refusal.reason, Reason::evidence_not_accepted);
    EXPECT_EQ(count("refusal WHERE id = '" + refusal.record + "' AND detail = 'nonce: another'"),
              1);
    EXPECT_EQ(count("event WHERE type = 'issuance.refused' AND station = 'st-1'"), 1);
}

TEST_F(RefusalBookOf, gathersWhatIsTooMuchForAMinuteInOneSummary) {
    for (int i = 0; i < 2; ++i)
        (void)refuse(now_);
    const std::string third = refuse(now_).record;
    EXPECT_EQ(refuse(now_).record, third) << "both name the summary to come";
    EXPECT_EQ(count("refusal"), 2);
    book_.close_minutes(now_ + std::chrono::seconds(59), RefusalBook::Which::ended);
    EXPECT_EQ(count("refusal"), 2) << "the minute is not over";
    book_.close_minutes(now_ + std::chrono::seconds(60), RefusalBook::Which::ended);
    EXPECT_EQ(
        count("refusal WHERE act = 'summary' AND id = '" + third + "' AND detail LIKE '2 more%'"),
        1);
    EXPECT_EQ(count("event WHERE type = 'refusals.summary'"), 1);
    book_.close_minutes(now_ + std::chrono::seconds(120), RefusalBook::Which::all);
    EXPECT_EQ(count("refusal"), 3) << "once";
}

TEST_F(RefusalBookOf, beginsAnewWithEachMinute) {
    for (int i = 0; i < 3; ++i)
        (void)refuse(now_);
    const Refusal next = refuse(now_ + std::chrono::seconds(61));
    EXPECT_EQ(count("refusal WHERE id = '" + next.record + "' AND act = 'issuance'"), 1);
    EXPECT_EQ(count("refusal WHERE act = 'summary'"), 1)
        << "the minute before was closed on the way";
}

TEST_F(RefusalBookOf, losesNoSummaryWhenTheServerStops) {
    for (int i = 0; i < 3; ++i)
        (void)refuse(now_);
    book_.close_minutes(now_, RefusalBook::Which::all);
    EXPECT_EQ(count("refusal WHERE act = 'summary'"), 1);
}

}  // namespace
}  // namespace hallmark::testing
