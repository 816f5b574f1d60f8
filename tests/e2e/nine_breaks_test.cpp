// What breaks other provisioning systems, each tried here: identities that the tester picks, an
// error text that gives the answer away, a profile nobody checks, a session that is logged and
// never compared, a check that a zero switches off, a retry that loses the certificate, a record
// that kills its keeper, an HSM session that is waited for without end.
#include "ca/issuance/compose.h"
#include "tests/e2e/house_fixture.h"
#include "tests/e2e/two_people.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class Break : public testing::HouseTest {
protected:
    [[nodiscard]] std::string log() const { return testing::text_of(log_file()); }
    static bool says(const std::string& text, const Bytes& secret) {
        return text.find(to_base64(secret)) != std::string::npos ||
               text.find(to_hex(secret)) != std::string::npos ||
               text.find(std::string(as_text(secret))) != std::string::npos;
    }
};

TEST_F(Break, one_a_station_cannot_pick_an_identity) {
    auto line = station();
    for (const char* member : {"serial", "subject", "device", "unique_id", "tbs", "not_after",
                               "extensions", "policy", "intermediate", "profile"}) {
        SCOPED_TRACE(member);
        Bench bench(tpms[0]);
        ASSERT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        bench.request[member] = "gw-4";
        const Standing before = standing();
        EXPECT_EQ(line.issue(bench).status, 400);
        expect_only_a_refusal(before, Reason::malformed_request, "");
    }
}

TEST_F(Break, two_a_refusal_never_says_what_would_have_been_right) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    auto& evidence = bench.request.at("evidence").as_object();
    const Bytes right = testing::octets_in(bench.request.at("evidence"), "activation");
    evidence["activation"] = to_base64(random_bytes(32));
    const Bytes nonce =
        nonce_for({.door = "factory", .challenge = bench.challenge, .spki = bench.leaf.spki()});

    const ClientAnswer answer = line.issue(bench);
    ASSERT_EQ(answer.status, 422);
    const std::string record = ask<std::string>("SELECT detail FROM refusal");
    const std::string event =
        ask<std::string>("SELECT body FROM event ORDER BY number DESC LIMIT 1");
    for (const Bytes& secret : {right, nonce, bench.secret, bench.challenge, bench.ak.name()}) {
        for (const std::string& text : {answer.body, record, event, log()}) {
            EXPECT_FALSE(says(text, secret)) << text;
        }
    }
    std::set<std::string> members;
    const auto body = boost::json::parse(answer.body);
    for (const auto& member : body.as_object())
        members.emplace(member.key());
    EXPECT_EQ(members, (std::set<std::string>{"type", "title", "status", "detail", "instance"}));
}

TEST_F(Break, three_a_serial_cannot_come_twice) {
    // What lint refuses is tried draft by draft in unit/issuance; a number is the database's law.
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const std::string again = R"sql(
        INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element,
                                product, policy_sha256, intermediate, lot, site, key_sha256,
                                tbs_sha256, not_before, not_after, installation_nonce,
                                confirm_within, epoch)
        SELECT serial, gen_random_uuid(), station, gen_random_uuid(), body_sha256, device, element,
               product, policy_sha256, intermediate, lot, site, sha256('k'), sha256('t'),
               not_before, not_after, installation_nonce, confirm_within, epoch
        FROM credential
    )sql";
    try {
        execute_as("hallmark_server_login", again);
        FAIL() << "a second row of one serial";
    } catch (const ConstraintViolation& violation) {
        EXPECT_EQ(violation.constraint(), "credential_pkey");
    }
    std::set<Bytes> serials;
    for (int i = 0; i < 1000; ++i) {
        const Bytes serial = random_serial().get();
        EXPECT_EQ(serial.size(), 20u);
        EXPECT_EQ(serial[0] & 0xC0, 0x40);
        serials.insert(serial);
    }
    EXPECT_EQ(serials.size(), 1000u);
}

