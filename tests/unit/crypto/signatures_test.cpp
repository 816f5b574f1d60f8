// Signatures of every algorithm that is taken, their encodings, and whose key answers.
#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::make_ec_key;
using testing::shared_rsa_key;
using testing::TestKey;

struct Signing {
    SignatureAlgorithm algorithm;
    bool rsa;
};
class VerifySignature : public ::testing::TestWithParam<Signing> {};

TEST_P(VerifySignature, TakesAGoodOneAndNoOther) {
    const auto [algorithm, rsa] = GetParam();
    const TestKey key = rsa ? shared_rsa_key() : make_ec_key(KeyAlgorithm::ec_p384);
    const TestKey other_kind = rsa ? make_ec_key() : shared_rsa_key();
    const Bytes message = to_bytes("to be signed");
    const Bytes signature = key.sign(message, algorithm);
    const PublicKey public_key = key.public_key();
    EXPECT_TRUE(verify_signature(public_key, algorithm, message, signature));
    EXPECT_FALSE(verify_signature(public_key, algorithm, as_bytes("another"), signature));
    EXPECT_FALSE(verify_signature(public_key, algorithm, message, concat({signature, Bytes{0}})));
    EXPECT_FALSE(verify_signature(public_key, algorithm, message, {}));
    EXPECT_FALSE(verify_signature(other_kind.public_key(), algorithm, message, signature));
    for (const auto wrong : {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::rsa_pkcs1_sha384,
                             SignatureAlgorithm::rsa_pss_sha512}) {
        if (wrong == algorithm) continue;
        EXPECT_FALSE(verify_signature(public_key, wrong, message, signature)) << name_of(wrong);
    }
    EXPECT_FALSE(verify_signature(PublicKey(), algorithm, message, signature));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, VerifySignature,
                         ::testing::Values(Signing{SignatureAlgorithm::ecdsa_sha256, false},
                                           Signing{SignatureAlgorithm::ecdsa_sha384, false},
                                           Signing{SignatureAlgorithm::ecdsa_sha512, false},
                                           Signing{SignatureAlgorithm::ecdsa_sha1, false},
                                           Signing{SignatureAlgorithm::rsa_pkcs1_sha256, true},
                                           Signing{SignatureAlgorithm::rsa_pkcs1_sha384, true},
                                           Signing{SignatureAlgorithm::rsa_pkcs1_sha512, true},
                                           Signing{SignatureAlgorithm::rsa_pkcs1_sha1, true},
                                           Signing{SignatureAlgorithm::rsa_pss_sha256, true},
                                           Signing{SignatureAlgorithm::rsa_pss_sha384, true},
                                           Signing{SignatureAlgorithm::rsa_pss_sha512, true}),
                         [](const auto& row) {
                             std::string name(name_of(row.param.algorithm));
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

/// A thread keeps the last key's context: it must never answer for another key, another algorithm,
/// or after a signature that failed.
TEST(VerifySignatureInTurn, AnswersForTheKeyThatIsAskedAbout) {
    const Bytes message = to_bytes("to be signed");
    const auto ecdsa = SignatureAlgorithm::ecdsa_sha256, pss = SignatureAlgorithm::rsa_pss_sha256,
               pkcs1 = SignatureAlgorithm::rsa_pkcs1_sha256;
    const TestKey one = make_ec_key(), two = make_ec_key(), rsa = shared_rsa_key();
    const Bytes by_one = one.sign(message, ecdsa), by_two = two.sign(message, ecdsa);
    const Bytes by_pss = rsa.sign(message, pss), by_pkcs1 = rsa.sign(message, pkcs1);
    for (int turn = 0; turn < 3; ++turn) {
        // A new object each time, so that an address may come again for another key.
        const PublicKey key_one = one.public_key(), key_two = two.public_key(),
                        key_rsa = rsa.public_key();
        EXPECT_TRUE(verify_signature(key_one, ecdsa, message, by_one));
        EXPECT_FALSE(verify_signature(key_one, ecdsa, message, by_two));
        EXPECT_TRUE(verify_signature(key_one, ecdsa, message, by_one));
        EXPECT_FALSE(verify_signature(key_two, ecdsa, message, by_one));
        EXPECT_TRUE(verify_signature(key_two, ecdsa, message, by_two));
        EXPECT_TRUE(verify_signature(key_rsa, pss, message, by_pss));
        EXPECT_FALSE(verify_signature(key_rsa, pss, message, by_pkcs1));
        EXPECT_FALSE(verify_signature(key_rsa, pkcs1, message, by_pss));
        EXPECT_TRUE(verify_signature(key_rsa, pkcs1, message, by_pkcs1));
        EXPECT_TRUE(verify_signature(key_rsa, pss, message, by_pss));
    }
}

TEST(EcdsaSignature, MustBeExactDer) {
    const TestKey key = make_ec_key();
    const Bytes message = to_bytes("m");
    const Bytes good = key.sign(message, SignatureAlgorithm::ecdsa_sha256);
    const Bytes raw = ecdsa_raw_from_der(good, 32).value();
    const ByteView r = ByteView(raw).first(32), s = ByteView(raw).subspan(32);
    const auto verifies = [&](const Bytes& signature) {
        return verify_signature(key.public_key(), SignatureAlgorithm::ecdsa_sha256, message,
                                signature);
    };
    ASSERT_TRUE(verifies(good));
    const Bytes padded_r = der(tag::integer, concat({Bytes{0, 0}, r}));
    EXPECT_FALSE(verifies(der_sequence({padded_r, der_unsigned(s)})));
    EXPECT_FALSE(verifies(der_sequence({der_unsigned(r), der_unsigned(s), der_null()})));
    EXPECT_FALSE(verifies(der_sequence({der_unsigned({}), der_unsigned(s)}))) << "r is zero";
    EXPECT_FALSE(verifies(der_sequence({der_unsigned(r), der_unsigned({})}))) << "s is zero";
    EXPECT_FALSE(verifies(der_sequence({der_integer(-1), der_unsigned(s)})));
    EXPECT_FALSE(verifies(raw)) << "raw r||s";
}

TEST(EcdsaSignature, GoesBetweenRawAndDer) {
    const Bytes raw = concat({Bytes(31, 0), Bytes{0x01}, Bytes(32, 0x80)});
    const Bytes encoded = ecdsa_der_from_raw(raw);
    EXPECT_EQ(to_hex(encoded).substr(0, 14), "30260201010221");
    EXPECT_EQ(ecdsa_raw_from_der(encoded, 32), raw);
    EXPECT_FALSE(ecdsa_raw_from_der(encoded, 31).has_value()) << "s has 32 octets";
    EXPECT_FALSE(ecdsa_raw_from_der(concat({encoded, Bytes{0}}), 32).has_value());
    EXPECT_THROW(static_cast<void>(ecdsa_der_from_raw(Bytes(63))), std::logic_error);
    EXPECT_THROW(static_cast<void>(ecdsa_der_from_integers(Bytes(67, 1), Bytes(1, 1))),
                 std::logic_error);
}

TEST(SignatureAlgorithms, GoToIdentifiersAndBack) {
    for (int i = 0; i <= static_cast<int>(SignatureAlgorithm::rsa_pkcs1_sha1); ++i) {
        const auto algorithm = static_cast<SignatureAlgorithm>(i);
        EXPECT_EQ(signature_algorithm_from(algorithm_identifier(algorithm)), algorithm);
        EXPECT_EQ(is_weak(algorithm), name_of(algorithm).ends_with("sha1"));
    }
    EXPECT_EQ(to_hex(algorithm_identifier(SignatureAlgorithm::ecdsa_sha256)),
              "300a06082a8648ce3d040302");
    EXPECT_FALSE(
        signature_algorithm_from(der_sequence({der_oid("1.2.840.10045.4.3.2"), der_null()}))
            .has_value());
    EXPECT_FALSE(
        signature_algorithm_from(der_sequence({der_oid("1.2.840.113549.1.1.4"), der_null()}))
            .has_value())
        << "MD5";
}

}  // namespace
}  // namespace hallmark
