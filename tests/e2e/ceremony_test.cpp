// Key ceremonies against two SoftHSM2 tokens, their results read by OpenSSL and their transcripts by hand.
#include "server/ceremony.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "ca/crypto/certificate.h"
#include "ca/hsm/token.h"
#include "ca/json/json.h"
#include "tests/support/softhsm.h"
#include "tests/support/temp_dir.h"

namespace hallmark {
namespace {

using testing::SoftHsm;

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

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
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context),
                               std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
    X509_verify_cert(context);
    const int verdict = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return verdict;
}

class Ceremony : public ::testing::Test {
protected:
    Ceremony() {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        const int descriptor = open(operator_key().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        std::FILE* file = fdopen(descriptor, "w");
        EXPECT_EQ(PEM_write_PKCS8PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
        std::fclose(file);
        unsigned char* encoded = nullptr;
        const int octets = i2d_PUBKEY(key, &encoded);
        operator_public_ = *parse_public_key(ByteView(encoded, static_cast<std::size_t>(octets)));
        OPENSSL_free(encoded);
        EVP_PKEY_free(key);
    }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const { return dir_.path() / name; }
    [[nodiscard]] std::filesystem::path operator_key() const { return at("operator.pem"); }
    static TokenSource source(const SoftHsm& hsm) {
        return {hsm.module_path(), hsm.label(), hsm.pin_file().string()};
    }

    [[nodiscard]] RootCeremony root_ceremony() const {
        return {.token = source(root_hsm_),
                .key_label = "root",
                .algorithm = KeyAlgorithm::ec_p384,
                .subject = {.common_name = "Test Root", .organization = "Éprouvette", .country = "CH"},
                .years = 20,
                .certificate_out = at("root.pem"),
                .record = {.transcript = at("root.jsonl"), .operator_key = operator_key()},
                .now = now_};
    }
    [[nodiscard]] IntermediateCeremony intermediate_ceremony() const {
        return {.online = source(online_hsm_),
                .key_label = "issuing-1",
                .algorithm = KeyAlgorithm::ec_p256,
                .subject = {.common_name = "Test Issuing 1", .organization = {}, .country = {}},
                .years = 5,
                .csr_out = at("issuing.csr"),
                .csr_in = {},
                .root = RootSide{source(root_hsm_), "root"},
                .root_certificate = at("root.pem"),
                .certificate_in = {},
                .crl_url = "http://pki.example.com/root.crl",
                .issuer_url = "http://pki.example.com/root.cer",
                .certificate_out = at("issuing.pem"),
                .record = {.transcript = at("issuing.jsonl"), .operator_key = operator_key()},
                .now = now_};
    }

    int run(const RootCeremony& ceremony) { return ceremony_root(ceremony, out_, err_); }
    int run(const IntermediateCeremony& ceremony) {
        err_.str({});
        return ceremony_intermediate(ceremony, out_, err_);
    }

    /// Steps of a transcript whose chain of digests holds.
    static std::vector<std::string> steps_of(const std::filesystem::path& path) {
        std::ifstream in(path);
        std::vector<std::string> steps;
        Digest previous{};
        for (std::string line; std::getline(in, line);) {
            const auto value = *parse_json(line);
            EXPECT_EQ(value.at("previous").as_string(), to_hex(previous));
            EXPECT_EQ(value.at("line").as_int64(), static_cast<std::int64_t>(steps.size() + 1));
            if (value.at("step").as_string() == "end") {
                EXPECT_EQ(value.at("chain").as_string(), to_hex(previous));
            }
            previous = sha256(as_bytes(line));
            steps.emplace_back(value.at("step").as_string());
        }
        return steps;
    }
    [[nodiscard]] bool operator_signed(const std::filesystem::path& transcript) const {
        return verify_signature(*operator_public_, SignatureAlgorithm::ecdsa_sha256,
                                as_bytes(contents(transcript)), as_bytes(contents(transcript.string() + ".sig")));
    }
    [[nodiscard]] bool refused_with(const std::string& text) const {
        return err_.str().find(text) != std::string::npos;
    }

    testing::TempDir dir_;
    SoftHsm root_hsm_ = SoftHsm::make_token("root");
    SoftHsm online_hsm_ = SoftHsm::make_token("online");
    std::optional<PublicKey> operator_public_;
    Instant now_ = *from_rfc3339("2026-11-23T10:00:00.25Z");
    std::ostringstream out_;
    std::ostringstream err_;
};

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
    EXPECT_EQ(X509_get_key_usage(issuing.get()), static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    EXPECT_EQ(X509_get_key_usage(root.get()), static_cast<std::uint32_t>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));

    const auto parsed = parse_certificate((*parse_pem(contents(at("issuing.pem")), "CERTIFICATE"))[0]);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->serial.size(), 20u);
    EXPECT_EQ(parsed->not_before, floor_to_second(now_));
    EXPECT_EQ(to_rfc3339(parsed->not_after), "2031-11-23T09:59:59Z");
    EXPECT_EQ(parsed->extensions.size(), 6u);
    EXPECT_TRUE(check_issuing_certificate(*parsed, now_));

