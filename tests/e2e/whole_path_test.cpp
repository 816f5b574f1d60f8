// One device from its challenge to its certificate in use, and what everybody can read of it after.
#include "tests/e2e/house_fixture.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace hallmark {
namespace {

using testing::Bench;
using testing::Groundwork;
using testing::Standing;
namespace json = boost::json;

class WholePath : public testing::HouseTest {
protected:
    /// What OpenSSL, strict, says of the leaf as a TLS client's, under the root alone.
    [[nodiscard]] int openssl_verdict(const Bench& bench) const {
        const auto leaf = openssl_certificate(bench.certificate());
        const auto root = openssl_certificate(ground.root);
        const auto issuer = openssl_certificate(
            parse_pem(bench.issued.at("chain").at(0).as_string(), "CERTIFICATE").value().at(0));
        X509_STORE* store = X509_STORE_new();
        X509_STORE_add_cert(store, root.get());
        X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
        STACK_OF(X509)* untrusted = sk_X509_new_null();
        sk_X509_push(untrusted, issuer.get());
        X509_STORE_CTX* context = X509_STORE_CTX_new();
        X509_STORE_CTX_init(context, store, leaf.get(), untrusted);
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
        X509_verify_cert(context);
        const int verdict = X509_STORE_CTX_get_error(context);
        X509_STORE_CTX_free(context);
        X509_STORE_free(store);
        sk_X509_free(untrusted);
        return verdict;
    }
    static X509Ptr openssl_certificate(const Bytes& der) {
        const unsigned char* cursor = der.data();
        return X509Ptr(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
    }
    [[nodiscard]] std::vector<std::string> types_in(const json::value& events) const {
        std::vector<std::string> types;
        for (const auto& event : events.as_array())
            types.emplace_back(event.at("type").as_string());
        return types;
    }
};

TEST_F(WholePath, a_device_gets_one_certificate_that_openssl_takes) {
    const Standing before = standing();
    auto line = station();
    Bench bench(tpms[0]);
    const auto answer = line.provision(bench);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(bench.issued.at("state").as_string(), "issued");
    EXPECT_EQ(bench.device(), "tpm-gateway:gw-1");
    EXPECT_EQ(openssl_verdict(bench), X509_V_OK);

    const auto certificate = parse_certificate(bench.certificate());
    ASSERT_TRUE(certificate) << certificate.error().detail;
    EXPECT_EQ(to_hex(certificate->serial), bench.serial());
    EXPECT_EQ(certificate->spki, bench.leaf.spki());

    Standing expected = before;
    expected.credentials = expected.intents = expected.bodies = expected.devices = 1;
    expected.bound = expected.names = 1;
    expected.charges = 3;  // The station's, the lot's and the intermediate's.
    ++expected.known_keys;
    ++expected.events;
    ++expected.signatures;
    EXPECT_EQ(standing(), expected);
}

TEST_F(WholePath, a_name_that_stands_twice_in_a_certificate_is_one_name) {
    const std::string name = R"([[extensions.subject_alt_names]]
type = "uri"
value = "urn:example:{device}"

)";
    apply(replaced(policy_text(), "[limits]", name + name + "[limits]"));
    auto line = station();
    Bench bench(tpms[0]);
    const auto answer = line.provision(bench);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential_name WHERE kind = 'san'"), 1);
}

TEST_F(WholePath, an_installed_certificate_makes_the_device_provisioned) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const auto answer = line.install(bench);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(json::parse(answer.body).at("state").as_string(), "installed");
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "active");
    EXPECT_EQ(ask<std::string>("SELECT state FROM device"), "provisioned");
    EXPECT_EQ(ask<bool>("SELECT accepted FROM oracle_verdict"), true);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM installation"), 1);

    const auto found = line.get("/v1/issuances/" + bench.issuance());
    ASSERT_EQ(found.status, 200);
    EXPECT_EQ(json::parse(found.body).at("certificate"), bench.issued.at("certificate"));
}

TEST_F(WholePath, the_intent_is_of_the_very_bytes_that_were_signed) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    const auto certificate = parse_certificate(bench.certificate()).value();
    EXPECT_EQ(ask<std::string>("SELECT encode(tbs, 'hex') FROM intent"), to_hex(certificate.tbs));
    EXPECT_TRUE(
        ask<bool>("SELECT i.at <= b.at FROM intent i JOIN credential_body b USING (serial)"));
}

TEST_F(WholePath, an_auditor_reads_what_had_to_be_trusted) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    ASSERT_EQ(line.install(bench).status, 200);
    auto desk = office(ground.ada);

    const auto timeline = desk.request("GET", "/v1/audit/devices/" + bench.device() + "/timeline");
    ASSERT_EQ(timeline.status, 200) << timeline.body;
    EXPECT_EQ(types_in(json::parse(timeline.body).at("events")),
              (std::vector<std::string>{"credential.issued", "credential.installed"}));

    const auto record = desk.request("GET", "/v1/audit/certificates/" + bench.serial());
    ASSERT_EQ(record.status, 200) << record.body;
    const auto body = json::parse(record.body);
    EXPECT_EQ(body.at("station").as_string(), "station-1");
    EXPECT_EQ(body.at("lot").as_string(), "lot-1");
    EXPECT_EQ(body.at("element").as_string(), "swtpm/gw-1");
    EXPECT_EQ(body.at("intermediate").as_string(), "line-1");
    EXPECT_EQ(body.at("state").as_string(), "active");
    EXPECT_EQ(body.at("policy").as_string(),
              to_hex(registry.current_policy(ProductId("tpm-gateway"))->digest()));
    EXPECT_EQ(body.at("evidence").as_string(), to_hex(sha256(as_bytes(bench.sent))));
    EXPECT_EQ(body.at("claims").at("anchor").as_string(), to_hex(sha256(ground.maker.root())));
    EXPECT_EQ(body.at("claims").at("assurance").as_string(), "hw-key-attested");
    EXPECT_EQ(body.at("certificate"), bench.issued.at("certificate"));

    const auto search =
        desk.request("GET", "/v1/audit/events?station=station-1&serial=" + bench.serial());
    ASSERT_EQ(search.status, 200);
    EXPECT_EQ(json::parse(search.body).at("events").as_array().size(), 2u);
}

}  // namespace
}  // namespace hallmark
