// A line without a token: what it reserves, records, installs, voids and burns goes through the
// same statements and services as ever; the certificates are made by the test.
#pragma once

#include "ca/audit/event.h"
#include "ca/custody/ledger.h"
#include "ca/issuance/reconcile.h"
#include "ca/lifecycle/install.h"
#include "ca/lifecycle/retire.h"
#include "ca/registry/policy_intake.h"
#include "db/challenges.h"
#include "db/epochs.h"
#include "db/intents.h"
#include "tests/db/custody_fixture.h"

#include <fstream>
#include <iterator>

namespace hallmark::testing {

/// One credential on its way.
struct MadeCredential {
    Serial serial;
    IssuanceId issuance;
    ElementId element;
    TestKey key = make_ec_key();
    Bytes certificate;
    Bytes nonce = random_bytes(32);
    Bytes challenge = random_bytes(32);
};

class LineFixture : public CustodyFixture {
protected:
    void SetUp() override {
        CustodyFixture::SetUp();
        ok(registry.pin_vendor({.vendor = example,
                                .format = "tpm2",
                                .anchors = {.roots = {example_vendor().root}, .intermediates = {}},
                                .exceptions = {}},
                               "setup", noon));
        enrol("st-1");
        const TestAuthority root = make_root("Root");
        ok(registry.add_intermediate({.id = IntermediateId("line-1"),
                                      .key_uri = "pkcs11:object=line-1",
                                      .algorithm = SignatureAlgorithm::ecdsa_sha256,
                                      .certificate = make_intermediate(root, "Issuing").certificate,
                                      .chain = {root.certificate},
                                      .state = "active"},
                                     "setup", noon));
        const auto applied = registry.apply_policy(sensor_policy(), "setup", noon);
        ok(applied);
        policy = *applied;
    }

    void enrol(const std::string& station) {
        ok(registry.enrol_station({.id = StationId(station),
                                   .site = site,
                                   .products = {product},
                                   .certificate = self_signed(station, make_ec_key()),
                                   .expires = std::nullopt,
                                   .source = ""},
                                  "setup", noon));
    }
    [[nodiscard]] Policy sensor_policy() const {
        std::ifstream in(std::string(HALLMARK_SOURCE_DIR) + "/policy/products/tpm-gateway.toml");
        std::string text{std::istreambuf_iterator<char>(in), {}};
        const std::string known = "tpm-gateway";
        for (auto at = text.find(known); at != std::string::npos; at = text.find(known))
            text.replace(at, known.size(), product.get());
        return take_policy(text).value();
    }
    [[nodiscard]] Caller caller(const std::string& station = "st-1") const {
        Caller made;
        made.station = StationId(station);
        made.site = site;
        made.products = {product};
        return made;
    }

    /// A lot of its own: imported, allotted, received at `site` and released, as far as asked.
    void deliver(const LotId& into, const std::vector<ExampleElement>& elements) {
        ok(custody.import_manifest(example, into, write_manifest(elements, example_vendor().signer),
                                   actor, noon));
    }
    void put_to_work(const LotId& into) {
        ok(custody.allot({.lot = into, .product = product, .site = site}, actor, noon));
        receive_lot(server, registry, into, noon);
        ok(custody.set_lot_state(into, "released", actor, noon));
    }

