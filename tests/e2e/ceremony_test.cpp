// Key ceremonies against two SoftHSM2 tokens, their results read by OpenSSL and their transcripts
// by hand.
#include "tests/e2e/ceremony_fixture.h"

#include <openssl/x509v3.h>

namespace hallmark {
namespace {

using testing::contents;
using Ceremony = testing::Ceremony;

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

X509Ptr openssl_certificate(const std::filesystem::path& path) {
    const std::string pem = contents(path);
    BIO* source = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509Ptr certificate(PEM_read_bio_X509(source, nullptr, nullptr, nullptr), X509_free);
    BIO_free(source);
    return certificate;
}

/// What OpenSSL, strict, says of `leaf` under `root` at `at`.
int openssl_verdict(X509* leaf, X509* root, Instant at) {
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, leaf, nullptr);
    X509_VERIFY_PARAM_set_time(
        X509_STORE_CTX_get0_param(context),
        std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
    X509_verify_cert(context);
    const int verdict = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return verdict;
}

TEST_F(Ceremony, makes_a_root_and_an_intermediate_that_openssl_takes) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    ASSERT_EQ(run(intermediate_ceremony()), 0) << err_.str();
    const auto root = openssl_certificate(at("root.pem"));
    const auto issuing = openssl_certificate(at("issuing.pem"));
    ASSERT_TRUE(root && issuing);
    EXPECT_EQ(openssl_verdict(issuing.get(), root.get(), now_), X509_V_OK);
    EXPECT_EQ(openssl_verdict(root.get(), root.get(), now_), X509_V_OK);
    EXPECT_EQ(X509_get_pathlen(root.get()), 1);
    EXPECT_EQ(X509_get_pathlen(issuing.get()), 0);
    EXPECT_EQ(X509_get_key_usage(issuing.get()),
              static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    EXPECT_EQ(X509_get_key_usage(root.get()),
              static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));

    const auto parsed =
        parse_certificate((*parse_pem(contents(at("issuing.pem")), "CERTIFICATE"))[0]);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->serial.size(), 20u);
    EXPECT_EQ(parsed->not_before, floor_to_second(now_));
    EXPECT_EQ(to_rfc3339(parsed->not_after), "2031-11-23T09:59:59Z");
    EXPECT_EQ(parsed->extensions.size(), 6u);
    EXPECT_TRUE(check_issuing_certificate(*parsed, now_));

    // The key that the certificate speaks of is in the online token, ready to issue.
    Token token(online_hsm_.options());
    const auto key = token.load(key_uri(online_hsm_.label(), "issuing-1", {}),
                                *parse_public_key(parsed->spki), SignatureAlgorithm::ecdsa_sha256);
    EXPECT_TRUE(key);
}

TEST_F(Ceremony, leaves_a_transcript_that_chains_and_that_the_operator_signed) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    ASSERT_EQ(run(intermediate_ceremony()), 0) << err_.str();
    EXPECT_EQ(steps_of(at("root.jsonl")),
              (std::vector<std::string>{"begin", "token-opened", "root-key-generated",
                                        "root-certificate-signed", "end"}));
    EXPECT_EQ(
        steps_of(at("issuing.jsonl")),
        (std::vector<std::string>{"begin", "root-certificate-taken", "token-opened",
                                  "intermediate-key-generated", "request-signed", "token-opened",
                                  "root-key-loaded", "intermediate-certificate-signed", "end"}));
    EXPECT_TRUE(operator_signed(at("root.jsonl")));
    EXPECT_TRUE(operator_signed(at("issuing.jsonl")));
    EXPECT_NE(contents(at("root.jsonl")).find("\"CKA_NEVER_EXTRACTABLE\":\"true\""),
              std::string::npos);
    EXPECT_EQ(contents(at("root.jsonl")).find(root_hsm_.pin()), std::string::npos);
}

TEST_F(Ceremony, may_be_held_in_three_places) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    auto request = intermediate_ceremony();
    request.root.reset();
    request.record.transcript = at("request.jsonl");
    ASSERT_EQ(run(request), 0) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("issuing.pem")));

    auto sign = intermediate_ceremony();
    sign.online.reset();
    sign.csr_out.clear();
    sign.csr_in = at("issuing.csr");
    sign.certificate_out = at("signed.pem");
    sign.record.transcript = at("sign.jsonl");
    ASSERT_EQ(run(sign), 0) << err_.str();

    auto take = intermediate_ceremony();
    take.root.reset();
    take.csr_out.clear();
    take.certificate_in = at("signed.pem");
    take.record.transcript = at("take.jsonl");
    ASSERT_EQ(run(take), 0) << err_.str();
    EXPECT_EQ(contents(at("issuing.pem")), contents(at("signed.pem")));
    EXPECT_EQ(steps_of(at("take.jsonl")),
              (std::vector<std::string>{"begin", "root-certificate-taken", "token-opened",
                                        "intermediate-key-loaded", "intermediate-certificate-taken",
                                        "end"}));

    // The root itself is no issuing certificate, and its key is in another token.
    take.certificate_in = at("root.pem");
    take.certificate_out = at("second.pem");
    take.record.transcript = at("take-root.jsonl");
    EXPECT_EQ(run(take), 3);
    EXPECT_FALSE(std::filesystem::exists(at("second.pem")));
    EXPECT_FALSE(std::filesystem::exists(at("take-root.jsonl.sig")));
}

TEST_F(Ceremony, makes_a_key_of_results_and_writes_its_public_half_twice) {
    ASSERT_EQ(run(results_key_ceremony()), 0) << err_.str();
    EXPECT_EQ(steps_of(at("results.jsonl")),
              (std::vector<std::string>{"begin", "token-opened", "results-key-generated",
                                        "results-key-written", "end"}));
    EXPECT_TRUE(operator_signed(at("results.jsonl")));
    EXPECT_NE(contents(at("results.jsonl")).find("\"CKA_NEVER_EXTRACTABLE\":\"true\""),
              std::string::npos);
    const Bytes spki = parse_pem(contents(at("results.pem")), "PUBLIC KEY").value().at(0);
    const auto key = parse_public_key(spki);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->algorithm(), KeyAlgorithm::ec_p256);
    const auto jwk = parse_json(contents(at("results.jwks")))->at("keys").at(0);
    EXPECT_EQ(jwk.at("x").as_string(), to_base64url(key->subject_public_key().subspan(1, 32)));
    EXPECT_EQ(jwk.at("y").as_string(), to_base64url(key->subject_public_key().last(32)));
    EXPECT_NE(contents(at("results.jsonl")).find(jwk.at("kid").as_string().c_str()),
              std::string::npos);
    Token token(online_hsm_.options());
    EXPECT_TRUE(token.load("pkcs11:object=results-1", *key, SignatureAlgorithm::ecdsa_sha256));
}

TEST_F(Ceremony, writes_a_request_that_openssl_takes) {
    auto request = intermediate_ceremony();
    request.root.reset();
    request.algorithm = KeyAlgorithm::rsa_2048;
    ASSERT_EQ(run(request), 0) << err_.str();
    const std::string pem = contents(at("issuing.csr"));
    BIO* bytes = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509_REQ* read = PEM_read_bio_X509_REQ(bytes, nullptr, nullptr, nullptr);
    BIO_free(bytes);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(X509_REQ_verify(read, X509_REQ_get0_pubkey(read)), 1);
    X509_REQ_free(read);
}

}  // namespace
}  // namespace hallmark