TEST_F(Break, four_a_challenge_is_random_unlogged_and_compared) {
    auto line = station();
    std::set<Bytes> challenges;
    for (int i = 0; i < 8; ++i) {
        Bench bench(tpms[0]);
        ASSERT_EQ(line.open(bench).status, 201);
        EXPECT_EQ(bench.challenge.size(), 32u);
        challenges.insert(bench.challenge);
        SoftStation::attest(bench);
        bench.request["product"] = "tpm-sensor";
        EXPECT_EQ(line.issue(bench).status, 403);
        bench.request["product"] = "tpm-gateway";
        bench.request_id = random_uuid();
        EXPECT_EQ(line.issue(bench).status, 422) << "a refusal spent it";
        EXPECT_FALSE(says(log(), bench.challenge));
        EXPECT_FALSE(says(log(), bench.secret));
    }
    EXPECT_EQ(challenges.size(), 8u);
    EXPECT_NE(log().find("request.refused"), std::string::npos);
}

TEST_F(Break, five_no_digest_switches_the_installation_check_off) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    auto body = bench.installation();
    body["certificate_sha256"] = std::string(64, '0');
    const Standing before = standing();
    EXPECT_EQ(line.install(bench, body).status, 422);
    expect_only_a_refusal(before, Reason::installation_not_accepted,
                          "installation: another certificate was read back");
    for (const char* broken : {"", "00", "certificate"}) {
        body["certificate_sha256"] = broken;
        EXPECT_EQ(line.install(bench, body).status, 400);
    }
    body.erase("certificate_sha256");
    EXPECT_EQ(line.install(bench, body).status, 400);
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "issued");
}

TEST_F(Break, six_a_lost_answer_is_asked_for_again) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    bench.sent = boost::json::serialize(bench.request);
    ClientOptions hasty = caller("factory", ground.station_1);
    hasty.timeout = std::chrono::milliseconds(20);
    EXPECT_NO_THROW(try { (void)SoftStation(hasty).repeat(bench); } catch (const ClientFault&){});
    ClientAnswer answer;
    ASSERT_TRUE(soon([&] {
        answer = line.repeat(bench);
        return answer.status != 409;
    }));
    EXPECT_TRUE(answer.status == 200 || answer.status == 201) << answer.body;
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal"), 0);
    EXPECT_EQ(boost::json::parse(line.repeat(bench).body).at("certificate"),
              boost::json::parse(answer.body).at("certificate"));
}

TEST_F(Break, seven_a_record_that_fails_burns_its_intent_and_nothing_else) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    execute_as("hallmark_owner_login", "REVOKE INSERT ON credential_body FROM hallmark_server");
    const ClientAnswer answer = line.issue(bench);
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("BEGIN CERTIFICATE"), std::string::npos);
    EXPECT_EQ(answer.body.find("credential_body"), std::string::npos);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential_body"), 0);
    ASSERT_TRUE(soon([&] { return ask<std::string>("SELECT state FROM credential") == "burnt"; }));
    const std::string serial = ask<std::string>("SELECT encode(serial, 'hex') FROM credential");
    execute_as("hallmark_owner_login", "GRANT INSERT ON credential_body TO hallmark_server");

    // To be seen without opening anybody's database by hand.
    const ClientAnswer events =
        office(ground.ada).request("GET", "/v1/audit/events?serial=" + serial);
    ASSERT_EQ(events.status, 200);
    EXPECT_NE(events.body.find("credential.burnt"), std::string::npos);
    EXPECT_EQ(line.repeat(bench).status, 410);

    // The element and its key are not lost, and the burnt one counts as no rework.
    Bench again(tpms[0]);
    again.leaf.key = std::move(bench.leaf.key);
    EXPECT_EQ(line.provision(again).status, 201);
    EXPECT_EQ(line.install(again).status, 200);
}

