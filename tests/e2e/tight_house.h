// The house with as little room as it can have: two seats, one unspent challenge a station, one
// name at its public door; and the means to keep certificates from being recorded for a while.
#pragma once

#include "tests/e2e/house_fixture.h"

#include <functional>

namespace hallmark::testing {

class TightHouseTest : public HouseTest {
protected:
    static constexpr const char* only_name = "pki.example.com";

    void tighten() {
        house->close();
        house.reset();
        Config tight = config();
        tight.workers.seats = 2;
        tight.challenge.per_station = 1;
        tight.publishing.hosts = {only_name};
        house = std::make_unique<House>(tight, clock);
        house->open();
    }
    /// Whoever has reserved a certificate meanwhile waits, on its seat, until `look` is done.
    void while_nothing_is_recorded(const std::function<void()>& look) {
        owner.transact([&](Tx& tx) {
            tx.raw().exec("LOCK TABLE credential_body IN EXCLUSIVE MODE");
            look();
        });
    }
    /// Until so many certificates are reserved and not recorded; asked beside the lock's holder.
    void await_reserved(long count) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (reserved() < count) {
            if (std::chrono::steady_clock::now() > patience)
                throw std::runtime_error("nothing is being worked on");
            std::this_thread::yield();
        }
    }

private:
    long reserved() {
        return server.transact([](Tx& tx) {
            return tx.raw()
                .exec1("SELECT count(*) FROM credential WHERE state = 'reserved'")[0]
                .as<long>();
        });
    }
};

}  // namespace hallmark::testing
