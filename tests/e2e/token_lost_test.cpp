// The token is lost under load: 503 meanwhile, healed within five seconds, without a restart, and
// nothing that a station got is lost.
#include "tests/e2e/house_fixture.h"

#include <atomic>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftHsm;
using testing::SoftStation;

class TokenAtTheDoor : public testing::HouseTest {
protected:
    /// What a token does that restarts: its module knows nobody any more.
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

TEST_F(TokenAtTheDoor, that_is_lost_under_load_heals_by_itself_and_loses_nothing) {
    const auto more = released({.lot = "lot-load", .prefix = "load-", .count = 60});
    std::atomic<std::size_t> next{0};
    std::atomic<int> unavailable{0};
    std::mutex mutex;
    std::vector<std::string> serials;
    std::vector<int> others;
    const auto work = [&] {
        auto line = station();
        for (std::size_t i = next++; i < more.size(); i = next++) {
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            int status = 0;
            while (status != 201 && std::chrono::steady_clock::now() < end) {
                Bench bench(more[i]);
                status = line.open(bench).status;
                if (status == 201) {
                    SoftStation::attest(bench);
                    const ClientAnswer answer = line.issue(bench);
                    status = answer.status;
                    if (status == 201) {
                        const std::lock_guard lock(mutex);
                        serials.push_back(bench.serial());
                    } else if (status == 503) {
                        ++unavailable;
                        EXPECT_FALSE(answer.header("retry-after").empty());
                    }
                }
                // An element whose intent is not burnt yet has a live credential.
                if (status != 201 && status != 503 && status != 422) {
                    const std::lock_guard lock(mutex);
                    others.push_back(status);
                }
                if (status != 201) std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
    };
    std::vector<std::thread> stations;
    for (int i = 0; i < 4; ++i)
        stations.emplace_back(work);
    while (next < 12)
        std::this_thread::yield();
    lose_token();
    EXPECT_TRUE(soon([&] { return !is_ready(); }));
    EXPECT_THAT(fetch("ops", "/metrics"), ::testing::HasSubstr("hallmark_ready{check=\"token\"} "));
    EXPECT_TRUE(soon([&] { return is_ready(); })) << "not healed within five seconds";
    for (std::thread& one : stations)
        one.join();

    EXPECT_GT(unavailable, 0);
    EXPECT_TRUE(others.empty()) << others.front();
    EXPECT_EQ(serials.size(), more.size());
    for (const std::string& serial : serials) {
        EXPECT_EQ(
            ask<long>("SELECT count(*) FROM credential_body b WHERE encode(b.serial, 'hex') = '" +
                      serial + "'"),
            1);
    }
    EXPECT_TRUE(soon([&] {
        return ask<long>("SELECT count(*) FROM credential WHERE state = 'reserved'") == 0;
    }));
    EXPECT_THAT(fetch("ops", "/metrics"),
                ::testing::HasSubstr("\nhallmark_hsm_reconnects_total 1"));
}

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