    /// The commit before the signature.
    Result<MadeCredential> reserve(const ElementId& element, const LotId& of_lot,
                                   const std::string& station = "st-1") {
        MadeCredential made;
        made.serial = Serial(random_serial());
        made.issuance = IssuanceId(random_uuid());
        made.element = element;
        made.certificate = self_signed(element.get(), made.key);
        const ChallengeOpening opening{.row = {.challenge = made.challenge,
                                               .door = "factory",
                                               .purpose = "issuance",
                                               .station = StationId(station),
                                               .product = product,
                                               .policy = policy,
                                               .format = "tpm2",
                                               .ek_certificate = {},
                                               .ak_name = {},
                                               .activation_secret = {},
                                               .element_key = {},
                                               .expires_at = {}},
                                       .registry = {}};
        const ChallengeOpening* const openings[] = {&opening};
        server.transact([&](Tx& tx) {
            (void)Epochs(tx).beat(epoch);
            (void)Challenges(tx).open(openings, {.outstanding = 100'000});
        });
        const IntentEntry entry = intent_of(made, of_lot, station);
        const IntentEntry* const entries[] = {&entry};
        const auto done = server.transact(
            [&](Tx& tx) -> Result<Done> { return Intents(tx).reserve(entries).front(); });
        if (!done) return done.error();
        return made;
    }
    /// The commit after it, and the oracle's word.
    Result<Done> record(const MadeCredential& made) {
        const RecordEntry entry{
            .row = {.serial = made.serial,
                    .intermediate = IntermediateId("line-1"),
                    .certificate = made.certificate,
                    .request = random_bytes(16),
                    .claims = "{}",
                    .challenge = made.challenge,
                    .manifest = sha256(as_bytes("m")),
                    .key_uri = "pkcs11:object=line-1",
                    .device = DeviceId(made.element.get()),
                    .epoch = epoch},
            .event = entry_of({.type = "credential.issued",
                               .subject = "credential/" + to_hex(made.serial.get()),
                               .actor = "station/st-1",
                               .time = noon,
                               .facts = {}})};
        const RecordEntry* const entries[] = {&entry};
        return server.transact([&](Tx& tx) -> Result<Done> {
            auto done = Intents(tx).record(entries).front();
            const Credentials::Verdict verdict{
                .serial = made.serial, .accepted = true, .detail = "-"};
            if (done) Credentials(tx).append_verdicts({&verdict, 1});
            return done;
        });
    }
    Result<MadeCredential> issue(const ElementId& element, const LotId& of_lot,
                                 const std::string& station = "st-1") {
        HALLMARK_TRY(made, reserve(element, of_lot, station));
        HALLMARK_TRY(recorded, record(made));
        return made;
    }
    Result<InstallationAnswer> confirm(const MadeCredential& made,
                                       const std::string& station = "st-1") {
        const Digest certificate = sha256(made.certificate);
        const Bytes statement = installation_statement(made.issuance, made.nonce, certificate);
        return installation.confirm(
            caller(station),
            {.issuance = made.issuance,
             .certificate = certificate,
             .proof = made.key.sign(statement, SignatureAlgorithm::ecdsa_sha256),
             .body = sha256(as_bytes("installation"))},
            noon);
    }
    Result<InstallationAnswer> give_up(const MadeCredential& made,
                                       const std::string& station = "st-1") {
        return installation.give_up(caller(station), made.issuance, sha256(as_bytes("void")), noon);
    }
    /// The node dies with its intents, another one settles them; then a new node starts.
    void crash() {
        server.transact([&](Tx& tx) { Epochs(tx).end(epoch); });
        (void)settle_dead(server, "system/node-2", 1000, noon);
        epoch = server.transact([](Tx& tx) { return Epochs(tx).begin("node-1"); });
    }
    Result<CredentialRow> retire(const MadeCredential& made, const std::string& reason) {
        return retirement.retire(
            {.id = OperatorId("ada"), .name = "ada", .roles = {Role::line_manager}},
            {.serial = made.serial, .reason = reason}, noon);
    }
    template <typename T>
    static void ok(const Result<T>& done) {
        if (!done) throw std::runtime_error(done.error().detail);
    }

    std::uint32_t rework_limit = 2;
    Digest policy{};
    std::int64_t epoch = server.transact([](Tx& tx) { return Epochs(tx).begin("node-1"); });
    RefusalBook refusals{server, {.singly_per_minute = 1000}};
    Oracle oracle{server, registry, Observe{}};
    InstallationService installation{{.database = server,
                                      .refusals = refusals,
                                      .oracle = oracle,
                                      .node = "node-1",
                                      .observe = {},
                                      .sweep_limit = 1000}};
    RetirementService retirement{server};
    HandOverService hand_overs{server, registry};
    LedgerService ledger{server};

private:
    static Bytes random_serial() {
        Bytes serial = random_bytes(20);
        serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);
        return serial;
    }
    [[nodiscard]] IntentEntry intent_of(const MadeCredential& made, const LotId& of_lot,
                                        const std::string& station) const {
        const Bytes tbs = random_bytes(64);
        IntentEntry entry;
        entry.challenge = made.challenge;
        Reserving& row = entry.row;
        row.serial = made.serial;
        row.issuance = made.issuance;
        row.station = StationId(station);
        row.request_id = RequestId(random_uuid());
        row.device = DeviceId(made.element.get());
        row.element = made.element;
        row.product = product;
        row.policy = policy;
        row.intermediate = IntermediateId("line-1");
        row.vendor = example;
        row.format = "tpm2";
        row.anchor = sha256(example_vendor().root);
        row.lot = of_lot;
        row.site = site;
        row.key = sha256(made.key.spki());
        row.tbs = tbs;
        row.tbs_sha256 = sha256(tbs);
        row.subject = sha256(as_bytes(made.element.get()));
        row.not_before = noon;
        row.not_after = noon + std::chrono::hours(24 * 365);
        row.installation_nonce = made.nonce;
        row.confirm_within = std::chrono::seconds(0);
        row.rework_limit = rework_limit;
        row.epoch = epoch;
        return entry;
    }
};

}  // namespace hallmark::testing
