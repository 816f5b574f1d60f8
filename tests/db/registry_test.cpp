// Who may act: the registry against a real database, as the server's own login.
#include "ca/registry/registry.h"

#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "ca/crypto/hash.h"
#include "tests/support/pki.h"
#include "tests/support/postgres.h"

namespace hallmark {
namespace {

using namespace std::chrono_literals;
using testing::make_ec_key;
using testing::noon;
using testing::self_signed;
using testing::TestKey;

PeerCertificate peer_of(const Bytes& der, std::string address = "10.1.2.3") {
    return {.der = der, .sha256 = sha256(der), .source_address = std::move(address)};
}

OperatorEnrolment person(const std::string& id, const Bytes& certificate) {
    return {.id = OperatorId(id), .name = id, .roles = {}, .certificate = certificate};
}

template <typename T>
::testing::AssertionResult refused(const Result<T>& answer, Reason why) {
    if (answer.has_value()) return ::testing::AssertionFailure() << "not refused";
    if (answer.error().reason == why) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << name_of(answer.error().reason) << ": " << answer.error().detail;
}

class RegistryTest : public ::testing::Test {
protected:
    Database database{{.conninfo = testing::fresh_server_database(), .connections = 2}};
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
    Result<Done> enrol(const StationEnrolment& wanted) { return registry.enrol_station(wanted, "operator/ada", noon()); }
    Result<Done> set_up() { return registry.set_up({person("ada", ada), person("grace", grace)}, noon()); }
    int count(const std::string& what) {
        return database.transact([&](Tx& tx) { return tx.raw().exec1("SELECT count(*) FROM " + what)[0].as<int>(); });
    }
};

TEST_F(RegistryTest, setup_enrols_two_operators_with_the_roles_to_begin_with) {
    ASSERT_TRUE(set_up().has_value());
    const auto answer = registry.operator_by(peer_of(ada), noon());
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->id.get(), "ada");
    for (const Role role : {Role::administrator, Role::line_manager, Role::security_officer, Role::auditor}) {
        EXPECT_TRUE(answer->has(role));
    }
    EXPECT_FALSE(answer->has(Role::field_operator));
    EXPECT_EQ(count("event WHERE type = 'operator.enrolled' AND actor = 'setup'"), 2);
}

TEST_F(RegistryTest, setup_happens_once) {
    ASSERT_TRUE(set_up().has_value());
    const auto other = self_signed("eve", make_ec_key());
    const auto another = self_signed("mallory", make_ec_key());
    EXPECT_TRUE(refused(registry.set_up({person("eve", other), person("mallory", another)}, noon()), Reason::conflict));
    EXPECT_EQ(count("operator"), 2);
    EXPECT_EQ(count("event"), 2);
}

TEST_F(RegistryTest, setup_is_refused_once_anybody_is_enrolled) {
    ASSERT_TRUE(enrol(station()).has_value());
    EXPECT_TRUE(refused(set_up(), Reason::conflict));
    EXPECT_EQ(count("operator"), 0);
}

TEST_F(RegistryTest, setup_takes_exactly_two_people) {
    EXPECT_TRUE(refused(registry.set_up({person("ada", ada)}, noon()), Reason::malformed_request));
    const auto third = self_signed("eve", make_ec_key());
    EXPECT_TRUE(refused(registry.set_up({person("ada", ada), person("grace", grace), person("eve", third)}, noon()),
                   Reason::malformed_request));
    EXPECT_EQ(count("principal"), 0);
}

TEST_F(RegistryTest, setup_refuses_two_certificates_of_one_key) {
    const TestKey shared = make_ec_key();
    const auto answer = registry.set_up(
        {person("ada", self_signed("ada", shared)), person("grace", self_signed("grace", shared))}, noon());
    EXPECT_TRUE(refused(answer, Reason::conflict));
    EXPECT_EQ(count("principal"), 0);
    EXPECT_EQ(count("known_key"), 0);
}

TEST_F(RegistryTest, setup_refuses_one_name_for_two_people) {
    EXPECT_TRUE(refused(registry.set_up({person("ada", ada), person("ada", grace)}, noon()), Reason::conflict));
    EXPECT_EQ(count("principal"), 0);
}

TEST_F(RegistryTest, knows_a_station_by_its_whole_certificate) {
    ASSERT_TRUE(enrol(station()).has_value());
    const auto caller = registry.station_by(peer_of(station_certificate), noon());
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->station.get(), "st-1");
    EXPECT_EQ(caller->site.get(), "leipzig");
    EXPECT_EQ(caller->products, (std::vector{ProductId("gateway"), ProductId("sensor")}));
    EXPECT_EQ(caller->door, "factory");
    EXPECT_EQ(count("event WHERE type = 'station.enrolled' AND station = 'st-1' AND actor = 'operator/ada'"), 1);
}

