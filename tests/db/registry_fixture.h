// A registry on a database of its own, as the server's login, and people to enrol.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/registry/registry.h"
#include "tests/support/pki.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark::testing {

inline PeerCertificate peer_of(const Bytes& der, std::string address = "10.1.2.3") {
    return {.der = der, .sha256 = sha256(der), .source_address = std::move(address)};
}

inline OperatorEnrolment person(const std::string& id, const Bytes& certificate) {
    return {.id = OperatorId(id), .name = id, .roles = {}, .certificate = certificate};
}

template <typename T>
::testing::AssertionResult refused(const Result<T>& answer, Reason why) {
    if (answer.has_value()) return ::testing::AssertionFailure() << "not refused";
    if (answer.error().reason == why) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << name_of(answer.error().reason) << ": " << answer.error().detail;
}

class RegistryTest : public ::testing::Test {
protected:
    std::string owner_conninfo = Postgres::cluster().fresh_database();
    Database database{
        {.conninfo = conninfo_as(owner_conninfo, "hallmark_server_login"), .connections = 2}};
    Registry registry{database};
    Bytes ada = self_signed("ada", make_ec_key());
    Bytes grace = self_signed("grace", make_ec_key());
    TestKey station_key = make_ec_key();
    Bytes station_certificate = self_signed("st-1", station_key);

    StationEnrolment station(const std::string& id = "st-1") const {
        return {.id = StationId(id),
                .site = SiteId("leipzig"),
                .products = {ProductId("gateway"), ProductId("sensor")},
                .certificate = station_certificate,
                .expires = std::nullopt,
                .source = ""};
    }
    Result<Done> enrol(const StationEnrolment& wanted) {
        return registry.enrol_station(wanted, "setup", noon());
    }
    Result<Done> set_up() {
        return registry.set_up({person("ada", ada), person("grace", grace)}, noon());
    }
    int count(const std::string& what) {
        return database.transact(
            [&](Tx& tx) { return tx.raw().exec1("SELECT count(*) FROM " + what)[0].as<int>(); });
    }
};

}  // namespace hallmark::testing
