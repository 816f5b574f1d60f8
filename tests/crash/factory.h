// What stands before the first server starts: a database of its own with operators, pins, a policy
// and a station, and elements by the hundred. Holds no connection, so that the database may be
// killed beside it.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/custody/custody.h"
#include "ca/custody/manifest.h"
#include "ca/domain/clock.h"
#include "ca/registry/policy_intake.h"
#include "ca/registry/registry.h"
#include "tests/e2e/groundwork.h"
#include "tests/support/postgres.h"
#include "tests/support/received.h"

#include <deque>

namespace hallmark::testing {

class Factory {
public:
    Factory() {
        Offices offices(server_conninfo());
        must(offices.registry.set_up({person("ada", ground_.ada), person("grace", ground_.grace)},
                                     now()));
        pin("tpm2", ground_.maker.root());
        pin(std::string(microchip_manifest_format), ground_.manifest_vendor.signer.certificate);
        set_up({.station = "station-1",
                .badge = ground_.station_1,
                .product = "tpm-gateway",
                .intermediate = "line-1",
                .certificate = ground_.line_1});
    }
    /// A product of its own, under an intermediate of its own.
    void set_up_sensors() {
        set_up({.station = "station-2",
                .badge = ground_.station_2,
                .product = "tpm-sensor",
                .intermediate = "line-2",
                .certificate = ground_.line_2});
    }

    void enrol(const std::string& station, const Badge& badge,
               const std::string& product = "tpm-gateway") const {
        Offices offices(server_conninfo());
        must(offices.registry.enrol_station({.id = StationId(station),
                                             .site = SiteId("hall-1"),
                                             .products = {ProductId(product)},
                                             .certificate = badge.certificate,
                                             .expires = std::nullopt,
                                             .source = ""},
                                            "setup", now()));
    }

    /// A released lot of new elements; they stay where they are for as long as the factory stands.
    std::vector<const SoftTpm*> deliver(std::size_t count,
                                        const std::string& product = "tpm-gateway") {
        std::vector<const SoftTpm*> made;
        std::vector<ExampleElement> elements;
        SoftCertificate certificate;
        certificate.manufacturer = "id:00001014";
        certificate.model = "swtpm";
        for (std::size_t i = 0; i < count; ++i) {
            tpms_.emplace_back(ground_.maker, SoftKeyKind::ec_p256, certificate);
            made.push_back(&tpms_.back());
            elements.push_back({.unique_id = "gw-" + std::to_string(tpms_.size()),
                                .model = "swtpm",
                                .keys = {parse_public_key(tpms_.back().ek_spki()).value()}});
        }
        receive(elements, product);
        return made;
    }

    /// As a lot of its own, released.
    void receive(const std::vector<ExampleElement>& elements,
                 const std::string& product = "tpm-gateway") {
        const LotId lot("lot-" + std::to_string(++lots_));
        Offices offices(server_conninfo());
        must(offices.custody.import_manifest(
            VendorId("swtpm"), lot, write_manifest(elements, ground_.manifest_vendor.signer),
            "setup", now()));
        must(offices.custody.allot(
            {.lot = lot, .product = ProductId(product), .site = SiteId("hall-1")}, "setup", now()));
        receive_lot(offices.database, offices.registry, lot, now());
        must(offices.custody.set_lot_state(lot, "released", "setup", now()));
    }

    [[nodiscard]] std::string server_conninfo() const {
        return conninfo_as(conninfo_, "hallmark_server_login");
    }
    [[nodiscard]] const std::string& conninfo() const noexcept { return conninfo_; }

private:
    struct Offices {
        explicit Offices(const std::string& conninfo)
            : database({.conninfo = conninfo, .connections = 2}) {}
        Database database;
        Registry registry{database};
        CustodyService custody{database, registry};
    };

    struct Line {
        std::string station;
        const Badge& badge;
        std::string product;
        std::string intermediate;
        const Bytes& certificate;
    };
    void set_up(const Line& line) const {
        Offices offices(server_conninfo());
        must(offices.registry.add_intermediate({.id = IntermediateId(line.intermediate),
                                                .key_uri = "pkcs11:object=" + line.intermediate,
                                                .algorithm = SignatureAlgorithm::ecdsa_sha256,
                                                .certificate = line.certificate,
                                                .chain = {ground_.root},
                                                .state = "active"},
                                               "setup", now()));
        const auto policy = take_policy(policy_text(line));
        must(policy);
        must(offices.registry.apply_policy(*policy, "setup", now()));
        enrol(line.station, line.badge, line.product);
    }
    /// The example's, with room for a station that never stops.
    static std::string policy_text(const Line& line) {
        std::string text = text_of(std::filesystem::path(HALLMARK_SOURCE_DIR) /
                                   "policy/products/tpm-gateway.toml");
        replace(text, "station_limit = 10000", "station_limit = 1000000");
        replace(text, "lot_limit = 10000", "lot_limit = 1000000");
        replace(text, "tpm-gateway", line.product);
        replace(text, "line-1", line.intermediate);
        return text;
    }
    static void replace(std::string& text, const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos;
             at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
    }
    void pin(const std::string& format, const Bytes& root) const {
        Offices offices(server_conninfo());
        must(offices.registry.pin_vendor({.vendor = VendorId("swtpm"),
                                          .format = format,
                                          .anchors = {.roots = {root}, .intermediates = {}},
                                          .exceptions = {}},
                                         "setup", now()));
    }
    static OperatorEnrolment person(const std::string& id, const Badge& badge) {
        return {.id = OperatorId(id), .name = id, .roles = {}, .certificate = badge.certificate};
    }
    template <typename T>
    static void must(const Result<T>& done) {
        if (!done) throw std::runtime_error(done.error().detail);
    }
    static Instant now() { return SystemClock().now(); }

    const Groundwork& ground_ = Groundwork::laid();
    std::string conninfo_ = Postgres::cluster().fresh_database();
    std::deque<SoftTpm> tpms_;
    std::size_t lots_ = 0;
};

}  // namespace hallmark::testing
