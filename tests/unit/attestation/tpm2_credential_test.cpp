#include "ca/attestation/tpm2_credential.h"

#include "ca/attestation/family.h"
#include "station/simulator/soft_tpm.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

class Credential : public ::testing::TestWithParam<SoftKeyKind> {
protected:
    SoftVendor vendor{"Maker"};
    SoftTpm tpm{vendor, GetParam()};
    PublicKey ek = parse_public_key(tpm.ek_spki()).value();
    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    Bytes secret = random_bytes(32);

    [[nodiscard]] TpmCredential sealed_for(const Bytes& name) const {
        return make_credential({.ek = ek, .ak_name = name, .secret = secret});
    }
};

TEST_P(Credential, opens_in_its_tpm_for_its_ak) {
    const TpmCredential credential = sealed_for(ak.name());
    EXPECT_EQ(tpm.activate(ak.name(), credential.blob, credential.secret), secret);
}

TEST_P(Credential, does_not_open_for_another_ak_of_the_same_tpm) {
    const SoftObject other =
        soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    const TpmCredential credential = sealed_for(ak.name());
    EXPECT_EQ(tpm.activate(other.name(), credential.blob, credential.secret), std::nullopt);
}

TEST_P(Credential, does_not_open_for_the_same_key_with_other_attributes) {
    SoftObject unrestricted = soft_object(SoftKeyKind::ec_p256, ak.fields);
    check(EVP_PKEY_up_ref(ak.key.get()), "EVP_PKEY_up_ref");
    unrestricted.key.reset(ak.key.get());
    unrestricted.fields.attributes = 0x00040072;
    const TpmCredential credential = sealed_for(ak.name());
    EXPECT_EQ(tpm.activate(unrestricted.name(), credential.blob, credential.secret), std::nullopt);
}

TEST_P(Credential, does_not_open_in_another_tpm) {
    const SoftTpm other(vendor, GetParam(), {}, 1);
    const TpmCredential credential = sealed_for(ak.name());
    EXPECT_EQ(other.activate(ak.name(), credential.blob, credential.secret), std::nullopt);
}

TEST_P(Credential, does_not_open_once_an_octet_has_changed) {
    const TpmCredential credential = sealed_for(ak.name());
    Bytes blob = credential.blob;
    blob.back() ^= 1;
    EXPECT_EQ(tpm.activate(ak.name(), blob, credential.secret), std::nullopt);
}

TEST_P(Credential, is_never_the_same_twice) {
    EXPECT_NE(sealed_for(ak.name()).blob, sealed_for(ak.name()).blob);
}

TEST_P(Credential, takes_no_secret_that_its_digest_cannot_hold) {
    secret = Bytes(65, 1);
    EXPECT_THROW(static_cast<void>(sealed_for(ak.name())), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(EkKinds, Credential,
                         ::testing::Values(SoftKeyKind::ec_p256, SoftKeyKind::ec_p384,
                                           SoftKeyKind::rsa_2048, SoftKeyKind::rsa_3072));

TEST(Kdf, follows_its_definition_over_two_blocks) {
    const Bytes key(32, 0x0B);
    const Bytes u{1, 2};
    const Bytes v{3};
    const auto block = [&](unsigned char counter) {
        return hmac(HashAlgorithm::sha256, key,
                    concat({Bytes{0, 0, 0, counter}, as_bytes("STORAGE"), Bytes{0}, u, v,
                            Bytes{0, 0, 1, 0x80}}));
    };
    Bytes expected = concat({block(1), block(2)});
    expected.resize(48);
    EXPECT_EQ(kdfa({.hash = HashAlgorithm::sha256,
                    .key = key,
                    .label = "STORAGE",
                    .context_u = u,
                    .context_v = v,
                    .octets = 48}),
              expected);
    const Bytes shared(32, 7);
    EXPECT_EQ(kdfe({.hash = HashAlgorithm::sha256,
                    .shared_x = shared,
                    .label = "IDENTITY",
                    .party_u = u,
                    .party_v = v,
                    .octets = 32}),
              hash(HashAlgorithm::sha256,
                   concat({Bytes{0, 0, 0, 1}, shared, as_bytes("IDENTITY"), Bytes{0}, u, v})));
}

TEST(Proofs, are_over_exactly_what_the_protocol_says) {
    const Bytes challenge(32, 1);
    const Bytes spki{9, 9, 9};
    const Bytes nonce_input = concat(
        {as_bytes("hallmark-nonce-v1"), Bytes{0}, as_bytes("factory"), challenge, sha256(spki)});
    EXPECT_EQ(challenge_nonce("factory", challenge, spki), to_bytes(sha256(nonce_input)));
    EXPECT_NE(challenge_nonce("field", challenge, spki),
              challenge_nonce("factory", challenge, spki));

    ActivationInputs inputs{
        .challenge = challenge, .ek_certificate = {}, .ak_name = spki, .attest = {}, .csr = {}};
    inputs.ek_certificate.fill(2);
    inputs.attest.fill(3);
    inputs.csr.fill(4);
    const Bytes secret(32, 5);
    const Bytes message = concat({as_bytes("hallmark-activation-v1"), Bytes{0}, challenge,
                                  Bytes(32, 2), spki, Bytes(32, 3), Bytes(32, 4)});
    EXPECT_EQ(activation_proof(secret, inputs), hmac(HashAlgorithm::sha256, secret, message));
}

}  // namespace
}  // namespace hallmark
