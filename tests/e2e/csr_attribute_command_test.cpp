// `hallmark evidence verify --format csr-attribute`: the evidence stands in the request, and beside
// it there is none.
#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "server/evidence_commands.h"
#include "station/csr.h"
#include "station/protocol_proofs.h"
#include "station/simulator/soft_csr_attribute.h"
#include "station/simulator/soft_key_attestation.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

class PackedEvidenceCommand : public ::testing::Test {
public:
    PackedEvidenceCommand() {
        write("roots.pem", to_pem(maker.root(), "CERTIFICATE"));
        bundle.statements = {{.type = "1.3.6.1.5.5.999", .stmt = report()}};
        given.format = "csr-attribute";
        given.roots = file("roots.pem");
        given.challenge = to_base64(challenge);
        given.csr = file("request.der");
        given.now = from_rfc3339("2026-11-23T12:00:00Z").value();
    }
    [[nodiscard]] Bytes nonce() const {
        return nonce_for({.door = "factory", .challenge = challenge, .spki = spki_of(key.get())});
    }
    [[nodiscard]] Bytes report() const { return attester.attest(spki_of(key.get()), nonce()); }
    [[nodiscard]] std::string file(const char* name) const { return (dir.path() / name).string(); }
    void write(const char* name, const std::string& text) const {
        std::ofstream(file(name), std::ios::binary) << text;
    }
    Outcome run() {
        std::vector<Bytes> attributes;
        if (!bundle.statements.empty())
            attributes.push_back(soft_attestation_attribute({bundle.der()}));
        const Bytes request = make_csr(
            {.spki = spki_of(key.get()), .nonce = nonce(), .attributes = std::move(attributes)},
            [&](ByteView message) { return sign_sha256(key.get(), message); });
        write("request.der", std::string(as_text(request)));
        std::ostringstream out, err;
        const int status = evidence_verify(given, out, err);
        return {status, out.str(), err.str()};
    }

    testing::TempDir dir;
    SoftHsmMaker maker;
    SoftKeyAttester attester{maker, "hsm-17"};
    PkeyPtr key = soft_p256_key();
    Bytes challenge = Bytes(32, 5);
    SoftCsrBundle bundle;
    EvidenceVerifyArguments given;
};

TEST_F(PackedEvidenceCommand, verifies_what_stands_in_the_request) {
    const Outcome outcome = run();
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto claims = parse_json(outcome.out).value().as_object();
    EXPECT_EQ(claims.at("format").as_string(), "pkix-key-attestation");
    EXPECT_EQ(claims.at("freshness").as_string(), "nonce");
    EXPECT_EQ(claims.at("detail").as_object().at("packaging").as_string(), "csr-attribute");
}

TEST_F(PackedEvidenceCommand, takes_a_nonce_or_none_with_the_request_alone) {
    given.challenge.reset();
    given.nonce = to_hex(nonce());
    EXPECT_EQ(run().status, 0);
    given.nonce = std::string(64, '0');
    EXPECT_EQ(run().status, 3);
    given.nonce.reset();
    given.any_nonce = true;
    const Outcome outcome = run();
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(parse_json(outcome.out).value().at("freshness").as_string(), "unchecked");
}

TEST_F(PackedEvidenceCommand, takes_a_document_that_says_no_more) {
    given.evidence = file("evidence.json");
    write("evidence.json", R"({"format": "csr-attribute"})");
    EXPECT_EQ(run().status, 0);
    write("evidence.json", R"({"format": "csr-attribute", "evidence": "AQ=="})");
    const Outcome outcome = run();
    EXPECT_EQ(outcome.status, 3);
    EXPECT_NE(outcome.err.find("member: unknown: evidence"), std::string::npos) << outcome.err;
}

TEST_F(PackedEvidenceCommand, reads_the_syntax_that_it_is_told) {
    bundle.statements[0].hint = "verifier.example";
    const Outcome latest = run();
    EXPECT_EQ(latest.status, 3);
    EXPECT_NE(latest.err.find("more than type and stmt"), std::string::npos) << latest.err;
    given.csr_attribute_syntax = "2025";
    EXPECT_EQ(run().status, 0);
}

struct Change {
    std::string name;
    int status = 0;
    std::string words;
    std::function<void(PackedEvidenceCommand&)> change;
};
class PackedEvidenceCommandChange : public PackedEvidenceCommand,
                                    public ::testing::WithParamInterface<Change> {};

TEST_P(PackedEvidenceCommandChange, has_its_own_status_and_words) {
    GetParam().change(*this);
    const Outcome outcome = run();
    EXPECT_EQ(outcome.status, GetParam().status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(GetParam().words), std::string::npos) << outcome.err;
}

using C = PackedEvidenceCommand;

INSTANTIATE_TEST_SUITE_P(
    All, PackedEvidenceCommandChange,
    ::testing::Values(
        Change{"no_request", 2, "csr-attribute needs --csr",
               [](C& c) {
                   c.given.challenge = c.given.csr = std::nullopt;
                   c.given.any_nonce = true;
               }},
        Change{"no_freshness", 2, "give one of", [](C& c) { c.given.challenge.reset(); }},
        Change{"unknown_syntax", 2, "--csr-attribute-syntax is 2026 or 2025",
               [](C& c) { c.given.csr_attribute_syntax = "2024"; }},
        Change{"syntax_of_another_format", 2, "--csr-attribute-syntax goes with",
               [](C& c) {
                   c.given.format = "pkix-key-attestation";
                   c.given.csr_attribute_syntax = "2025";
               }},
        Change{"activation", 2, "csr-attribute has no activation",
               [](C& c) { c.given.activation_secret = "00"; }},
        Change{"no_evidence_of_another_format", 2, "--evidence is missing",
               [](C& c) { c.given.format = "pkix-key-attestation"; }},
        Change{"no_attribute", 3, "attribute: the request has none",
               [](C& c) { c.bundle.statements.clear(); }},
        Change{"beside_evidence_of_another_format", 3, "attribute: beside evidence of another",
               [](C& c) {
                   c.given.format = "pkix-key-attestation";
                   c.given.evidence = c.file("evidence.json");
                   c.write("evidence.json", R"({"format": "pkix-key-attestation", "evidence": ")" +
                                                to_base64(c.report()) + "\"}");
               }},
        Change{"a_document_of_another_format", 3, "format: the evidence says webauthn",
               [](C& c) {
                   c.given.evidence = c.file("evidence.json");
                   c.write("evidence.json", R"({"format": "webauthn"})");
               }},
        Change{"another_door", 3, "nonce: not the one", [](C& c) { c.given.door = "field"; }},
        Change{"another_key", 3, "key: not among those",
               [](C& c) {
                   const PkeyPtr other = soft_p256_key();
                   c.bundle.statements[0].stmt = c.attester.attest(spki_of(other.get()), c.nonce());
               }},
        Change{"another_root", 3, "chain: no path",
               [](C& c) { c.write("roots.pem", to_pem(SoftHsmMaker().root(), "CERTIFICATE")); }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
