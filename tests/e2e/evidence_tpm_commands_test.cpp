// What TPMs need of `hallmark evidence verify` and `hallmark chain verify` beyond the rest: TCG's
// own request with its activation, issuers that the evidence lacks, and the exceptions of real
// makers.
#include "ca/attestation/family.h"
#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "server/evidence_commands.h"
#include "station/simulator/soft_tpm.h"
#include "station/simulator/tcg_csr.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;
using ::testing::HasSubstr;

struct Told {
    int status = 0;
    std::string out;
    std::string err;
};

class TpmEvidenceCommand : public ::testing::Test {
protected:
    void SetUp() override {
        write("roots.pem", to_pem(vendor.root(), "CERTIFICATE"));
        write("issuers.pem", to_pem(vendor.intermediate(), "CERTIFICATE"));
        write("csr.der", std::string(as_text(csr)));
        write("evidence.json", evidence());
        good.format = "tcg-csr-idevid";
        good.roots = file("roots.pem");
        good.intermediates = file("issuers.pem");
        good.evidence = file("evidence.json");
        good.challenge = to_base64(challenge);
        good.csr = file("csr.der");
        good.activation_secret = to_hex(secret);
        good.now = from_rfc3339("2026-11-23T12:00:00Z").value();
    }

    [[nodiscard]] std::string evidence() const {
        const SoftStatement statement =
            soft_certify(ak, leaf, challenge_nonce("factory", challenge, leaf.spki()));
        TcgCsrContents contents;
        contents.product_model = "Board 7";
        contents.product_serial = "B7-0001";
        contents.ek_certificate = tpm.ek_chain()[0];
        contents.attest_public = ak.public_area();
        contents.signing_public = leaf.public_area();
        contents.signing_certify_info = statement.attest;
        contents.signing_certify_signature = statement.signature;
        TcgCsrRequest request;
        request.contents = contents.bytes();
        request.signature = soft_sign(leaf, request.contents);
        const Bytes proof = activation_proof(secret, {.challenge = challenge,
                                                      .ek_certificate = sha256(tpm.ek_chain()[0]),
                                                      .ak_name = ak.name(),
                                                      .attest = sha256(statement.attest),
                                                      .csr = sha256(csr)});
        return canonical_json(boost::json::object{{"format", "tcg-csr-idevid"},
                                                  {"csr", to_base64(request.bytes())},
                                                  {"activation", to_base64(proof)}});
    }
    [[nodiscard]] Told told() const {
        std::ostringstream out;
        std::ostringstream err;
        const int status = evidence_verify(good, out, err);
        return {status, out.str(), err.str()};
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
    Bytes challenge = Bytes(32, 3);
    Bytes secret = Bytes(32, 5);
    EvidenceVerifyArguments good;
};

TEST_F(TpmEvidenceCommand, verifies_the_whole_round_of_tcgs_request) {
    const Told answer = told();
    ASSERT_EQ(answer.status, 0) << answer.err;
    const auto claims = parse_json(answer.out).value().as_object();
    EXPECT_EQ(claims.at("format").as_string(), "tcg-csr-idevid");
    EXPECT_EQ(claims.at("freshness").as_string(), "nonce");
    const auto& detail = claims.at("detail").as_object();
    EXPECT_EQ(detail.at("activation").as_string(), "proven");
    EXPECT_EQ(detail.at("tpm_kind").as_string(), "discrete");
    EXPECT_EQ(detail.at("tpm_residency").as_string(), "resident fixed");
}

TEST_F(TpmEvidenceCommand, refuses_it_with_another_secret) {
    good.activation_secret = std::string(64, '1');
    const Told answer = told();
    EXPECT_EQ(answer.status, 3);
    EXPECT_THAT(answer.err, HasSubstr("activation: not made with"));
}

TEST_F(TpmEvidenceCommand, needs_the_issuers_that_the_request_has_no_room_for) {
    good.intermediates.reset();
    const Told answer = told();
    EXPECT_EQ(answer.status, 3);
    EXPECT_THAT(answer.err, HasSubstr("no path to a pinned root"));
}

TEST_F(TpmEvidenceCommand, refuses_what_is_no_request) {
    write("evidence.json", R"({"format":"tcg-csr-idevid","csr":"AAABAA==","activation":"AAAA"})");
    const Told answer = told();
    EXPECT_EQ(answer.status, 3);
    EXPECT_THAT(answer.err, HasSubstr("layout: cut short"));
}

class TpmChainCommand : public ::testing::Test {
protected:
    [[nodiscard]] Told told(const std::vector<std::string>& exceptions) const {
        SoftCertificate unsorted;
        unsorted.one_rdn = unsorted.unsorted_rdn = true;
        const SoftTpm tpm(vendor, SoftKeyKind::ec_p256, unsorted);
        const auto written = [&](const char* name, ByteView certificate) {
            std::ofstream(dir.path() / name, std::ios::binary)
                << to_pem(certificate, "CERTIFICATE");
            return (dir.path() / name).string();
        };
        ChainVerifyArguments arguments;
        arguments.roots = written("roots.pem", vendor.root());
        arguments.intermediates = written("issuers.pem", vendor.intermediate());
        arguments.leaf = written("leaf.pem", tpm.ek_chain()[0]);
        arguments.purpose = "tpm-ek";
        arguments.exceptions = exceptions;
        arguments.now = from_rfc3339("2026-11-23T12:00:00Z").value();
        std::ostringstream out;
        std::ostringstream err;
        const int status = chain_verify(arguments, out, err);
        return {status, out.str(), err.str()};
    }
    TempDir dir;
    SoftVendor vendor{"Nuvoton"};
};

TEST_F(TpmChainCommand, takes_a_certificate_that_is_not_der_by_a_named_exception_alone) {
    const Told strict = told({});
    EXPECT_EQ(strict.status, 3);
    EXPECT_THAT(strict.err, HasSubstr("a name's set is not in DER order"));
    EXPECT_EQ(told({"zero-serial"}).status, 3);
    const Told lenient = told({"non-der-name-order"});
    EXPECT_EQ(lenient.status, 0) << lenient.err;
    EXPECT_EQ(told({"non-der"}).status, 2);
}

}  // namespace
}  // namespace hallmark
