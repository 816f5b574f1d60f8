// The key of one intermediate goes while stations work for two: its own products are put off
// without costing a serial, the others' go on, and it signs again when the key is back.
#include "tests/heal/heal_fixture.h"

namespace hallmark {
namespace {

using std::chrono::seconds;
using testing::Devices;
using testing::holds_within;
using testing::Load;

class KeyLost : public testing::HealTest {
protected:
    KeyLost() {
        factory.set_up_sensors();
        sensors.add(factory.deliver(1000, "tpm-sensor"), "tpm-sensor");
    }
    [[nodiscard]] long intents_under(const std::string& intermediate) const {
        return ledger.ask<long>(
            "SELECT count(*) FROM intent JOIN credential USING (serial) WHERE intermediate = $1",
            intermediate);
    }
    Devices sensors;
};

TEST_F(KeyLost, stops_its_own_intermediate_alone_until_the_key_is_back) {
    Load gateways(devices, server.factory_door(ground.station_1), 2);
    Load others(sensors, server.factory_door(ground.station_2), 2);
    EXPECT_TRUE(holds_within(seconds(30),
                             [&] { return devices.finished() > 20 && sensors.finished() > 20; }));
    EXPECT_TRUE(tells(R"(hallmark_intermediate_unusable{intermediate="line-1"} 0)"));
    server.inflict(
        "C_SignInit CKR_KEY_HANDLE_INVALID object=line-1\n"
        "C_FindObjectsInit absent object=line-1");
    EXPECT_TRUE(holds_within(seconds(5), [&] { return fails("intermediates"); }));
    EXPECT_TRUE(tells(R"(hallmark_intermediate_unusable{intermediate="line-1"} 1)"));
    EXPECT_TRUE(tells(R"(hallmark_intermediate_unusable{intermediate="line-2"} 0)"));
    EXPECT_TRUE(tells(R"(hallmark_ready{check="intermediates"} 0)"));
    EXPECT_TRUE(tells("hallmark_hsm_token_up 1"));

    // Whoever was past the check when the key went has burnt an intent by now; nobody else does.
    EXPECT_TRUE(holds_within(seconds(5), [&] { return ledger.unsettled() == 0; }));
    const long intents = intents_under("line-1");
    const std::size_t finished = sensors.finished();
    std::this_thread::sleep_for(seconds(2));
    EXPECT_EQ(intents_under("line-1"), intents);
    EXPECT_GT(sensors.finished(), finished);
    EXPECT_TRUE(server.is_ready()) << "the node still serves the other product";

    server.inflict("");
    const auto took = until_healed(devices);
    EXPECT_LT(took, seconds(5));
    std::cout << "key found again after " << took.count() << " ms" << std::endl;
    EXPECT_TRUE(tells(R"(hallmark_intermediate_unusable{intermediate="line-1"} 0)"));
    EXPECT_FALSE(fails("intermediates"));
    gateways.stop();
    others.stop();
    EXPECT_EQ(gateways.unanswered() + others.unanswered(), 0u);
    EXPECT_GT(times_put_off(devices), 0u);
    EXPECT_EQ(times_put_off(sensors), 0u);
    EXPECT_EQ(server.calls("C_Login"), 1) << "no session was lost with the key";

    bring_to_end(server);
    bring_to_end(sensors, server.factory_door(ground.station_2));
    ledger.expect_recorded(sensors.all());
    EXPECT_FALSE(server.has_ended());
    expect_all_in_order();
}

}  // namespace
}  // namespace hallmark
