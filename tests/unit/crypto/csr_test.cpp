#include "ca/crypto/csr.h"

#include "ca/crypto/der.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::CsrSpec;
using testing::make_csr;
using testing::make_ec_key;
using testing::TestKey;

std::string refusal_of(ByteView request) {
    const auto parsed = parse_csr(request);
    if (parsed) return "taken";
    EXPECT_EQ(parsed.error().reason, Reason::csr_not_accepted);
    return parsed.error().detail;
}

/// A request signed as it should be, over attributes that need not be.
Bytes request_with(const TestKey& key, const Bytes& attributes,
                   const Bytes& version = der_integer(0)) {
    const Bytes info = der_sequence(
        {version, testing::empty_name(), key.spki(), der(tag::context(0, true), attributes)});
    const auto algorithm = SignatureAlgorithm::ecdsa_sha256;
    return der_sequence(
        {info, algorithm_identifier(algorithm), der_bit_string(key.sign(info, algorithm))});
}

Bytes challenge(const std::vector<Bytes>& values) {
    return der_sequence({der_oid("1.2.840.113549.1.9.7"), der_set_of(values)});
}

TEST(ParseCsr, TakesTheKeyOfEveryAlgorithm) {
    const TestKey p256 = make_ec_key(), p384 = make_ec_key(KeyAlgorithm::ec_p384);
    for (const TestKey* const key : {&p256, &p384, &testing::shared_rsa_key()}) {
        const Bytes request = make_csr(*key);
        const auto parsed = parse_csr(request);
        ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
        EXPECT_EQ(parsed->key.spki(), key->spki());
        EXPECT_EQ(parsed->sha256, sha256(request));
        EXPECT_FALSE(parsed->challenge_password.has_value());
        EXPECT_FALSE(parsed->attestation.has_value());
    }
}

TEST(ParseCsr, TakesPssSignatures) {
    CsrSpec spec;
    spec.algorithm = SignatureAlgorithm::rsa_pss_sha256;
    EXPECT_EQ(refusal_of(make_csr(testing::shared_rsa_key(), spec)), "taken");
}

TEST(ParseCsr, GivesTheTwoAttributesThatMayCarryANonce) {
    CsrSpec spec;
    spec.challenge_password = "n0nce";
    spec.attestation = der_sequence({der_utf8("bundle")});
    const auto parsed = parse_csr(make_csr(make_ec_key(), spec));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->challenge_password, "n0nce");
    EXPECT_EQ(parsed->attestation, spec.attestation);
}

TEST(ParseCsr, NeverLooksAtRequestedExtensions) {
    CsrSpec spec;
    spec.extensions = {testing::basic_constraints(true),
                       testing::key_usage({KeyUsage::key_cert_sign})};
    EXPECT_EQ(refusal_of(make_csr(make_ec_key(), spec)), "taken");
}

TEST(ParseCsr, RefusesARequestWithoutProofOfPossession) {
    CsrSpec spec;
    spec.break_signature = true;
    EXPECT_EQ(refusal_of(make_csr(make_ec_key(), spec)), "request: no proof of possession");
}

TEST(ParseCsr, RefusesAnotherKeyUnderTheSignature) {
    const TestKey signer = make_ec_key(), victim = make_ec_key();
    Bytes request = make_csr(signer);
    const auto at =
        std::search(request.begin(), request.end(), signer.spki().begin(), signer.spki().end());
    std::copy(victim.spki().begin(), victim.spki().end(), at);
    EXPECT_EQ(refusal_of(request), "request: no proof of possession");
}

TEST(ParseCsr, RefusesSha1) {
    CsrSpec spec;
    spec.algorithm = SignatureAlgorithm::ecdsa_sha1;
    EXPECT_EQ(refusal_of(make_csr(make_ec_key(), spec)), "request: signed with SHA-1");
}

TEST(ParseCsr, RefusesTrailingBytesAndSize) {
    const Bytes request = make_csr(make_ec_key());
    EXPECT_EQ(refusal_of(concat({request, Bytes{0x00}})), "request: not exactly one DER SEQUENCE");
    EXPECT_EQ(refusal_of(Bytes(16 * 1024 + 1)), "request: too large");
    for (std::size_t cut = 0; cut < request.size(); cut += 7) {
        EXPECT_NE(refusal_of(ByteView(request).first(cut)), "taken") << cut;
    }
}

TEST(ParseCsr, RefusesWeakKeys) {
    EXPECT_EQ(refusal_of(make_csr(testing::make_rsa_key(1024))),
              "key: the modulus has neither 2048, 3072 nor 4096 bits");
    EXPECT_EQ(refusal_of(make_csr(testing::make_ec_key_on("P-192"))),
              "key: curve 1.2.840.10045.3.1.1 is not taken");
}

TEST(ParseCsr, RefusesMalformedAttributesUnderAGoodSignature) {
    const TestKey key = make_ec_key();
    EXPECT_EQ(refusal_of(request_with(key, {})), "taken");
    EXPECT_EQ(refusal_of(request_with(key, {}, der_integer(1))), "request: the version is not 1");
    EXPECT_EQ(refusal_of(request_with(key, der_null())), "request: an attribute is malformed");
    EXPECT_EQ(refusal_of(request_with(key, challenge({}))), "request: an attribute has no value");
    EXPECT_EQ(refusal_of(request_with(key, challenge({der_utf8("a"), der_utf8("b")}))),
              "request: attribute 1.2.840.113549.1.9.7 has more than one value");
    EXPECT_EQ(refusal_of(request_with(
                  key, concat({challenge({der_utf8("a")}), challenge({der_utf8("b")})}))),
              "request: attribute 1.2.840.113549.1.9.7 stands twice");
    EXPECT_EQ(refusal_of(request_with(key, challenge({der_utf8(std::string(256, 'x'))}))),
              "request: the challengePassword is malformed");
    EXPECT_EQ(refusal_of(request_with(key, challenge({der_null()}))),
              "request: the challengePassword is malformed");
    Bytes many;
    for (int i = 0; i < 17; ++i) {
        append(many,
               der_sequence({der_oid("2.999." + std::to_string(i)), der_set_of({der_null()})}));
    }
    EXPECT_EQ(refusal_of(request_with(key, many)), "request: too many attributes");
}

TEST(ParseCsr, TakesAnyAttributeItDoesNotKnow) {
    const Bytes unknown =
        der_sequence({der_oid("2.999.1"), der_set_of({der_null(), der_integer(1)})});
    EXPECT_EQ(refusal_of(request_with(make_ec_key(), unknown)), "taken");
}

}  // namespace
}  // namespace hallmark
