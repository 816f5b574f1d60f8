#include "server/ops/metrics.h"

#include "server/ops/timed_signer.h"
#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// One of everything, with labels as hostile as a label can be.
void fill(Metrics& metrics) {
    metrics.request({.door = "factory",
                     .method = "POST",
                     .route = "/v1/issuances",
                     .status = 201,
                     .took = 7ms});
    metrics.request(
        {.door = "a\"\n\\\xff", .method = "other", .route = "none", .status = 400, .took = 1us});
    metrics.dropped_connection("factory", "handshake");
    metrics.fault("office");
    metrics.refused(Reason::evidence_not_accepted, "tpm2");
    metrics.refused(Reason::forbidden, "");
    metrics.signature(50us);
    metrics.signature_failed(HsmError::token_lost);
    metrics.hsm_reconnected();
    metrics.hsm_sessions_in_use(3);
    metrics.commit(2ms, 16);
    metrics.commit_queue(5);
    metrics.budgets({{"lot", "gone", "meter", "all", 1, 1}});
    metrics.budgets({{"product", "meter", "", "day", 3, 97}});
    metrics.lot_units({{"lot-1", "unused", 4}, {"lot-1", "missing", 0}});
    const Observe observe = metrics.observe();
    observe.took("issuance", "verify", 800us);
    observe.note("credential.issued", "0102");
    observe.measure("issuances_unconfirmed", "", 2);
    observe.measure("intermediate_expiry", "one", 1.8e9);
    observe.measure("lots", "released", 4);
    observe.measure("nobody_declared_this", "", 1);
}

TEST(Metrics, speak_as_the_contract_says) {
    Metrics metrics({.version = "0.1.0", .node = "north"});
    fill(metrics);
    const std::string text = metrics.text();
    for (const char* line :
         {"hallmark_http_requests_total{door=\"factory\",method=\"POST\",route=\"/v1/"
          "issuances\",status=\"201\"} 1",
          "hallmark_refusals_total{format=\"tpm2\",reason=\"evidence-not-accepted\"} 1",
          "hallmark_refusals_total{format=\"none\",reason=\"forbidden\"} 1",
          "hallmark_http_connections_dropped_total{cause=\"handshake\",door=\"factory\"} 1",
          "hallmark_stage_duration_seconds_count{line=\"issuance\",stage=\"verify\"} 1",
          "hallmark_hsm_sign_duration_seconds_count 1", "hallmark_hsm_reconnects_total 1",
          "hallmark_hsm_errors_total{kind=\"token-lost\"} 1", "hallmark_hsm_sessions_in_use 3",
          "hallmark_db_commit_batch_size_sum 16", "hallmark_db_commit_queue_depth 5",
          "hallmark_budget_left{name=\"meter\",per=\"day\",product=\"\",scope=\"product\"} 97",
          "hallmark_lot_units{lot=\"lot-1\",state=\"unused\"} 4",
          "hallmark_issuances_unconfirmed 2", "hallmark_lots{state=\"released\"} 4",
          "hallmark_intermediate_expiry_timestamp_seconds{intermediate=\"one\"} 1800000000",
          "hallmark_events_total{event=\"credential.issued\"} 1",
          "hallmark_undeclared_measurements_total 1",
          "hallmark_build_info{node=\"north\",version=\"0.1.0\"} 1"}) {
        EXPECT_THAT(text, HasSubstr(line));
    }
    EXPECT_THAT(text, AllOf(Not(HasSubstr("nobody_declared")), Not(HasSubstr("name=\"gone\"")),
                            Not(HasSubstr("\xff"))));
}

TEST(Metrics, forget_a_lot_that_is_no_longer_told) {
    Metrics metrics({.version = "0.1.0", .node = "north"});
    metrics.lot_units({{"lot-1", "unused", 4}, {"lot-2", "unused", 5}});
    metrics.lot_units({{"lot-2", "unused", 6}});
    EXPECT_THAT(metrics.text(),
                AllOf(Not(HasSubstr("lot-1")),
                      HasSubstr("hallmark_lot_units{lot=\"lot-2\",state=\"unused\"} 6")));
    metrics.lot_units({});
    EXPECT_THAT(metrics.text(), Not(HasSubstr("lot-2")));
}

TEST(Metrics, satisfy_promtool) {
    if (std::system("command -v promtool > /dev/null") != 0)
        GTEST_SKIP() << "promtool is not installed";
    Metrics metrics({.version = "0.1.0", .node = "north"});
    fill(metrics);
    const testing::TempDir folder;
    const std::string page = (folder.path() / "metrics").string();
    const std::string said = (folder.path() / "said").string();
    std::ofstream(page) << metrics.text();
    const int status =
        std::system(("promtool check metrics < " + page + " > " + said + " 2>&1").c_str());
    std::ifstream complaints(said);
    EXPECT_EQ(status, 0) << std::string(std::istreambuf_iterator<char>(complaints), {});
}

class BrokenSigner final : public Signer {
public:
    Bytes sign(const SigningKey&, ByteView message) override {
        if (message.empty()) throw HsmFault(HsmError::session_lost, "gone");
        return to_bytes(message);
    }
};

TEST(TimedSigner, counts_and_changes_nothing) {
    Metrics metrics({.version = "0.1.0", .node = "north"});
    BrokenSigner inner;
    TimedSigner signer(inner, metrics);
    EXPECT_EQ(signer.sign({}, as_bytes("abc")), to_bytes(std::string_view("abc")));
    try {
        (void)signer.sign({}, {});
        ADD_FAILURE() << "the fault was swallowed";
    } catch (const HsmFault& fault) {
        EXPECT_EQ(fault.kind(), HsmError::session_lost);
    }
    EXPECT_THAT(metrics.text(),
                AllOf(HasSubstr("hallmark_hsm_sign_duration_seconds_count 1"),
                      HasSubstr("hallmark_hsm_errors_total{kind=\"session-lost\"} 1")));
}

}  // namespace
}  // namespace hallmark
