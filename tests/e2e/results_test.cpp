// Results at the doors: what somebody who knows nothing but the key set can verify of a device that
// was provisioned, and of one that was turned away.
#include "tests/e2e/house_fixture.h"
#include "tests/e2e/jws_reader.h"

#include <openssl/x509.h>

namespace hallmark {
namespace {

namespace json = boost::json;
using testing::Bench;
using testing::read_token;
using testing::SoftStation;

class ResultsAtTheDoors : public testing::HouseTest {
protected:
    ResultsAtTheDoors() {
        results = {.key = "pkcs11:object=results-1", .public_key = ground.results_key_file()};
        open_house();
    }
    [[nodiscard]] ClientAnswer ask_for(const std::string& path) const {
        return office(ground.ada).request("GET", path);
    }
    /// The answer once the result is made, or what stood there instead after a while.
    [[nodiscard]] ClientAnswer result_at(const std::string& path) const {
        ClientAnswer answer;
        (void)soon([&] {
            answer = ask_for(path);
            return answer.status == 200;
        });
        return answer;
    }
    [[nodiscard]] static std::string of(const Bench& bench) {
        return "/v1/audit/certificates/" + bench.serial() + "/result";
    }
    [[nodiscard]] std::string key_set() const { return fetch("public", "/v1/results/keys"); }
    /// The one submodule of a verified token; fails the test where it does not verify.
    [[nodiscard]] json::object said_in(const ClientAnswer& answer) const {
        const auto payload = read_token(answer.body, key_set());
        EXPECT_TRUE(payload) << answer.status << " " << answer.body;
        if (!payload) return {};
        EXPECT_EQ(payload->at("eat_profile").as_string(), "tag:ietf.org,2026:rats/ear#04");
        EXPECT_EQ(payload->at("ear_verifier_id").at("developer").as_string(), "Hallmark");
        const auto& submodules = payload->at("submods").as_object();
        EXPECT_EQ(submodules.size(), 1u);
        return submodules.at("tpm2").as_object();
    }
    /// SubjectPublicKeyInfo as OpenSSL writes it.
    [[nodiscard]] static std::string key_in(const Bytes& certificate) {
        const unsigned char* at = certificate.data();
        X509* read = d2i_X509(nullptr, &at, static_cast<long>(certificate.size()));
        unsigned char* der = nullptr;
        const int octets = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(read), &der);
        std::string spki(reinterpret_cast<const char*>(der), static_cast<std::size_t>(octets));
        OPENSSL_free(der);
        X509_free(read);
        return spki;
    }
    /// A refusal's id, as the station is told it.
    [[nodiscard]] static std::string id_in(const ClientAnswer& answer) {
        const std::string instance(json::parse(answer.body).at("instance").as_string());
        EXPECT_TRUE(instance.starts_with("urn:uuid:")) << instance;
        return instance.substr(9);
    }
};

TEST_F(ResultsAtTheDoors, affirm_the_key_of_a_device_that_was_provisioned) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const ClientAnswer answer = result_at(of(bench));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"),
              "application/eat+jwt; eat_profile=\"tag:ietf.org,2026:rats/ear#04\"");
    const json::object said = said_in(answer);
    EXPECT_EQ(said.at("ear_status").as_string(), "affirming");
    EXPECT_EQ(json::serialize(said.at("ear_trustworthiness_vector")),
              R"({"hardware":2,"instance-identity":2})");
    const auto octets_at = [](const json::value& text) {
        return testing::octets_of_base64url(std::string(text.as_string()));
    };
    EXPECT_EQ(octets_at(said.at("ear_veraison_key_attestation").at("akpub")),
              key_in(bench.certificate()));
    EXPECT_EQ(octets_at(said.at("eat_nonce")),
              as_text(nonce_for(
                  {.door = "factory", .challenge = bench.challenge, .spki = bench.leaf.spki()})));
    const json::object record = said.at("ear_hallmark_record").as_object();
    EXPECT_EQ(record.at("serial").as_string(), bench.serial());
    EXPECT_EQ(record.at("request_sha256").as_string(), to_hex(sha256(as_bytes(bench.sent))));
    const std::string policy(said.at("ear_appraisal_policy_ids").at(0).as_string());
    ASSERT_TRUE(policy.starts_with("ni:///sha-256;")) << policy;
    EXPECT_EQ(to_hex(as_bytes(testing::octets_of_base64url(policy.substr(14)))),
              ask<std::string>("SELECT encode(policy_sha256, 'hex') FROM credential"));
}