    // The key that the certificate speaks of is in the online token, ready to issue.
    Token token(online_hsm_.options());
    const auto key = token.load(key_uri(online_hsm_.label(), "issuing-1", {}), *parse_public_key(parsed->spki),
                                SignatureAlgorithm::ecdsa_sha256);
    EXPECT_TRUE(key);
}

TEST_F(Ceremony, leaves_a_transcript_that_chains_and_that_the_operator_signed) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    ASSERT_EQ(run(intermediate_ceremony()), 0) << err_.str();
    EXPECT_EQ(steps_of(at("root.jsonl")),
              (std::vector<std::string>{"begin", "token-opened", "root-key-generated", "root-certificate-signed",
                                        "end"}));
    EXPECT_EQ(steps_of(at("issuing.jsonl")),
              (std::vector<std::string>{"begin", "root-certificate-taken", "token-opened",
                                        "intermediate-key-generated", "request-signed", "token-opened",
                                        "root-key-loaded", "intermediate-certificate-signed", "end"}));
    EXPECT_TRUE(operator_signed(at("root.jsonl")));
    EXPECT_TRUE(operator_signed(at("issuing.jsonl")));
    EXPECT_NE(contents(at("root.jsonl")).find("\"CKA_NEVER_EXTRACTABLE\":\"true\""), std::string::npos);
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
                                        "intermediate-key-loaded", "intermediate-certificate-taken", "end"}));

    // The root itself is no issuing certificate, and its key is in another token.
    take.certificate_in = at("root.pem");
    take.certificate_out = at("second.pem");
    take.record.transcript = at("take-root.jsonl");
    EXPECT_EQ(run(take), 3);
    EXPECT_FALSE(std::filesystem::exists(at("second.pem")));
    EXPECT_FALSE(std::filesystem::exists(at("take-root.jsonl.sig")));
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

TEST_F(Ceremony, refuses_a_label_that_is_taken_and_signs_no_transcript) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    auto again = root_ceremony();
    again.certificate_out = at("root-2.pem");
    again.record.transcript = at("root-2.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_TRUE(refused_with("refused (conflict)")) << err_.str();
    EXPECT_EQ(steps_of(at("root-2.jsonl")), (std::vector<std::string>{"begin", "token-opened", "refused"}));
    EXPECT_FALSE(std::filesystem::exists(at("root-2.pem")));
    EXPECT_FALSE(std::filesystem::exists(at("root-2.jsonl.sig")));
}

TEST_F(Ceremony, overwrites_nothing) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    const std::string before = contents(at("root.jsonl"));
    EXPECT_EQ(run(root_ceremony()), 3);
    EXPECT_TRUE(refused_with("nothing is overwritten"));
    EXPECT_EQ(contents(at("root.jsonl")), before);
    auto again = root_ceremony();
    again.record.transcript = at("root-2.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_EQ(steps_of(at("root-2.jsonl")), (std::vector<std::string>{"begin", "refused"}));
}

TEST_F(Ceremony, refuses_an_intermediate_that_would_outlive_its_root) {
    auto root = root_ceremony();
    root.years = 4;
    ASSERT_EQ(run(root), 0) << err_.str();
    EXPECT_EQ(run(intermediate_ceremony()), 3);
    EXPECT_TRUE(refused_with("would outlive its root, which ends 2030-11-23T09:59:59Z")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("issuing.pem")));
}