TEST_F(RegistryTest, refuses_a_station_that_nobody_enrolled) {
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon()), Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_another_certificate_of_an_enrolled_key) {
    ASSERT_TRUE(enrol(station()).has_value());
    const auto renewed = self_signed("st-1-again", station_key);
    EXPECT_TRUE(refused(registry.station_by(peer_of(renewed), noon()), Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_a_suspended_station_until_it_is_resumed) {
    ASSERT_TRUE(enrol(station()).has_value());
    ASSERT_TRUE(registry.set_station_state(StationId("st-1"), "suspended", "operator/ada", noon()).has_value());
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon()), Reason::unauthenticated));
    ASSERT_TRUE(registry.set_station_state(StationId("st-1"), "active", "operator/ada", noon()).has_value());
    EXPECT_TRUE(registry.station_by(peer_of(station_certificate), noon()).has_value());
    EXPECT_EQ(count("event WHERE type IN ('station.suspended', 'station.resumed')"), 2);
}

TEST_F(RegistryTest, refuses_states_and_stations_that_there_are_not) {
    ASSERT_TRUE(enrol(station()).has_value());
    const auto set = [&](const char* id, const char* state) {
        return registry.set_station_state(StationId(id), state, "operator/ada", noon());
    };
    EXPECT_TRUE(refused(set("st-1", "retired"), Reason::malformed_request));
    EXPECT_TRUE(refused(set("st-2", "suspended"), Reason::not_found));
    EXPECT_TRUE(refused(set("st-1", "active"), Reason::conflict));
    EXPECT_EQ(count("event"), 1);
}

TEST_F(RegistryTest, refuses_a_station_after_the_rows_expiry_though_its_certificate_lives) {
    StationEnrolment wanted = station();
    wanted.expires = noon() + 1h;
    ASSERT_TRUE(enrol(wanted).has_value());
    EXPECT_TRUE(registry.station_by(peer_of(station_certificate), noon() + 1h).has_value());
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon() + 1h + 1s), Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_a_station_after_its_certificates_expiry_whatever_the_row_was_given) {
    StationEnrolment wanted = station();
    wanted.expires = testing::instant("2050-01-01T00:00:00Z");
    ASSERT_TRUE(enrol(wanted).has_value());
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), testing::instant("2040-01-01T00:00:01Z")),
                   Reason::unauthenticated));
    EXPECT_EQ(registry.stations().at(0).expires, testing::instant("2040-01-01T00:00:00Z"));
}

TEST_F(RegistryTest, refuses_to_enrol_a_certificate_that_is_not_valid_now) {
    const Instant late = testing::instant("2041-01-01T00:00:00Z");
    EXPECT_TRUE(refused(registry.enrol_station(station(), "operator/ada", late), Reason::invalid_document));
    const Instant early = testing::instant("2019-01-01T00:00:00Z");
    EXPECT_TRUE(refused(registry.enrol_station(station(), "operator/ada", early), Reason::invalid_document));
}

TEST_F(RegistryTest, refuses_to_enrol_a_key_that_nobody_may_use) {
    StationEnrolment wanted = station();
    wanted.certificate = self_signed("weak", testing::make_rsa_key(1024));
    EXPECT_TRUE(refused(enrol(wanted), Reason::invalid_document));
    wanted.certificate = {0x30, 0x00};
    EXPECT_TRUE(refused(enrol(wanted), Reason::invalid_document));
    EXPECT_EQ(count("known_key"), 0);
}

TEST_F(RegistryTest, lets_a_station_call_from_its_network_alone) {
    StationEnrolment wanted = station();
    wanted.source = "10.1.0.0/16";
    ASSERT_TRUE(enrol(wanted).has_value());
    EXPECT_TRUE(registry.station_by(peer_of(station_certificate, "10.1.2.3"), noon()).has_value());
    EXPECT_TRUE(registry.station_by(peer_of(station_certificate, "::ffff:10.1.2.3"), noon()).has_value());
    for (const char* outside : {"10.2.0.1", "::1", "", "10.1.2.3.4", "localhost"}) {
        EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate, outside), noon()), Reason::unauthenticated));
    }
    EXPECT_EQ(registry.stations().at(0).source, "10.1.0.0/16");
}

