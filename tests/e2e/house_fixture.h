// A running house on a database of its own: everything real, from the TLS of the doors to the keys
// in the token. Four elements of one lot are released for tpm-gateway at hall-1, and station-1 may
// ask for them. The clock is the machine's unless a test moves it.
#pragma once

#include "ca/custody/manifest.h"
#include "ca/registry/policy_intake.h"
#include "server/serve.h"
#include "tests/e2e/groundwork.h"
#include "tests/e2e/soft_station.h"
#include "tests/e2e/standing.h"
#include "tests/support/moved_clock.h"
#include "tests/support/postgres.h"
#include "tests/support/received.h"
#include "tests/unit/http/raw_peer.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark::testing {

struct Delivery {
    std::string lot;
    std::string prefix;  ///< Of the unique ids: "gw-" makes gw-1, gw-2, ...
    std::size_t count = 1;
    std::string product = "tpm-gateway";
    std::string site = "hall-1";
};

class HouseTest : public ::testing::Test {
protected:
    HouseTest() {
        must(registry.set_up({person("ada", ground.ada), person("grace", ground.grace)}, now()));
        pin("tpm2", {.roots = {ground.maker.root()}, .intermediates = {}});
        pin(std::string(microchip_manifest_format),
            {.roots = {ground.manifest_vendor.signer.certificate}, .intermediates = {}});
        must(registry.add_intermediate(line_1(), "setup", now()));
        apply(policy_text());
        enrol("station-1", ground.station_1);
        tpms = released({.lot = "lot-1", .prefix = "gw-", .count = 4});
        open_house();
    }
    ~HouseTest() override {
        if (house) house->close();
    }

    // The house itself

    /// Anew where one is open: with the settings below as they stand now.
    void open_house() {
        if (house) house->close();
        house.reset();
        house = std::make_unique<House>(config(), clock);
        house->open();
    }
    [[nodiscard]] Config config() const {
        Config made;
        made.database = {.conninfo = conninfo_as(conninfo, "hallmark_server_login"),
                         .migrate_conninfo = {},
                         .connections = 8};
        made.hsm = {.module = SoftHsm::module_path(),
                    .token = ground.factory_token.label(),
                    .pin_file = ground.factory_token.pin_file().string(),
                    .sessions = hsm_sessions,
                    .environment = {}};
        made.factory = tls_door();
        made.office = tls_door();
        made.challenge.per_station = challenges_outstanding;
        made.evidence = evidence_rules;
        made.workers.seats = 16;
        made.workers.per_caller = seats_per_caller;
        made.results = results;
        made.limits = limits;
        made.imports = imports;
        made.imports.spool = (folder.path() / "spool").string();
        made.log.level = "debug";
        made.log.file = log_file();
        return made;
    }
    [[nodiscard]] DoorConfig tls_door() const {
        DoorConfig door;
        door.certificate = ground.doors.certificate_file;
        door.key = ground.doors.key_file;
        return door;
    }
    [[nodiscard]] std::string log_file() const { return (folder.path() / "log.jsonl").string(); }

    // Callers

