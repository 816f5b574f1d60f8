// A server whose token a test makes fail while stations work. Whatever the token does, an answer is
// 201, 200 or 503 with Retry-After; or what the protocol says of a request that was overtaken: 409
// in progress, 410 burnt, 422 its challenge spent. Each Device holds its answers against that.
#pragma once

#include "tests/crash/crash_fixture.h"

namespace hallmark::testing {

class HealTest : public CrashTest {
protected:
    using Clock = std::chrono::steady_clock;

    HealTest() {
        devices.add(factory.deliver(200));
        server.start();
    }
    /// From now until the server is ready and a device that waited has its certificate.
    [[nodiscard]] std::chrono::milliseconds until_healed(Devices& waiting) const {
        const auto begun = Clock::now();
        const std::size_t before = waiting.finished();
        EXPECT_TRUE(holds_within(std::chrono::seconds(20),
                                 [&] { return server.is_ready() && waiting.finished() > before; }));
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    }
    /// A line of /metrics, as it stands now.
    [[nodiscard]] bool tells(const std::string& line) const {
        return server.ops("/metrics").find("\n" + line + "\n") != std::string::npos;
    }
    [[nodiscard]] bool fails(const std::string& check) const {
        return server.ops("/healthz/ready").find("\"" + check + "\":\"failed\"") !=
               std::string::npos;
    }
    [[nodiscard]] static std::size_t times_put_off(Devices& some) {
        std::size_t times = 0;
        for (const Device& device : some.all())
            times += device.times_put_off();
        return times;
    }

    ServerProcess server{node("node-1", std::chrono::milliseconds(5))};
};

}  // namespace hallmark::testing
