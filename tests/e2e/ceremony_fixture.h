// What the ceremony cases share: two tokens, an operator's key, ready parameters, and a reader of
// transcripts that shares no line with their writer.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/hsm/token.h"
#include "ca/json/json.h"
#include "server/ceremony.h"
#include "tests/support/softhsm.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace hallmark::testing {

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

class Ceremony : public ::testing::Test {
protected:
    Ceremony() {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        const int descriptor =
            open(operator_key().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        std::FILE* file = fdopen(descriptor, "w");
        EXPECT_EQ(PEM_write_PKCS8PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
        std::fclose(file);
        unsigned char* encoded = nullptr;
        const int octets = i2d_PUBKEY(key, &encoded);
        operator_public_ = *parse_public_key(ByteView(encoded, static_cast<std::size_t>(octets)));
        OPENSSL_free(encoded);
        EVP_PKEY_free(key);
    }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return dir_.path() / name;
    }
    [[nodiscard]] std::filesystem::path operator_key() const { return at("operator.pem"); }
    static TokenSource source(const SoftHsm& hsm) {
        return {hsm.module_path(), hsm.label(), hsm.pin_file().string()};
    }

    [[nodiscard]] RootCeremony root_ceremony() const {
        return {
            .token = source(root_hsm_),
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

    [[nodiscard]] ResultsKeyCeremony results_key_ceremony() const {
        return {.token = source(online_hsm_),
                .key_label = "results-1",
                .public_key_out = at("results.pem"),
                .key_set_out = at("results.jwks"),
                .record = {.transcript = at("results.jsonl"), .operator_key = operator_key()},
                .now = now_};
    }

    int run(const ResultsKeyCeremony& ceremony) {
        return ceremony_results_key(ceremony, out_, err_);
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
                                as_bytes(contents(transcript)),
                                as_bytes(contents(transcript.string() + ".sig")));
    }
    [[nodiscard]] bool refused_with(const std::string& text) const {
        return err_.str().find(text) != std::string::npos;
    }

    TempDir dir_;
    SoftHsm root_hsm_ = SoftHsm::make_token("root");
    SoftHsm online_hsm_ = SoftHsm::make_token("online");
    std::optional<PublicKey> operator_public_;
    Instant now_ = *from_rfc3339("2026-11-23T10:00:00.25Z");
    std::ostringstream out_;
    std::ostringstream err_;
};

}  // namespace hallmark::testing