TEST_F(Break, eight_one_session_serves_everybody_in_turn_or_says_try_again) {
    hsm_sessions = 1;
    open_house();
    std::vector<ClientAnswer> answers(tpms.size());
    std::vector<std::thread> stations;
    for (std::size_t i = 0; i < tpms.size(); ++i) {
        stations.emplace_back([this, i, &answers] {
            auto line = station();
            Bench bench(tpms[i]);
            answers[i] = line.provision(bench);
        });
    }
    for (std::thread& thread : stations)
        thread.join();
    for (const ClientAnswer& answer : answers) {
        EXPECT_TRUE(answer.status == 201 || answer.status == 503) << answer.body;
    }
    EXPECT_GT(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 0);
}

class UnfitIntermediate : public Break {
protected:
    /// Registers line-2 with this certificate over its key, and asks for a leaf of it.
    ClientAnswer leaf_under(const Bytes& certificate) {
        const auto body = boost::json::serialize(
            boost::json::object{{"id", "line-2"},
                                {"key_uri", "pkcs11:object=line-2"},
                                {"algorithm", "ecdsa-sha256"},
                                {"certificate", to_base64(certificate)},
                                {"chain", boost::json::array{to_base64(root.certificate)}},
                                {"products", boost::json::array{"tpm-sensor"}}});
        registered = office(ground.ada).request("POST", "/v1/intermediates", body);
        if (registered.status != 202) return registered;
        registered = testing::approve(office(ground.grace), testing::offer_in(registered));
        if (registered.status != 200) return registered;
        apply(replaced(replaced(policy_text(), "tpm-gateway", "tpm-sensor"), "line-1", "line-2"));
        enrol("station-2", ground.station_2, "hall-1", "tpm-sensor");
        devices = released({.lot = "lot-2", .prefix = "s-", .count = 1, .product = "tpm-sensor"});
        auto line = station(ground.station_2);
        Bench bench(devices[0]);
        bench.product = "tpm-sensor";
        return line.provision(bench);
    }
    [[nodiscard]] testing::CertificateSpec sound() const {
        const auto spki = parse_certificate(ground.line_2)->spki;
        return {.subject = testing::common_name("Line 2"),
                .issuer = root.name,
                .serial = {0x11, 0x22, 0x33},
                .not_before = testing::instant("2020-01-01T00:00:00Z"),
                .not_after = testing::instant("2039-01-01T00:00:00Z"),
                .spki = spki,
                .extensions = {testing::basic_constraints(true, 0), testing::key_usage({5, 6}),
                               testing::subject_key_identifier(spki),
                               testing::authority_key_identifier(root.key.spki())},
                .algorithm = {}};
    }
    testing::TestAuthority root = testing::make_root("Other Root");
    ClientAnswer registered;
    std::vector<SoftTpm> devices;
};

TEST_F(UnfitIntermediate, nine_a_sound_one_signs) {
    const ClientAnswer answer = leaf_under(testing::make_certificate(sound(), root.key));
    EXPECT_EQ(answer.status, 201) << registered.body << answer.body;
}

TEST_F(UnfitIntermediate, nine_without_a_path_length_signs_nothing) {
    auto spec = sound();
    spec.extensions[0] = testing::basic_constraints(true);
    const Standing before = standing();
    const ClientAnswer answer = leaf_under(testing::make_certificate(spec, root.key));
    EXPECT_TRUE(answer.status == 422 || answer.status == 503) << answer.body;
    EXPECT_EQ(standing().intents, before.intents);
    EXPECT_EQ(standing().signatures, before.signatures);
}

TEST_F(UnfitIntermediate, nine_that_outlives_its_root_signs_nothing) {
    auto spec = sound();
    spec.not_after = testing::instant("2045-01-01T00:00:00Z");
    const Standing before = standing();
    const ClientAnswer answer = leaf_under(testing::make_certificate(spec, root.key));
    EXPECT_TRUE(answer.status == 422 || answer.status == 503) << answer.body;
    EXPECT_EQ(standing().intents, before.intents);
    EXPECT_EQ(standing().signatures, before.signatures);
}

}  // namespace
}  // namespace hallmark