TEST_F(RegistryTest, refuses_a_network_that_is_none) {
    StationEnrolment wanted = station();
    for (const char* source : {"10.1.0.0", "10.1.0.1/16", "10.1.0.0/33", "10.1.0.0/016", "site-lan", "10.1.0.0/ 16"}) {
        wanted.source = source;
        EXPECT_TRUE(refused(enrol(wanted), Reason::malformed_request));
    }
    EXPECT_EQ(count("station"), 0);
}

TEST_F(RegistryTest, refuses_one_certificate_as_operator_and_station) {
    ASSERT_TRUE(set_up().has_value());
    StationEnrolment wanted = station();
    wanted.certificate = ada;
    EXPECT_TRUE(refused(enrol(wanted), Reason::conflict));
    EXPECT_EQ(count("station"), 0);
    EXPECT_EQ(count("event"), 2);
    EXPECT_TRUE(refused(registry.station_by(peer_of(ada), noon()), Reason::unauthenticated));
    ASSERT_TRUE(enrol(station()).has_value());
    EXPECT_TRUE(refused(registry.operator_by(peer_of(station_certificate), noon()), Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_one_key_in_two_certificates) {
    ASSERT_TRUE(enrol(station()).has_value());
    StationEnrolment second = station("st-2");
    second.certificate = self_signed("st-2", station_key);
    EXPECT_TRUE(refused(enrol(second), Reason::conflict));
    EXPECT_EQ(count("station"), 1);
    EXPECT_EQ(count("principal"), 1);
}

TEST_F(RegistryTest, refuses_a_station_id_twice) {
    ASSERT_TRUE(enrol(station()).has_value());
    StationEnrolment second = station();
    second.certificate = self_signed("st-1", make_ec_key());
    EXPECT_TRUE(refused(enrol(second), Reason::conflict));
    EXPECT_EQ(count("known_key"), 1);
}

TEST_F(RegistryTest, refuses_names_that_are_no_slugs) {
    EXPECT_TRUE(refused(enrol(station("St 1")), Reason::malformed_request));
    StationEnrolment wanted = station();
    wanted.products = {};
    EXPECT_TRUE(refused(enrol(wanted), Reason::malformed_request));
    wanted.products = {ProductId("two words")};
    EXPECT_TRUE(refused(enrol(wanted), Reason::malformed_request));
}

TEST_F(RegistryTest, a_new_pin_takes_the_place_of_the_one_before) {
    const auto first = testing::make_root("vendor root 1");
    const auto second = testing::make_root("vendor root 2");
    const auto helper = testing::make_intermediate(second, "vendor ca");
    const PinnedVendor one{.vendor = VendorId("acme"), .format = "tpm2", .anchors = {{first.certificate}, {}}, .exceptions = {}};
    const PinnedVendor two{.vendor = VendorId("acme"),
                           .format = "tpm2",
                           .anchors = {{second.certificate}, {helper.certificate}},
                           .exceptions = {ChainException::zero_serial, ChainException::sha1_signatures}};
    ASSERT_TRUE(registry.pin_vendor(one, "operator/ada", noon()).has_value());
    ASSERT_TRUE(registry.pin_vendor(two, "operator/ada", noon()).has_value());
    const auto pins = registry.pins({VendorId("unknown"), VendorId("acme")}, "tpm2");
    ASSERT_EQ(pins.size(), 1u);
    EXPECT_EQ(pins[0].anchors.roots, std::vector<Bytes>{second.certificate});
    EXPECT_EQ(pins[0].anchors.intermediates, std::vector<Bytes>{helper.certificate});
    EXPECT_EQ(pins[0].exceptions, two.exceptions);
    EXPECT_TRUE(registry.pins({VendorId("acme")}, "dice").empty());
    EXPECT_EQ(count("vendor_pin"), 2);
    EXPECT_EQ(count("event WHERE type = 'vendor.pinned'"), 2);
}

TEST_F(RegistryTest, refuses_a_pin_without_a_root_or_with_rubbish) {
    PinnedVendor pin{.vendor = VendorId("acme"), .format = "tpm2", .anchors = {}, .exceptions = {}};
    EXPECT_TRUE(refused(registry.pin_vendor(pin, "operator/ada", noon()), Reason::invalid_document));
    pin.anchors.roots = {{0x04, 0x01, 0x00}};
    EXPECT_TRUE(refused(registry.pin_vendor(pin, "operator/ada", noon()), Reason::invalid_document));
    EXPECT_EQ(count("vendor_pin"), 0);
}

TEST_F(RegistryTest, an_ended_pin_never_comes_back) {
    const auto root = testing::make_root("vendor root");
    const PinnedVendor pin{.vendor = VendorId("acme"), .format = "tpm2", .anchors = {{root.certificate}, {}}, .exceptions = {}};
    ASSERT_TRUE(registry.pin_vendor(pin, "operator/ada", noon()).has_value());
    ASSERT_TRUE(registry.pin_vendor(pin, "operator/ada", noon()).has_value());
    const auto revive = [](Tx& tx) { tx.raw().exec("UPDATE vendor_pin SET active = true WHERE version = 1"); };
    EXPECT_THROW(database.transact(revive), ConstraintViolation);
}

class IntermediateTest : public RegistryTest {
protected:
    testing::TestAuthority root = testing::make_root("root");
    testing::TestAuthority issuing = testing::make_intermediate(root, "issuing");

    Intermediate row() const {
        return {.id = IntermediateId("int-1"),
                .key_uri = "pkcs11:token=hallmark;object=int-1",
                .algorithm = SignatureAlgorithm::ecdsa_sha256,
                .certificate = issuing.certificate,
                .chain = {root.certificate},
                .state = "active"};
    }
    Result<Done> add(const Intermediate& wanted) { return registry.add_intermediate(wanted, "operator/ada", noon()); }
};

TEST_F(IntermediateTest, is_answered_as_it_was_added) {
    ASSERT_TRUE(add(row()).has_value());
    const auto found = registry.intermediate(IntermediateId("int-1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->certificate, issuing.certificate);
    EXPECT_EQ(found->chain, std::vector<Bytes>{root.certificate});
    EXPECT_EQ(found->key_uri, row().key_uri);
    EXPECT_EQ(found->algorithm, SignatureAlgorithm::ecdsa_sha256);
    EXPECT_EQ(registry.intermediates().size(), 1u);
    EXPECT_EQ(count("event WHERE type = 'intermediate.added'"), 1);
}

TEST_F(IntermediateTest, is_unavailable_while_unknown_or_suspended) {
    const IntermediateId id("int-1");
    EXPECT_TRUE(refused(registry.intermediate(id), Reason::unavailable));
    ASSERT_TRUE(add(row()).has_value());
    ASSERT_TRUE(registry.set_intermediate_state(id, "suspended", "operator/ada", noon()).has_value());
    EXPECT_TRUE(refused(registry.intermediate(id), Reason::unavailable));
    EXPECT_EQ(registry.intermediates().at(0).state, "suspended");
    ASSERT_TRUE(registry.set_intermediate_state(id, "active", "operator/ada", noon()).has_value());
    EXPECT_TRUE(registry.intermediate(id).has_value());
}

TEST_F(IntermediateTest, is_refused_without_the_marks_of_an_issuer) {
    Intermediate wanted = row();
    wanted.certificate = testing::make_certificate(testing::leaf_spec(root, "leaf", make_ec_key()), root.key);
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted = row();
    wanted.chain = {testing::make_root("root").certificate};  // The same name, another key.
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted.chain = {};
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted = row();
    wanted.key_uri = "pkcs11:object=int-1?pin-value=1234";
    EXPECT_TRUE(refused(add(wanted), Reason::malformed_request));
    wanted = row();
    wanted.algorithm = SignatureAlgorithm::ecdsa_sha1;
    EXPECT_TRUE(refused(add(wanted), Reason::malformed_request));
    EXPECT_EQ(count("intermediate"), 0);
}

TEST_F(IntermediateTest, shares_its_key_with_nobody) {
    ASSERT_TRUE(add(row()).has_value());
    StationEnrolment wanted = station();
    wanted.certificate = self_signed("st-1", issuing.key);
    EXPECT_TRUE(refused(enrol(wanted), Reason::conflict));
    Intermediate second = row();
    second.id = IntermediateId("int-2");
    EXPECT_TRUE(refused(add(second), Reason::conflict));
}

}  // namespace
}  // namespace hallmark
