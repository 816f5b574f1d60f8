// One key is one person; who may act alone, when, and how loudly; and what the database itself
// refuses whatever the program forgot.
#include "tests/db/proposals_fixture.h"

namespace hallmark {
namespace {

using namespace std::chrono_literals;
using testing::noon;
using testing::peer_of;
using testing::Person;
using testing::refused;

class People : public testing::ProposalsTest {
protected:
    /// The constraint that refused it; "" where nothing did.
    std::string constraint_of(const std::string& sql) {
        try {
            database.transact([&](Tx& tx) { tx.raw().exec(sql); });
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        } catch (const Fault& fault) {
            return fault.what();
        }
    }
};

TEST_F(People, come_by_two_and_a_proof_of_their_own) {
    const Person mary{"mary"};
    decided("operator.add", person_change(mary, {"line-manager", "auditor"}));
    const Operator known = who(mary.certificate);
    EXPECT_EQ(known.id, OperatorId("mary"));
    EXPECT_TRUE(known.has(Role::line_manager));
    EXPECT_FALSE(known.has(Role::security_officer));
    EXPECT_EQ(count("operator_voucher WHERE operator = 'mary'"), 2);
}

TEST_F(People, are_not_enrolled_by_a_proof_that_is_not_theirs) {
    const Person mary{"mary"};
    const Person eve{"eve"};
    auto change = person_change(mary);
    for (const Bytes& proof :
         {eve.proof(), mary.proof("station"), mary.prove("operator", "eve"), Bytes{0x30, 0x00}}) {
        change["proof"] = to_base64(proof);
        EXPECT_TRUE(refused(propose("operator.add", change, ada), Reason::invalid_document));
    }
    change.erase("proof");
    EXPECT_TRUE(refused(propose("operator.add", change, ada), Reason::malformed_request));
    EXPECT_EQ(count("proposal"), 0);
}

TEST_F(People, prove_keys_of_every_kind_that_may_be_theirs) {
    const Person curve{"mary", testing::make_ec_key(KeyAlgorithm::ec_p384)};
    const Person rsa{"tom", testing::shared_rsa_key()};
    decided("operator.add", person_change(curve));
    auto change = person_change(rsa);
    change["proof"] =
        to_base64(rsa.key.sign(possession_text("operator", "tom", sha256(rsa.certificate)),
                               SignatureAlgorithm::rsa_pkcs1_sha256));
    decided("operator.add", change);
    EXPECT_EQ(who(curve.certificate).id, OperatorId("mary"));
    EXPECT_EQ(who(rsa.certificate).id, OperatorId("tom"));
}

TEST_F(People, enrol_a_station_whose_certificate_another_signed_with_a_proof_alone) {
    Person st{"st-1"};
    st.certificate = testing::make_client_certificate(testing::make_root("plant"), "st-1", st.key);
    auto change = station_change();
    change["certificate"] = to_base64(st.certificate);
    EXPECT_TRUE(refused(propose("station.enrol", change, ada), Reason::invalid_document));
    change["proof"] = to_base64(st.proof("operator"));
    EXPECT_TRUE(refused(propose("station.enrol", change, ada), Reason::invalid_document));
    change["proof"] = to_base64(st.proof("station"));
    decided("station.enrol", change);
    EXPECT_EQ(count("station WHERE id = 'st-1'"), 1);
}

TEST_F(People, have_a_key_that_nobody_else_has) {
    decided("station.enrol", {{"id", "st-1"},
                              {"site", "leipzig"},
                              {"products", boost::json::array{"gateway"}},
                              {"certificate", to_base64(station_certificate)}});
    Person mary{"mary"};
    decided("operator.add", person_change(mary));
    // A station's key, and mary's own under a second name, each in a certificate of its own.
    const Person as_station{"eve", station_key};
    const Person twice{"mary-two", mary.key};
    for (const Person& person : {as_station, twice})
        EXPECT_TRUE(refused(propose("operator.add", person_change(person), ada), Reason::conflict));
    EXPECT_TRUE(
        refused(propose("operator.add", person_change(Person{"ada"}), ada), Reason::conflict))
        << "a second ada";
    auto station = station_change("st-2");
    station["certificate"] = to_base64(self_signed("st-2", mary.key));
    EXPECT_TRUE(refused(propose("station.enrol", station, ada), Reason::conflict));
    EXPECT_EQ(count("operator"), 3);
}

TEST_F(People, act_by_their_new_key_alone_once_they_are_rekeyed) {
    const Person mary{"mary"};
    const Person renewed{"mary"};
    decided("operator.add", person_change(mary));
    decided("operator.rekey", rekey_change(renewed));
    EXPECT_EQ(who(renewed.certificate).id, OperatorId("mary"));
    EXPECT_TRUE(
        refused(registry.operator_by(peer_of(mary.certificate), noon()), Reason::unauthenticated));
    EXPECT_TRUE(refused(propose("operator.rekey", rekey_change(mary), ada), Reason::conflict))
        << "a key that was given up comes back in no hand";
    EXPECT_TRUE(
        refused(propose("operator.rekey", rekey_change(Person{"tom"}), ada), Reason::not_found));
}

TEST_F(People, stay_untied_by_a_rekeying_that_they_proposed_themselves) {
    const Person renewed{"ada"};
    decided("operator.rekey", rekey_change(renewed));
    const auto made = propose("station.enrol", station_change(), renewed.certificate);
    EXPECT_TRUE(approve(*made, grace).has_value());
    // Another's word for the new key ties them.
    const Person again{"ada"};
    const auto rekeying = propose("operator.rekey", rekey_change(again), grace);
    ASSERT_TRUE(approve(*rekeying, renewed.certificate).has_value());
    const auto next = propose("station.enrol", station_change("st-2"), again.certificate);
    EXPECT_TRUE(refused(approve(*next, grace), Reason::forbidden));
}

TEST_F(People, are_suspended_by_one_and_come_back_by_two) {
    const Person mary{"mary"};
    decided("operator.add", person_change(mary));
    ASSERT_TRUE(registry.set_operator_state(OperatorId("mary"), "suspended", "operator/ada", noon())
                    .has_value());
    EXPECT_TRUE(
        refused(registry.operator_by(peer_of(mary.certificate), noon()), Reason::unauthenticated));
    decided("operator.resume", {{"id", "mary"}});
    EXPECT_EQ(who(mary.certificate).id, OperatorId("mary"));
}

TEST_F(People, with_a_broken_glass_apply_their_own_on_record) {
    const auto made = propose("station.enrol", station_change(), ada);
    const auto glass = break_glass.open(who(ada), "grace is away", 60s, noon());
    ASSERT_TRUE(glass.has_value()) << glass.error().detail;
    ASSERT_TRUE(approve(*made, ada).has_value());
    const auto after = service.find(made->row.id, noon());
    EXPECT_EQ(after->row.break_glass, glass->id);
    EXPECT_EQ(last_fact("station.enrolled", "break_glass"), glass->id);
    EXPECT_EQ(last_fact("station.enrolled", "approver"), "");
    EXPECT_EQ(count("station"), 1);
}

TEST_F(People, break_one_glass_at_a_time_and_for_themselves) {
    ASSERT_TRUE(break_glass.open(who(ada), "grace is away", 60s, noon()).has_value());
    EXPECT_TRUE(refused(break_glass.open(who(grace), "I too", 60s, noon()), Reason::conflict));
    const auto made = propose("station.enrol", station_change(), grace);
    EXPECT_TRUE(refused(approve(*made, grace), Reason::forbidden));
    EXPECT_EQ(count("break_glass"), 1);
}

TEST_F(People, break_glass_with_the_role_a_reason_and_for_an_hour_at_most) {
    const Person mary{"mary"};
    decided("operator.add", person_change(mary, {"line-manager"}));
    EXPECT_TRUE(
        refused(break_glass.open(who(mary.certificate), "hurry", 60s, noon()), Reason::forbidden));
    EXPECT_TRUE(refused(break_glass.open(who(ada), "", 60s, noon()), Reason::malformed_request));
    EXPECT_TRUE(
        refused(break_glass.open(who(ada), "hurry", 3601s, noon()), Reason::malformed_request));
    EXPECT_FALSE(break_glass.open_one());
    EXPECT_TRUE(break_glass.open(who(ada), "hurry", 3600s, noon()).has_value());
}

TEST_F(People, close_a_broken_glass_by_two_whatever_is_open) {
    const auto glass = break_glass.open(who(ada), "grace is away", 60s, noon());
    const auto made = propose("break_glass.close", {{"finding", "one station was enrolled"}}, ada);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    EXPECT_TRUE(refused(approve(*made, ada), Reason::forbidden));
    EXPECT_TRUE(break_glass.open_one());
    ASSERT_TRUE(approve(*made, grace).has_value());
    EXPECT_FALSE(break_glass.open_one());
    EXPECT_EQ(last_fact("break_glass.closed", "finding"), "one station was enrolled");
    EXPECT_EQ(ask<std::string>("SELECT closing::text FROM break_glass"), made->row.id);
    EXPECT_TRUE(
        refused(propose("break_glass.close", {{"finding", "again"}}, ada), Reason::conflict));
}

TEST_F(People, have_no_power_left_when_the_time_of_their_glass_is_over) {
    ASSERT_TRUE(break_glass.open(who(ada), "grace is away", 60s, noon()).has_value());
    const auto made = propose("station.enrol", station_change(), ada);
    Database root({.conninfo = owner_conninfo, .connections = 1});
    root.transact([](Tx& tx) {
        tx.raw().exec("ALTER TABLE break_glass DISABLE TRIGGER break_glass_transition");
        tx.raw().exec(
            "UPDATE break_glass SET opened_at = now() - interval '2 minutes', "
            "until = now() - interval '1 minute'");
    });
    const int before = count("event");
    expect_only_a_record(approve(*made, ada), Reason::forbidden, before);
    EXPECT_TRUE(break_glass.open_one()) << "it stays loud until two close it";
}

TEST_F(People, the_database_takes_no_row_of_authority_without_their_word) {
    EXPECT_EQ(constraint_of("INSERT INTO vendor_pin (vendor, format, version, exceptions, active, "
                            "pinned_at, pinned_by) VALUES ('acme', 'tpm2', 1, '{}', true, now(), "
                            "'operator/ada')"),
              "vendor_pin_word");
    EXPECT_EQ(constraint_of("UPDATE operator SET roles = '{field-operator}' WHERE id = 'ada'"),
              "operator_on_word");
    const auto made = propose("station.enrol", station_change(), ada);
    // With an open proposal in hand the row is written and does not last.
    EXPECT_EQ(constraint_of("SELECT set_config('hallmark.proposal', '" + made->row.id +
                            "', true); INSERT INTO vendor_pin (vendor, format, version, "
                            "exceptions, active, pinned_at, pinned_by) VALUES ('acme', 'tpm2', "
                            "1, '{}', true, now(), 'operator/ada')"),
              "vendor_pin_on_word");
    EXPECT_EQ(count("vendor_pin"), 0);
}

TEST_F(People, rows_from_before_there_were_proposals_may_still_end) {
    Database root({.conninfo = owner_conninfo, .connections = 1});
    root.transact([](Tx& tx) {
        tx.raw().exec("ALTER TABLE vendor_pin DISABLE TRIGGER word_is_given");
        tx.raw().exec(
            "INSERT INTO vendor_pin (vendor, format, version, exceptions, active, "
            "pinned_at, pinned_by) VALUES ('acme', 'tpm2', 1, '{}', true, now(), "
            "'operator/ada')");
        tx.raw().exec("ALTER TABLE vendor_pin ENABLE TRIGGER word_is_given");
    });
    const auto vendor_root = testing::make_root("vendor root");
    decided("vendor.pin", {{"vendor", "acme"},
                           {"format", "tpm2"},
                           {"roots", boost::json::array{to_base64(vendor_root.certificate)}}});
    EXPECT_EQ(count("vendor_pin WHERE active AND version = 2 AND proposal IS NOT NULL"), 1);
}

TEST_F(People, the_database_applies_no_proposal_of_one) {
    const auto made = propose("station.enrol", station_change(), ada);
    const std::string apply =
        "UPDATE proposal SET state = 'applied', decided_at = now(), "
        "decided_by = ";
    EXPECT_EQ(constraint_of(apply + "'ada'"), "proposal_two_people");
    EXPECT_EQ(constraint_of(apply + "NULL"), "proposal_two_people");
    ASSERT_TRUE(service.reject(made->row.id, "", who(ada), noon()).has_value());
    EXPECT_EQ(constraint_of(apply + "'grace'"), "proposal_decided_once");
    EXPECT_EQ(constraint_of("UPDATE proposal SET why = 'other'"), "proposal_decided_once");
}

}  // namespace
}  // namespace hallmark
