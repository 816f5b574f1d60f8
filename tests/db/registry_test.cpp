// Who may act: operators and stations, against a real database, as the server's own login.
#include "tests/db/registry_fixture.h"

namespace hallmark {
namespace {

using namespace std::chrono_literals;
using testing::make_ec_key;
using testing::noon;
using testing::peer_of;
using testing::person;
using testing::refused;
using testing::self_signed;
using testing::TestKey;

class RegistryTest : public testing::RegistryTest {};

TEST_F(RegistryTest, setup_enrols_two_operators_with_the_roles_to_begin_with) {
    ASSERT_TRUE(set_up().has_value());
    const auto answer = registry.operator_by(peer_of(ada), noon());
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->id.get(), "ada");
    for (const Role role :
         {Role::administrator, Role::line_manager, Role::security_officer, Role::auditor}) {
        EXPECT_TRUE(answer->has(role));
    }
    EXPECT_FALSE(answer->has(Role::field_operator));
    EXPECT_EQ(count("event WHERE type = 'operator.enrolled' AND actor = 'setup'"), 2);
}

TEST_F(RegistryTest, setup_happens_once) {
    ASSERT_TRUE(set_up().has_value());
    const auto other = self_signed("eve", make_ec_key());
    const auto another = self_signed("mallory", make_ec_key());
    EXPECT_TRUE(refused(registry.set_up({person("eve", other), person("mallory", another)}, noon()),
                        Reason::conflict));
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
    EXPECT_TRUE(refused(
        registry.set_up({person("ada", ada), person("grace", grace), person("eve", third)}, noon()),
        Reason::malformed_request));
    EXPECT_EQ(count("principal"), 0);
}

TEST_F(RegistryTest, setup_refuses_two_certificates_of_one_key) {
    const TestKey shared = make_ec_key();
    const auto answer = registry.set_up(
        {person("ada", self_signed("ada", shared)), person("grace", self_signed("grace", shared))},
        noon());
    EXPECT_TRUE(refused(answer, Reason::conflict));
    EXPECT_EQ(count("principal"), 0);
    EXPECT_EQ(count("known_key"), 0);
}

TEST_F(RegistryTest, setup_refuses_one_name_for_two_people) {
    EXPECT_TRUE(refused(registry.set_up({person("ada", ada), person("ada", grace)}, noon()),
                        Reason::conflict));
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
    EXPECT_EQ(count("event WHERE type = 'station.enrolled' AND station = 'st-1' AND actor = "
                    "'setup'"),
              1);
}

TEST_F(RegistryTest, refuses_a_station_that_nobody_enrolled) {
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon()),
                        Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_another_certificate_of_an_enrolled_key) {
    ASSERT_TRUE(enrol(station()).has_value());
    const auto renewed = self_signed("st-1-again", station_key);
    EXPECT_TRUE(refused(registry.station_by(peer_of(renewed), noon()), Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_at_the_next_request_whom_another_node_suspended) {
    ASSERT_TRUE(enrol(station()).has_value());
    Registry elsewhere(database);
    for (const char* state : {"suspended", "active"}) {
        (void)registry.station_by(peer_of(station_certificate), noon());  // Kept from now on.
        ASSERT_TRUE(elsewhere.set_station_state(StationId("st-1"), state, "operator/ada", noon())
                        .has_value());
        const auto caller = registry.station_by(peer_of(station_certificate), noon());
        EXPECT_EQ(caller.has_value(), std::string(state) == "active");
        if (!caller) {
            EXPECT_TRUE(refused(caller, Reason::unauthenticated));
        }
    }
}

TEST_F(RegistryTest, refuses_a_suspended_station_until_it_is_resumed) {
    ASSERT_TRUE(enrol(station()).has_value());
    ASSERT_TRUE(registry.set_station_state(StationId("st-1"), "suspended", "operator/ada", noon())
                    .has_value());
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon()),
                        Reason::unauthenticated));
    ASSERT_TRUE(registry.set_station_state(StationId("st-1"), "active", "operator/ada", noon())
                    .has_value());
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
    EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate), noon() + 1h + 1s),
                        Reason::unauthenticated));
}

TEST_F(RegistryTest, refuses_a_station_after_its_certificates_expiry_whatever_the_row_was_given) {
    StationEnrolment wanted = station();
    wanted.expires = testing::instant("2050-01-01T00:00:00Z");
    ASSERT_TRUE(enrol(wanted).has_value());
    EXPECT_TRUE(refused(
        registry.station_by(peer_of(station_certificate), testing::instant("2040-01-01T00:00:01Z")),
        Reason::unauthenticated));
    EXPECT_EQ(registry.stations().at(0).expires, testing::instant("2040-01-01T00:00:00Z"));
}

TEST_F(RegistryTest, refuses_to_enrol_a_certificate_that_is_not_valid_now) {
    const Instant late = testing::instant("2041-01-01T00:00:00Z");
    EXPECT_TRUE(
        refused(registry.enrol_station(station(), "operator/ada", late), Reason::invalid_document));
    const Instant early = testing::instant("2019-01-01T00:00:00Z");
    EXPECT_TRUE(refused(registry.enrol_station(station(), "operator/ada", early),
                        Reason::invalid_document));
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
    EXPECT_TRUE(
        registry.station_by(peer_of(station_certificate, "::ffff:10.1.2.3"), noon()).has_value());
    for (const char* outside : {"10.2.0.1", "::1", "", "10.1.2.3.4", "localhost"}) {
        EXPECT_TRUE(refused(registry.station_by(peer_of(station_certificate, outside), noon()),
                            Reason::unauthenticated));
    }
    EXPECT_EQ(registry.stations().at(0).source, "10.1.0.0/16");
}

TEST_F(RegistryTest, refuses_a_network_that_is_none) {
    StationEnrolment wanted = station();
    for (const char* source :
         {"10.1.0.0", "10.1.0.1/16", "10.1.0.0/33", "10.1.0.0/016", "site-lan", "10.1.0.0/ 16"}) {
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
    EXPECT_TRUE(refused(registry.operator_by(peer_of(station_certificate), noon()),
                        Reason::unauthenticated));
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

}  // namespace
}  // namespace hallmark