TEST_F(ResultsAtTheDoors, stay_what_they_are_whatever_becomes_of_the_certificate) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const ClientAnswer first = result_at(of(bench));
    ASSERT_EQ(first.status, 200);
    ASSERT_EQ(line.install(bench).status, 200);
    ASSERT_EQ(retire(ground.ada, bench.serial(), "key_compromise").status, 200);
    open_house();
    EXPECT_EQ(result_at(of(bench)).body, first.body);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM attestation_result"), 1);
}

TEST_F(ResultsAtTheDoors, do_not_verify_when_a_letter_of_them_is_another) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const std::string token = result_at(of(bench)).body;
    ASSERT_TRUE(read_token(token, key_set()));
    std::string forged = token;
    char& letter = forged[token.find('.') + 20];
    letter = letter == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_token(forged, key_set()));
    EXPECT_FALSE(read_token(token, R"({"keys":[]})"));
}

TEST_F(ResultsAtTheDoors, contraindicate_what_lied_and_say_no_more_than_the_door_did) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    bench.nonce = random_bytes(32);
    SoftStation::attest(bench);
    const ClientAnswer refused = line.issue(bench);
    ASSERT_EQ(refused.status, 422);
    const std::string id = id_in(refused);
    const ClientAnswer answer = result_at("/v1/audit/refusals/" + id + "/result");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json::object said = said_in(answer);
    EXPECT_EQ(said.at("ear_status").as_string(), "contraindicated");
    EXPECT_FALSE(said.contains("ear_veraison_key_attestation"));
    EXPECT_FALSE(said.contains("eat_nonce"));
    EXPECT_EQ(
        json::serialize(said.at("ear_hallmark_record")),
        json::serialize(json::object{{"reason", "evidence-not-accepted"},
                                     {"refusal", id},
                                     {"request_sha256", to_hex(sha256(as_bytes(bench.sent)))}}));
    EXPECT_EQ(said.at("ear_appraisal_policy_ids").as_array().size(), 1u);
    EXPECT_THAT(ask<std::string>("SELECT detail FROM refusal"), ::testing::StartsWith("nonce: "));
    EXPECT_EQ(json::serialize(said).find("nonce"), std::string::npos);
}

TEST_F(ResultsAtTheDoors, contraindicate_an_endorsement_that_no_pinned_root_vouches_for) {
    const SoftVendor counterfeiter("counterfeit");
    const SoftTpm counterfeit(counterfeiter, SoftKeyKind::ec_p256, maker_certificate());
    Bench bench(counterfeit);
    const ClientAnswer refused = station().open(bench);
    ASSERT_EQ(refused.status, 422) << refused.body;
    const ClientAnswer answer = result_at("/v1/audit/refusals/" + id_in(refused) + "/result");
    const json::object said = said_in(answer);
    EXPECT_EQ(said.at("ear_status").as_string(), "contraindicated");
    EXPECT_FALSE(said.contains("ear_appraisal_policy_ids")) << "no challenge fixed one";
}

TEST_F(ResultsAtTheDoors, are_not_made_of_what_is_no_verdict_on_evidence) {
    const auto strangers = undelivered(1);
    Bench bench(strangers[0]);
    const ClientAnswer refused = station().provision(bench);
    ASSERT_EQ(refused.status, 422);
    EXPECT_EQ(json::parse(refused.body).at("type").as_string(), "/problems/element-not-accepted");
    EXPECT_EQ(ask_for("/v1/audit/refusals/" + id_in(refused) + "/result").status, 404);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM result_due"), 0);
    for (const std::string path :
         {"/v1/audit/refusals/nothing/result", "/v1/audit/certificates/00ff/result",
          "/v1/audit/certificates/zz/result"})
        EXPECT_EQ(ask_for(path).status, 404) << path;
}

