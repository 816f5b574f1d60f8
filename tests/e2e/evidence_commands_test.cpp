// `hallmark evidence verify` and `hallmark chain verify` as the command line calls them: exit
// status, and where the words go.
#include "server/evidence_commands.h"

#include "ca/attestation/family.h"
#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "station/simulator/soft_tpm.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

const Instant today = from_rfc3339("2026-11-23T12:00:00Z").value();

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

Outcome run(const EvidenceVerifyArguments& arguments) {
    std::ostringstream out, err;
    const int status = evidence_verify(arguments, out, err);
    return {status, out.str(), err.str()};
}

Outcome run(const ChainVerifyArguments& arguments) {
    std::ostringstream out, err;
    const int status = chain_verify(arguments, out, err);
    return {status, out.str(), err.str()};
}

// ------------------------------------------------------------------------------------------

class EvidenceCommand : public ::testing::Test {
protected:
    void SetUp() override {
        write("roots.pem", to_pem(vendor.root(), "CERTIFICATE"));
        write("csr.der", std::string(as_text(csr)));
        write("csr.pem", to_pem(csr, "CERTIFICATE REQUEST"));
        write("key.pem", to_pem(leaf.spki(), "PUBLIC KEY"));
        write("other.pem", to_pem(soft_object(SoftKeyKind::ec_p256, {}).spki(), "PUBLIC KEY"));
        statement = soft_certify(ak, leaf, challenge_nonce("factory", challenge, leaf.spki()));
        write_evidence();

        good.format = "tpm2";
        good.roots = file("roots.pem");
        good.evidence = file("evidence.json");
        good.challenge = to_base64(challenge);
        good.csr = file("csr.der");
        good.activation_secret = to_hex(secret);
        good.now = today;
    }

    void write_evidence() {
        const auto text = [](ByteView octets) { return boost::json::string(to_base64(octets)); };
        boost::json::object document;
        document["format"] = "tpm2";
        document["ek_chain"] = {text(tpm.ek_chain()[0]), text(tpm.ek_chain()[1])};
        document["ak_public"] = text(ak.public_area());
        document["key_public"] = text(leaf.public_area());
        document["attest"] = text(statement.attest);
        document["signature"] = text(statement.signature);
        document["activation"] =
            text(activation_proof(secret, {.challenge = challenge,
                                           .ek_certificate = sha256(tpm.ek_chain()[0]),
                                           .ak_name = ak.name(),
                                           .attest = sha256(statement.attest),
                                           .csr = sha256(csr)}));
        write("evidence.json", canonical_json(document));
    }

    [[nodiscard]] std::string file(const char* name) const { return (dir.path() / name).string(); }
    void write(const char* name, const std::string& text) const {
        std::ofstream(file(name), std::ios::binary) << text;
    }

    TempDir dir;
    SoftVendor vendor{"STM"};
    SoftTpm tpm{vendor, SoftKeyKind::ec_p256};
    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    SoftObject leaf = soft_object(SoftKeyKind::ec_p256, {});
    Bytes csr = soft_csr(leaf.key.get());
    Bytes challenge = random_bytes(32);
    Bytes secret = random_bytes(32);
    SoftStatement statement;
    EvidenceVerifyArguments good;
};

TEST_F(EvidenceCommand, verifies_the_whole_round_from_challenge_and_request) {
    for (const char* request : {"csr.der", "csr.pem"}) {
        good.csr = file(request);
        const Outcome outcome = run(good);
        ASSERT_EQ(outcome.status, 0) << outcome.err;
        const auto claims = parse_json(outcome.out).value().as_object();
        EXPECT_EQ(claims.at("freshness").as_string(), "nonce");
        EXPECT_EQ(claims.at("vendor").as_string(), "stm");
        EXPECT_EQ(claims.at("assurance").as_string(), "hw-key-attested");
        EXPECT_EQ(claims.at("detail").as_object().at("activation").as_string(), "proven");
        EXPECT_EQ(claims.at("revocation").as_string(), "unchecked");
        EXPECT_FALSE(claims.contains("activation"));
    }
}

TEST_F(EvidenceCommand, says_in_the_claims_what_it_was_told_not_to_check) {
    good.challenge = good.csr = good.activation_secret = std::nullopt;
    good.any_nonce = good.any_activation = true;
    const Outcome outcome = run(good);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto claims = parse_json(outcome.out).value().as_object();
    EXPECT_EQ(claims.at("freshness").as_string(), "unchecked");
    EXPECT_EQ(claims.at("activation").as_string(), "unchecked");
    EXPECT_EQ(claims.at("revocation").as_string(), "unchecked");
}

struct Change {
    std::string name;
    int status = 0;
    std::string words;
    std::function<void(EvidenceVerifyArguments&, const std::function<std::string(const char*)>&)>
        change;
};

class EvidenceCommandChange : public EvidenceCommand,
                              public ::testing::WithParamInterface<Change> {};

TEST_P(EvidenceCommandChange, has_its_own_status_and_words) {
    GetParam().change(good, [&](const char* name) { return file(name); });
    const Outcome outcome = run(good);
    EXPECT_EQ(outcome.status, GetParam().status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(GetParam().words), std::string::npos) << outcome.err;
}