    [[nodiscard]] ClientOptions caller(std::string_view door, const Badge& badge) const {
        return {.url = "https://127.0.0.1:" + std::to_string(house->port(door)),
                .ca_file = ground.doors_ca_file(),
                .credential_file = badge.certificate_file,
                .key_file = badge.key_file,
                .headers = {{"Hallmark-Request", "1"}}};
    }
    [[nodiscard]] SoftStation station(const Badge& badge) const {
        return SoftStation(caller("factory", badge));
    }
    [[nodiscard]] SoftStation station() const { return station(ground.station_1); }
    [[nodiscard]] HttpsClient office(const Badge& badge) const {
        return HttpsClient(caller("office", badge));
    }
    [[nodiscard]] ClientAnswer retire(const Badge& by, const std::string& serial,
                                      const std::string& reason) const {
        return office(by).request("POST", "/v1/credentials/" + serial + "/retire",
                                  R"({"reason":")" + reason + "\"}");
    }
    /// The body of an HTTP door's answer, without its head.
    [[nodiscard]] std::string fetch(std::string_view door, const std::string& target) const {
        const RawPeer peer(house->port(door));
        peer.say("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        const std::string answer = peer.hear_all();
        return answer.substr(answer.find("\r\n\r\n") + 4);
    }

    /// Looks again until it holds or five seconds are over: for what the loops do beside.
    template <typename Condition>
    [[nodiscard]] static bool soon(Condition holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return true;
    }

    // What stands, asked as the owner

    template <typename T>
    [[nodiscard]] T ask(const std::string& sql) {
        return owner.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].template as<T>(); });
    }
    void execute_as(std::string_view login, const std::string& sql) const {
        Database as({.conninfo = conninfo_as(conninfo, login), .connections = 1});
        as.transact([&](Tx& tx) { tx.raw().exec(sql); });
    }
    [[nodiscard]] Standing standing() {
        // Lists are signed by their own loop; between two looks with the same finished lists there
        // was none.
        for (int i = 0; i < 1000; ++i) {
            const long begun = ask<long>("SELECT count(*) FROM crl_intent");
            Standing stands = standing_in(owner);
            const long signs = signs_so_far();
            const long made = ask<long>("SELECT count(*) FROM crl");
            stands.signatures = signs - made;
            if (made == begun && begun == ask<long>("SELECT count(*) FROM crl_intent"))
                return stands;
            std::this_thread::yield();
        }
        throw std::runtime_error("the lists never come to rest");
    }
    [[nodiscard]] long signs_so_far() const {
        const std::string metrics = fetch("ops", "/metrics");
        const std::string name = "\nhallmark_hsm_sign_duration_seconds_count ";
        const auto at = metrics.find(name);
        if (at == std::string::npos) throw std::runtime_error("no count of signatures");
        return std::stol(metrics.substr(at + name.size()));
    }

    /// One record of the refusal, its cause beginning so, its event, and nothing else in the world.
    void expect_only_a_refusal(const Standing& before, Reason reason, const std::string& detail) {
        Standing expected = before;
        ++expected.refusals;
        ++expected.refusal_events;
        ++expected.events;
        EXPECT_EQ(standing(), expected);
        EXPECT_EQ(ask<std::string>("SELECT reason FROM refusal ORDER BY at DESC LIMIT 1"),
                  name_of(reason));
        EXPECT_THAT(ask<std::string>("SELECT detail FROM refusal ORDER BY at DESC LIMIT 1"),
                    ::testing::StartsWith(detail));
    }

    // What a factory has been given

    [[nodiscard]] static std::string policy_text() {
        return text_of(std::filesystem::path(HALLMARK_SOURCE_DIR) /
                       "policy/products/tpm-gateway.toml");
    }
    [[nodiscard]] static std::string replaced(std::string text, const std::string& what,
                                              const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos;
             at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
        return text;
    }
    void apply(const std::string& toml) {
        const auto policy = take_policy(toml);
        if (!policy) throw std::runtime_error(policy.error().detail);
        must(registry.apply_policy(*policy, "setup", now()));
    }
    void enrol(const std::string& id, const Badge& badge, const std::string& site = "hall-1",
               const std::string& product = "tpm-gateway") {
        must(registry.enrol_station({.id = StationId(id),
                                     .site = SiteId(site),
                                     .products = {ProductId(product)},
                                     .certificate = badge.certificate,
                                     .expires = std::nullopt,
                                     .source = ""},
                                    "setup", now()));
    }
    /// TPMs that the maker made and the manifest names; their lot stands as `received`.
    [[nodiscard]] std::vector<SoftTpm> delivered(const Delivery& delivery) {
        std::vector<SoftTpm> made = undelivered(delivery.count);
        std::vector<ExampleElement> elements;
        for (const SoftTpm& tpm : made) {
            elements.push_back({.unique_id = delivery.prefix + std::to_string(elements.size() + 1),
                                .model = "swtpm",
                                .keys = {parse_public_key(tpm.ek_spki()).value()}});
        }
        must(custody.import_manifest(VendorId("swtpm"), LotId(delivery.lot),
                                     write_manifest(elements, ground.manifest_vendor.signer),
                                     "setup", now()));
        return made;
    }
    [[nodiscard]] std::vector<SoftTpm> allotted(const Delivery& delivery) {
        auto made = delivered(delivery);
        must(custody.allot({.lot = LotId(delivery.lot),
                            .product = ProductId(delivery.product),
                            .site = SiteId(delivery.site)},
                           "setup", now()));
        return made;
    }
    [[nodiscard]] std::vector<SoftTpm> released(const Delivery& delivery) {
        auto made = allotted(delivery);
        move_lot(delivery.lot, "released");
        return made;
    }
    void move_lot(const std::string& lot, const std::string& state) {
        if (state == "released") receive_lot(server, registry, LotId(lot), now());
        must(custody.set_lot_state(LotId(lot), state, "setup", now()));
    }
    [[nodiscard]] std::vector<SoftTpm> undelivered(std::size_t count) const {
        std::vector<SoftTpm> made;
        for (std::size_t i = 0; i < count; ++i)
            made.emplace_back(ground.maker, SoftKeyKind::ec_p256, maker_certificate());
        return made;
    }
    [[nodiscard]] static SoftCertificate maker_certificate() {
        SoftCertificate certificate;
        certificate.manufacturer = "id:00001014";
        certificate.model = "swtpm";
        return certificate;
    }
    [[nodiscard]] Intermediate line_1() const {
        return {.id = IntermediateId("line-1"),
                .key_uri = "pkcs11:object=line-1",
                .algorithm = SignatureAlgorithm::ecdsa_sha256,
                .certificate = ground.line_1,
                .chain = {ground.root},
                .state = "active"};
    }
    void pin(const std::string& format, TrustAnchors anchors) {
        must(registry.pin_vendor({.vendor = VendorId("swtpm"),
                                  .format = format,
                                  .anchors = std::move(anchors),
                                  .exceptions = {}},
                                 "setup", now()));
    }
    static OperatorEnrolment person(const std::string& id, const Badge& badge) {
        return {.id = OperatorId(id), .name = id, .roles = {}, .certificate = badge.certificate};
    }
    /// A problem document without its instance, which alone may differ between two refusals of one
    /// reason.
    [[nodiscard]] static std::string without_instance(const ClientAnswer& answer) {
        auto body = boost::json::parse(answer.body).as_object();
        EXPECT_EQ(body.erase("instance"), 1u);
        return std::to_string(answer.status) + boost::json::serialize(body);
    }
    [[nodiscard]] Instant now() const { return clock.now(); }
    template <typename T>
    static void must(const Result<T>& done) {
        if (!done) throw std::runtime_error(done.error().detail);
    }

    std::size_t hsm_sessions = 4;
    std::size_t challenges_outstanding = 64;
    std::size_t seats_per_caller = 16;
    Config::Imports imports;
    Config::Results results;  ///< None unless a test says so.
    Config::Limits limits;
    const Groundwork& ground = Groundwork::laid();
    MovedClock clock;
    TempDir folder;
    Config::EvidenceRules evidence_rules;
    std::string conninfo = Postgres::cluster().fresh_database();
    Database server{{.conninfo = conninfo_as(conninfo, "hallmark_server_login"), .connections = 2}};
    Database owner{{.conninfo = conninfo, .connections = 1}};
    Registry registry{server};
    CustodyService custody{server, registry};
    std::vector<SoftTpm> tpms;
    std::unique_ptr<House> house;
};

}  // namespace hallmark::testing