TEST_F(ResultsAtTheDoors, are_for_operators_and_the_keys_for_everybody) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    ASSERT_EQ(result_at(of(bench)).status, 200);
    EXPECT_EQ(office(ground.station_1).request("GET", of(bench)).status, 401);
    EXPECT_EQ(line.get(of(bench)).status, 404) << "no route of the factory door";
    const auto keys = json::parse(key_set()).at("keys").as_array();
    ASSERT_EQ(keys.size(), 1u);
    EXPECT_FALSE(keys[0].as_object().contains("d"));
    EXPECT_EQ(keys[0].at("use").as_string(), "sig");
    EXPECT_EQ(testing::text_of(ground.at("results-1.jwks")), key_set() + "\n")
        << "what the ceremony wrote is what the door tells";
}

TEST_F(ResultsAtTheDoors, are_late_where_the_key_is_not_there_and_the_line_goes_on) {
    results.key = "pkcs11:object=nowhere";
    open_house();
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    ASSERT_EQ(line.install(bench).status, 200);
    const std::string failed = R"("event":"job.failed","job":"results")";
    EXPECT_TRUE(
        soon([&] { return testing::text_of(log_file()).find(failed) != std::string::npos; }));
    EXPECT_EQ(ask_for(of(bench)).status, 404);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM result_due"), 1);
    EXPECT_NE(fetch("ops", "/healthz/ready").find("\"ready\""), std::string::npos);

    results.key = "pkcs11:object=results-1";
    open_house();
    const json::object said = said_in(result_at(of(bench)));
    EXPECT_EQ(said.at("ear_status").as_string(), "affirming");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM result_due"), 0);
}

TEST_F(ResultsAtTheDoors, are_never_signed_by_an_intermediates_key) {
    const auto public_key = ground.at("line-1.pub");
    std::ofstream(public_key) << to_pem(parse_certificate(ground.line_1)->spki, "PUBLIC KEY");
    results = {.key = "pkcs11:object=line-1", .public_key = public_key};
    open_house();
    Bench bench(tpms[0]);
    ASSERT_EQ(station().provision(bench).status, 201);
    EXPECT_TRUE(soon([&] {
        return testing::text_of(log_file()).find("known as another holder's") != std::string::npos;
    }));
    EXPECT_EQ(ask_for(of(bench)).status, 404);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM attestation_result"), 0);
    const auto issuing = parse_public_key(parse_certificate(ground.line_1)->spki).value();
    EXPECT_EQ(key_set().find(to_base64url(issuing.subject_public_key().last(32))),
              std::string::npos);
}

TEST_F(ResultsAtTheDoors, want_a_key_that_their_algorithm_is_for) {
    const auto wrong = ground.at("p384.pub");
    std::ofstream(wrong) << to_pem(testing::make_ec_key(KeyAlgorithm::ec_p384).spki(),
                                   "PUBLIC KEY");
    for (const std::string& file : {wrong, ground.at("line-1.pem"), ground.at("nothing.pub")}) {
        results = {.key = "pkcs11:object=results-1", .public_key = file};
        EXPECT_THROW(House(config(), clock), Fault) << file;
    }
}

using HouseWithoutResults = testing::HouseTest;

TEST_F(HouseWithoutResults, says_so_and_keeps_what_they_would_be_made_of) {
    EXPECT_NE(testing::text_of(log_file()).find(R"("event":"results.off")"), std::string::npos);
    Bench bench(tpms[0]);
    ASSERT_EQ(station().provision(bench).status, 201);
    EXPECT_TRUE(soon([&] { return ask<long>("SELECT count(*) FROM result_due") == 1; }));
    open_house();  // Counts are taken at the start.
    const auto tells = [&](const std::string& line) {
        return fetch("ops", "/metrics").find("\n" + line) != std::string::npos;
    };
    EXPECT_TRUE(soon([&] { return tells("hallmark_results_waiting 1\n"); }));
    EXPECT_FALSE(tells("hallmark_results_waiting_oldest_age_seconds "));
    const std::string path = "/v1/audit/certificates/" + bench.serial() + "/result";
    EXPECT_EQ(office(ground.ada).request("GET", path).status, 404);
    EXPECT_EQ(fetch("public", "/v1/results/keys"), R"({"keys":[]})");
}

}  // namespace
}  // namespace hallmark
