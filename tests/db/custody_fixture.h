// What the custody tests start from: a fresh database as the server sees it, and two vendors pinned
// there.
#pragma once

#include "ca/custody/custody.h"
#include "ca/custody/manifest.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/postgres.h"
#include "tests/support/received.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark::testing {

class CustodyFixture : public ::testing::Test {
protected:
    static constexpr const char* actor = "operator/ada";
    const Instant noon = testing::noon();
    const VendorId example{"example"};
    const VendorId other{"other"};
    const LotId lot{"lot-1"};
    const ProductId product{"sensor"};
    const SiteId site{"north"};

    std::string conninfo = Postgres::cluster().fresh_database();
    Database server{{.conninfo = conninfo_as(conninfo, "hallmark_server_login"), .connections = 4}};
    Database owner{{.conninfo = conninfo, .connections = 1}};
    Registry registry{server};
    CustodyService custody{server, registry};

    void SetUp() override {
        pin(example, example_vendor());
        pin(other, other_vendor());
    }

    static const TestVendor& example_vendor() {
        static const TestVendor made = make_vendor("Example Silicon");
        return made;
    }
    static const TestVendor& other_vendor() {
        static const TestVendor made = make_vendor("Other Silicon");
        return made;
    }

    void pin(const VendorId& vendor, const TestVendor& by) {
        const auto done =
            registry.pin_vendor({.vendor = vendor,
                                 .format = std::string(microchip_manifest_format),
                                 .anchors = {.roots = {by.signer.certificate}, .intermediates = {}},
                                 .exceptions = {}},
                                "setup", noon);
        ASSERT_TRUE(done.has_value()) << done.error().detail;
    }

    Result<ManifestReport> import(const std::string& document) {
        return custody.import_manifest(example, lot, document, actor, noon);
    }
    Result<ManifestReport> import(const std::vector<ExampleElement>& elements) {
        return import(write_manifest(elements, example_vendor().signer));
    }
    /// Imported, allotted to `product` at `site`, received there, and released.
    void release(const std::vector<ExampleElement>& elements) {
        ASSERT_TRUE(import(elements).has_value());
        ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon).has_value());
        receive_lot(server, registry, lot, noon);
        ASSERT_TRUE(custody.set_lot_state(lot, "released", actor, noon).has_value());
    }

    std::uint64_t count(const std::string& table) {
        return server.transact([&](Tx& tx) {
            return tx.raw().exec1("SELECT count(*) FROM " + table)[0].as<std::uint64_t>();
        });
    }
    std::uint64_t count_events(const std::string& type) {
        return count("event WHERE type = '" + type + "'");
    }
    std::string last_event_body() {
        return server.transact([](Tx& tx) {
            return tx.raw()
                .exec1("SELECT body FROM event ORDER BY number DESC LIMIT 1")[0]
                .as<std::string>();
        });
    }
    void execute(Database& as, const std::string& sql) {
        as.transact([&](Tx& tx) { tx.raw().exec(sql); });
    }
};

}  // namespace hallmark::testing