TEST_F(Ceremony, refuses_a_certificate_whose_key_is_not_in_the_token) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    ASSERT_EQ(run(intermediate_ceremony()), 0) << err_.str();
    auto second = intermediate_ceremony();
    second.root.reset();
    second.key_label = "issuing-2";
    second.csr_out = at("second.csr");
    second.record.transcript = at("second.jsonl");
    ASSERT_EQ(run(second), 0) << err_.str();
    auto take = second;
    take.csr_out.clear();
    take.certificate_in = at("issuing.pem");  // Of the first key.
    take.certificate_out = at("second.pem");
    take.record.transcript = at("take.jsonl");
    EXPECT_EQ(run(take), 3);
    EXPECT_TRUE(refused_with("another public key")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("second.pem")));
}

TEST_F(Ceremony, refuses_an_operators_key_that_others_may_use) {
    ASSERT_EQ(chmod(operator_key().c_str(), 0644), 0);
    EXPECT_EQ(run(root_ceremony()), 3);
    EXPECT_TRUE(refused_with("make it mode 0600")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("root.jsonl")));
}

TEST_F(Ceremony, throws_when_the_token_refuses_the_pin) {
    auto root = root_ceremony();
    root.token.pin_source = at("wrong.pin").string();
    std::ofstream(root.token.pin_source) << "0000-wrong\n";
    ASSERT_EQ(chmod(root.token.pin_source.c_str(), 0600), 0);
    EXPECT_THROW((void)run(root), HsmFault);
    EXPECT_FALSE(std::filesystem::exists(at("root.pem")));
    EXPECT_EQ(steps_of(at("root.jsonl")), (std::vector<std::string>{"begin"}));
}

TEST_F(Ceremony, refuses_what_makes_no_sense_before_a_key_is_made) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    struct Case {
        const char* text;
        std::function<void(IntermediateCeremony&)> change;
    };
    const Case cases[] = {
        {"1 to 100 years", [](auto& c) { c.years = 0; }},
        {"1 to 100 years", [](auto& c) { c.years = 101; }},
        {"common name", [](auto& c) { c.subject.common_name.clear(); }},
        {"common name", [](auto& c) { c.subject.common_name = std::string(65, 'a'); }},
        {"common name", [](auto& c) { c.subject.common_name = "a\nb"; }},
        {"country", [](auto& c) { c.subject.country = "ch"; }},
        {"http://", [](auto& c) { c.crl_url = "https://pki.example.com/root.crl"; }},
        {"http://", [](auto& c) { c.issuer_url = "http://pki example"; }},
        {"neither an online token nor a CSR", [](auto& c) { c.online.reset(); }},
        {"the online token is given too", [](auto& c) { c.csr_in = "request.csr"; }},
        {"no label", [](auto& c) { c.key_label.clear(); }},
        {"nothing is requested or signed", [](auto& c) { c.certificate_in = "certificate.pem"; }},
        {"root's certificate is not given", [](auto& c) { c.root_certificate.clear(); }},
        {"cannot read", [](auto& c) { c.root_certificate = "/nonexistent.pem"; }},
        {"no path is given for the certificate", [](auto& c) { c.certificate_out.clear(); }},
        {"no path is given for the CSR",
         [](auto& c) {
             c.root.reset();
             c.csr_out.clear();
         }},
    };
    int number = 0;
    for (const Case& one : cases) {
        auto ceremony = intermediate_ceremony();
        ceremony.record.transcript = at("case-" + std::to_string(++number) + ".jsonl");
        one.change(ceremony);
        EXPECT_EQ(run(ceremony), 3) << one.text;
        EXPECT_TRUE(refused_with(one.text)) << one.text << ": " << err_.str();
        const auto steps = steps_of(ceremony.record.transcript);
        EXPECT_EQ(std::count(steps.begin(), steps.end(), "intermediate-key-generated"), 0) << one.text;
    }
}

}  // namespace
}  // namespace hallmark
