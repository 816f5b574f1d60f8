// The token is lost, or never had a key, while a station asks: what its request costs meanwhile,
// and that the very same one may come again. What happens under load is tried in tests/heal.
#include "tests/e2e/house_fixture.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftHsm;
using testing::SoftStation;

class TokenAtTheDoor : public testing::HouseTest {
protected:
    /// What a token does that restarts: its module knows nobody any more. For when nobody calls it:
    /// C_Finalize under another call is undefined (PKCS#11 v2.40 5.4), and SoftHSM crashes.
    static void lose_token() {
        void* const library = dlopen(SoftHsm::module_path().c_str(), RTLD_NOW | RTLD_LOCAL);
        const auto list =
            reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* functions = nullptr;
        ASSERT_EQ(list(&functions), CKR_OK);
        ASSERT_EQ(functions->C_Finalize(nullptr), CKR_OK);
    }
    bool is_ready() const {
        return fetch("ops", "/healthz/ready").find("\"ready\"") != std::string::npos;
    }
};

TEST_F(TokenAtTheDoor, that_is_away_costs_a_request_nothing_and_the_same_one_may_come_again) {
    auto line = station();
    Bench first(tpms[0]);
    Bench second(tpms[1]);
    for (Bench* bench : {&first, &second}) {
        ASSERT_EQ(line.open(*bench).status, 201);
        SoftStation::attest(*bench);
    }
    lose_token();
    // The first one finds out, and leaves an intent that is burnt; who comes after is told before.
    EXPECT_EQ(line.issue(first).status, 503);
    const long intents = ask<long>("SELECT count(*) FROM intent");
    ClientAnswer answer = line.issue(second);
    if (answer.status == 503) {
        EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), intents);
        EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal"), 0);
    }
    EXPECT_TRUE(soon([&] { return is_ready(); }));
    answer = station().repeat(second);
    EXPECT_TRUE(answer.status == 200 || answer.status == 201) << answer.status;
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 1);
}

TEST_F(TokenAtTheDoor, that_never_had_a_key_refuses_nobody_and_spends_nothing) {
    auto intermediate = line_1();
    intermediate.id = IntermediateId("line-2");
    intermediate.key_uri = "pkcs11:object=nowhere";
    intermediate.certificate = ground.line_2;
    must(registry.add_intermediate(intermediate, "setup", now()));
    apply(replaced(replaced(policy_text(), "tpm-gateway", "tpm-sensor"), "line-1", "line-2"));
    enrol("station-2", ground.station_2, "hall-1", "tpm-sensor");
    const auto sensors =
        released({.lot = "lot-2", .prefix = "s-", .count = 1, .product = "tpm-sensor"});
    auto line = station(ground.station_2);
    Bench sensor(sensors[0]);
    sensor.product = "tpm-sensor";
    for (int i = 0; i < 2; ++i) {
        const ClientAnswer answer = i == 0 ? line.provision(sensor) : line.repeat(sensor);
        EXPECT_EQ(answer.status, 503) << answer.body;
        EXPECT_FALSE(answer.header("retry-after").empty());
    }
    EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal"), 0);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 0);
    EXPECT_THAT(
        fetch("ops", "/metrics"),
        ::testing::HasSubstr("\nhallmark_intermediate_unusable{intermediate=\"line-2\"} 1\n"));
    EXPECT_TRUE(is_ready());

    Bench gateway(tpms[0]);
    EXPECT_EQ(station().provision(gateway).status, 201);
}

}  // namespace
}  // namespace hallmark
