#include "ca/attestation/family.h"
#include "ca/crypto/csr.h"
#include "ca/crypto/hash.h"
#include "station/csr.h"
#include "station/protocol_proofs.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST(StationProofs, bind_the_nonce_as_the_server_does) {
    const Bytes challenge = random_bytes(32);
    const Bytes spki = make_ec_key().spki();
    for (const char* door : {"factory", "field"}) {
        EXPECT_EQ(nonce_for({.door = door, .challenge = challenge, .spki = spki}),
                  challenge_nonce(door, challenge, spki));
    }
    EXPECT_NE(nonce_for({.door = "factory", .challenge = challenge, .spki = spki}),
              nonce_for({.door = "field", .challenge = challenge, .spki = spki}));
}

TEST(StationProofs, prove_the_activation_as_the_server_does) {
    const Bytes secret = random_bytes(32), challenge = random_bytes(32), ek = random_bytes(700),
                name = random_bytes(34), attest = random_bytes(150), csr = random_bytes(250);
    EXPECT_EQ(activation_for({.secret = secret,
                              .challenge = challenge,
                              .ek_certificate = ek,
                              .ak_name = name,
                              .attest = attest,
                              .csr = csr}),
              activation_proof(secret, {.challenge = challenge,
                                        .ek_certificate = sha256(ek),
                                        .ak_name = name,
                                        .attest = sha256(attest),
                                        .csr = sha256(csr)}));
}

TEST(StationProofs, spell_the_installation_out) {
    const Bytes nonce = random_bytes(32), der = random_bytes(600);
    const std::string issuance = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f";
    Bytes expected = to_bytes("hallmark-installation-v1");
    expected.push_back(0);
    append(expected, issuance);
    append(expected, nonce);
    append(expected, ByteView(sha256(der)));
    EXPECT_EQ(installation_message({.issuance = issuance, .nonce = nonce, .certificate_der = der}),
              expected);
}

TEST(StationCsr, is_one_that_the_server_takes) {
    const TestKey key = make_ec_key();
    const Bytes nonce(32, 7);
    const Bytes csr = make_csr(key.spki(), nonce, [&](ByteView message) {
        return key.sign(message, SignatureAlgorithm::ecdsa_sha256);
    });
    const auto parsed = parse_csr(csr);
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->key.spki(), key.spki());
    EXPECT_EQ(parsed->challenge_password, to_base64(nonce));
}

TEST(StationCsr, is_no_proof_for_another_key) {
    const TestKey key = make_ec_key();
    const TestKey other = make_ec_key();
    const auto parsed = parse_csr(make_csr(key.spki(), Bytes(32, 7), [&](ByteView message) {
        return other.sign(message, SignatureAlgorithm::ecdsa_sha256);
    }));
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().reason, Reason::csr_not_accepted);
}

}  // namespace
}  // namespace hallmark