using A = EvidenceVerifyArguments;
using F = std::function<std::string(const char*)>;

INSTANTIATE_TEST_SUITE_P(
    Usage, EvidenceCommandChange,
    ::testing::Values(
        Change{"unknown_format", 2, "unknown format tpm3",
               [](A& a, const F&) { a.format = "tpm3"; }},
        Change{"no_freshness", 2, "give one of", [](A& a, const F&) { a.challenge.reset(); }},
        Change{"two_kinds_of_freshness", 2, "give one of",
               [](A& a, const F&) { a.any_nonce = true; }},
        Change{"challenge_without_csr", 2, "go together", [](A& a, const F&) { a.csr.reset(); }},
        Change{"nonce_with_csr", 2, "go together",
               [](A& a, const F&) {
                   a.challenge.reset();
                   a.nonce = "00";
               }},
        Change{"secret_without_challenge", 2, "needs --challenge",
               [](A& a, const F&) {
                   a.challenge = a.csr = std::nullopt;
                   a.nonce = std::string(64, '0');
               }},
        Change{"neither_secret_nor_any", 2, "needs --activation-secret or --any-activation",
               [](A& a, const F&) { a.activation_secret.reset(); }},
        Change{"both_secret_and_any", 2, "not both",
               [](A& a, const F&) { a.any_activation = true; }},
        Change{"challenge_not_base64", 2, "--challenge: not base64",
               [](A& a, const F&) { a.challenge = "*"; }},
        Change{"challenge_short", 2, "--challenge: not 32 octets",
               [](A& a, const F&) { a.challenge = "AQ=="; }},
        Change{"secret_not_hex", 2, "--activation-secret: not hex",
               [](A& a, const F&) { a.activation_secret = "xy"; }},
        Change{"unknown_door", 2, "--door is factory or field",
               [](A& a, const F&) { a.door = "office"; }},
        Change{"at_strange", 2, "--at: not RFC 3339", [](A& a, const F&) { a.at = "yesterday"; }},
        Change{"no_such_evidence", 2, "--evidence",
               [](A& a, const F& f) { a.evidence = f("nothing.json"); }},
        Change{"no_such_roots", 2, "--roots", [](A& a, const F& f) { a.roots = f("nothing.pem"); }},
        Change{"roots_without_certificate", 2, "no certificate",
               [](A& a, const F& f) { a.roots = f("key.pem"); }},
        Change{"key_not_of_the_csr", 2, "--key is not the key of --csr",
               [](A& a, const F& f) { a.key = f("other.pem"); }},
        Change{"status_for_a_format_without_one", 2, "--status",
               [](A& a, const F& f) { a.status = f("evidence.json"); }}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Refused, EvidenceCommandChange,
    ::testing::Values(
        Change{"other_door", 3, "nonce: not the one", [](A& a, const F&) { a.door = "field"; }},
        Change{"other_secret", 3, "activation: not made with",
               [](A& a, const F&) { a.activation_secret = std::string(64, '1'); }},
        Change{"other_vendor", 3, "vendor: the certificate names stm",
               [](A& a, const F&) { a.vendor = "infineon"; }},
        Change{"after_expiry", 3, "chain: ", [](A& a, const F&) { a.at = "2046-01-01T00:00:00Z"; }},
        Change{"evidence_no_json", 3, "malformed-request",
               [](A& a, const F& f) { a.evidence = f("key.pem"); }},
        Change{"csr_malformed", 3, "csr-not-accepted",
               [](A& a, const F& f) { a.csr = f("evidence.json"); }},
        Change{"other_key", 3, "key: the attested key is not the request's",
               [](A& a, const F& f) {
                   a.challenge = a.csr = a.activation_secret = std::nullopt;
                   a.any_nonce = a.any_activation = true;
                   a.key = f("other.pem");
               }},
        Change{"as_json", 3, R"("reason":"evidence-not-accepted")",
               [](A& a, const F&) {
                   a.door = "field";
                   a.json = true;
               }}),
    [](const auto& row) { return row.param.name; });

TEST_F(EvidenceCommand, verifies_a_chain_alone) {
    write("leaf.pem", to_pem(tpm.ek_chain()[0], "CERTIFICATE"));
    write("between.pem", to_pem(vendor.intermediate(), "CERTIFICATE"));
    ChainVerifyArguments arguments{.roots = file("roots.pem"),
                                   .intermediates = file("between.pem"),
                                   .leaf = file("leaf.pem"),
                                   .purpose = "tpm-ek",
                                   .at = std::nullopt,
                                   .json = true,
                                   .now = today};
    const Outcome good_chain = run(arguments);
    ASSERT_EQ(good_chain.status, 0) << good_chain.err;
    EXPECT_EQ(parse_json(good_chain.out).value().at("anchor").as_string(),
              to_hex(sha256(vendor.root())));

    arguments.intermediates.reset();
    const Outcome no_path = run(arguments);
    EXPECT_EQ(no_path.status, 3);
    EXPECT_NE(no_path.err.find("no path to a pinned root"), std::string::npos) << no_path.err;

    arguments.purpose = "tea";
    EXPECT_EQ(run(arguments).status, 2);
}

}  // namespace
}  // namespace hallmark
