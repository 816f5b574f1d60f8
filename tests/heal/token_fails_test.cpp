// The whole token fails under load, in each way that passes: stations are put off meanwhile, the
// server that runs takes the token up again within five seconds of its return, and nothing is lost.
#include "tests/heal/heal_fixture.h"

namespace hallmark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::holds_within;
using testing::Load;

struct Case {
    const char* name;
    const char* faults;
    long logins = 2;   ///< At most: one at the start, one for the token that is back.
    seconds lasts{2};  ///< 0: until the server itself ends it.
};
void PrintTo(const Case& given, std::ostream* out) {
    *out << given.name;
}

class TokenFails : public testing::HealTest, public ::testing::WithParamInterface<Case> {};

TEST_P(TokenFails, and_is_back_within_five_seconds_with_nothing_lost) {
    Load load(devices, server.factory_door(ground.station_1));
    EXPECT_TRUE(holds_within(seconds(30), [&] { return devices.finished() > 20; }));
    EXPECT_TRUE(tells("hallmark_hsm_token_up 1"));
    server.inflict(GetParam().faults);
    EXPECT_TRUE(holds_within(seconds(5), [&] { return fails("token"); }));
    EXPECT_TRUE(holds_within(seconds(5), [&] { return tells("hallmark_hsm_token_up 0"); }));
    if (GetParam().lasts != seconds(0)) {
        std::this_thread::sleep_for(GetParam().lasts);
        server.inflict("");
    }
    const milliseconds took = until_healed(devices);
    EXPECT_LT(took, seconds(5));
    load.stop();
    EXPECT_EQ(load.unanswered(), 0u);
    EXPECT_GT(times_put_off(devices), 0u);
    std::cout << "healed after " << took.count() << " ms, " << server.calls("C_Initialize")
              << " C_Initialize, " << server.calls("C_Login") << " C_Login" << std::endl;
    EXPECT_LE(server.calls("C_Login"), GetParam().logins);
    bring_to_end(server);
    EXPECT_FALSE(server.has_ended());
    expect_all_in_order();
}

INSTANTIATE_TEST_SUITE_P(
    Each, TokenFails,
    ::testing::Values(
        // It takes the PIN each second, and then holds no session.
        Case{"its_sessions_are_lost", "C_SignInit CKR_SESSION_HANDLE_INVALID", 20},
        Case{"its_session_table_is_full",
             "C_SignInit CKR_SESSION_HANDLE_INVALID\nC_OpenSession CKR_SESSION_COUNT"},
        Case{"it_is_pulled_out", "* CKR_DEVICE_REMOVED"},
        Case{"it_restarts", "* CKR_GENERAL_ERROR"},
        Case{"its_module_must_be_initialised_anew",
             "* CKR_CRYPTOKI_NOT_INITIALIZED until=C_Initialize", 2, seconds(0)}),
    [](const auto& given) { return std::string(given.param.name); });

class PinRefused : public testing::HealTest {};

TEST_F(PinRefused, is_never_tried_again_and_costs_no_request_a_serial) {
    Load load(devices, server.factory_door(ground.station_1));
    EXPECT_TRUE(holds_within(seconds(30), [&] { return devices.finished() > 20; }));
    server.inflict("* CKR_DEVICE_REMOVED until=C_Initialize\nC_Login CKR_PIN_LOCKED");
    EXPECT_TRUE(holds_within(seconds(5), [&] { return server.calls("C_Login") == 2; }));
    EXPECT_TRUE(holds_within(seconds(5), [&] { return ledger.unsettled() == 0; }));

    // Even where the token would take it again.
    server.inflict("");
    const std::size_t finished = devices.finished();
    const long intents = ledger.intents();
    std::this_thread::sleep_for(seconds(3));
    EXPECT_EQ(server.calls("C_Login"), 2);
    EXPECT_TRUE(fails("token"));
    EXPECT_TRUE(tells("hallmark_hsm_token_up 0"));
    EXPECT_EQ(devices.finished(), finished);
    EXPECT_EQ(ledger.intents(), intents);
    load.stop();
    EXPECT_EQ(load.unanswered(), 0u);

    // A person puts it right and starts the server.
    EXPECT_FALSE(server.has_ended());
    server.kill();
    server.start();
    bring_to_end(server);
    expect_all_in_order();
}

}  // namespace
}  // namespace hallmark
