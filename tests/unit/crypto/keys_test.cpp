#include "ca/crypto/keys.h"

#include "ca/crypto/der.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::make_ec_key;
using testing::make_ec_key_on;
using testing::make_rsa_key;
using testing::shared_rsa_key;
using testing::TestKey;

constexpr std::string_view ec_oid = "1.2.840.10045.2.1", p256_oid = "1.2.840.10045.3.1.7",
                           rsa_oid = "1.2.840.113549.1.1.1";

std::string refusal_of(ByteView spki) {
    const auto key = parse_public_key(spki);
    if (key) return "taken";
    EXPECT_EQ(key.error().reason, Reason::csr_not_accepted);
    return key.error().detail;
}

Bytes ec_spki(ByteView point, std::string_view curve = p256_oid) {
    return der_sequence({der_sequence({der_oid(ec_oid), der_oid(curve)}), der_bit_string(point)});
}

Bytes rsa_spki(ByteView numbers) {
    return der_sequence({der_sequence({der_oid(rsa_oid), der_null()}), der_bit_string(numbers)});
}

Bytes point_of(const TestKey& key) {
    return to_bytes(key.public_key().subject_public_key());
}

Bytes modulus_of(const TestKey& key) {
    const PublicKey parsed = key.public_key();
    auto numbers = DerReader(parsed.subject_public_key()).sequence();
    return to_bytes(numbers->integer()->subspan(1));
}

TEST(ParsePublicKey, TakesEachAlgorithmInItsCanonicalEncoding) {
    const TestKey p256 = make_ec_key(), p384 = make_ec_key(KeyAlgorithm::ec_p384);
    for (const TestKey* const key : {&p256, &p384, &shared_rsa_key()}) {
        const auto parsed = parse_public_key(key->spki());
        ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
        EXPECT_EQ(parsed->spki(), key->spki());
        EXPECT_EQ(parsed->digest(), sha256(key->spki()));
    }
    EXPECT_EQ(p256.public_key().algorithm(), KeyAlgorithm::ec_p256);
    EXPECT_EQ(p384.public_key().algorithm(), KeyAlgorithm::ec_p384);
    EXPECT_EQ(shared_rsa_key().public_key().algorithm(), KeyAlgorithm::rsa_2048);
    EXPECT_TRUE(p384.public_key().is_ec());
    EXPECT_FALSE(shared_rsa_key().public_key().is_ec());
}

TEST(ParsePublicKey, RefusesAPointOffTheCurve) {
    Bytes point = point_of(make_ec_key());
    point.back() ^= 1;
    EXPECT_EQ(refusal_of(ec_spki(point)), "key: the point is not on the curve");
}

TEST(ParsePublicKey, RefusesACoordinateThatIsNotBelowP) {
    Bytes point = point_of(make_ec_key());
    const Bytes p =
        from_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff").value();
    std::copy(p.begin(), p.end(), point.begin() + 1);
    EXPECT_EQ(refusal_of(ec_spki(point)), "key: a coordinate is not below p");
    std::fill(point.begin() + 1, point.end(), static_cast<unsigned char>(0xFF));
    EXPECT_EQ(refusal_of(ec_spki(point)), "key: a coordinate is not below p");
}

TEST(ParsePublicKey, RefusesOtherFormsOfAPoint) {
    const Bytes point = point_of(make_ec_key());
    Bytes compressed = to_bytes(ByteView(point).first(33));
    compressed[0] = 0x02;
    Bytes hybrid = point;
    hybrid[0] = 0x06;
    for (const Bytes& other :
         {compressed, hybrid, Bytes{0x00}, Bytes{}, concat({point, Bytes{0}})}) {
        EXPECT_EQ(refusal_of(ec_spki(other)),
                  "key: not an uncompressed point of the curve's length");
    }
}

TEST(ParsePublicKey, RefusesOtherCurvesAndExplicitParameters) {
    EXPECT_EQ(refusal_of(make_ec_key_on("P-192").spki()),
              "key: curve 1.2.840.10045.3.1.1 is not taken");
    EXPECT_EQ(refusal_of(make_ec_key_on("P-521").spki()), "key: curve 1.3.132.0.35 is not taken");
    EXPECT_EQ(refusal_of(make_ec_key_on("secp256k1").spki()),
              "key: curve 1.3.132.0.10 is not taken");
    const Bytes algorithm = der_sequence({der_oid(ec_oid), der_sequence({})});
    EXPECT_EQ(refusal_of(der_sequence({algorithm, der_bit_string(point_of(make_ec_key()))})),
              "key: the curve is not named");
}

TEST(ParsePublicKey, RefusesAP384PointUnderP256) {
    EXPECT_EQ(refusal_of(ec_spki(point_of(make_ec_key(KeyAlgorithm::ec_p384)))),
              "key: not an uncompressed point of the curve's length");
}

TEST(ParsePublicKey, RefusesWeakRsaKeys) {
    EXPECT_EQ(refusal_of(make_rsa_key(1024).spki()),
              "key: the modulus has neither 2048, 3072 nor 4096 bits");
    const Bytes n = modulus_of(shared_rsa_key());
    EXPECT_EQ(refusal_of(rsa_spki(der_sequence({der_unsigned(n), der_integer(3)}))),
              "key: the public exponent is not 65537");
    Bytes even = n;
    even.back() &= 0xFE;
    EXPECT_EQ(refusal_of(rsa_spki(der_sequence({der_unsigned(even), der_integer(65537)}))),
              "key: the modulus is even");
    EXPECT_EQ(refusal_of(rsa_spki(
                  der_sequence({der_unsigned(testing::roca_modulus()), der_integer(65537)}))),
              "key: the modulus bears the ROCA fingerprint");
    EXPECT_EQ(refusal_of(rsa_spki(der_sequence({der(tag::integer, n), der_integer(65537)}))),
              "key: the modulus is negative");
}

TEST(ParsePublicKey, RefusesEveryOtherEncodingOfAGoodKey) {
    const Bytes point = point_of(make_ec_key());
    const Bytes numbers = to_bytes(shared_rsa_key().public_key().subject_public_key());
    const Bytes ec_algorithm = der_sequence({der_oid(ec_oid), der_oid(p256_oid)});
    EXPECT_EQ(refusal_of(concat({ec_spki(point), Bytes{0x00}})),
              "key: not one SubjectPublicKeyInfo");
    EXPECT_EQ(refusal_of(der_sequence({der_sequence({der_oid(rsa_oid)}), der_bit_string(numbers)})),
              "key: RSA parameters are not NULL");
    EXPECT_EQ(refusal_of(rsa_spki(concat({numbers, Bytes{0x00}}))),
              "key: RSAPublicKey is not one SEQUENCE");
    EXPECT_EQ(refusal_of(der_sequence({ec_algorithm, der_bit_string(point), der_null()})),
              "key: SubjectPublicKeyInfo is malformed");
    Bytes unused_bits = der_bit_string(point);
    unused_bits[2] = 0x01;
    EXPECT_EQ(refusal_of(der_sequence({ec_algorithm, unused_bits})),
              "key: SubjectPublicKeyInfo is malformed");
    EXPECT_EQ(refusal_of({}), "key: not one SubjectPublicKeyInfo");
    EXPECT_EQ(
        refusal_of(der_sequence({der_sequence({der_oid("1.3.101.112")}), der_bit_string(point)})),
        "key: algorithm 1.3.101.112 is not taken");
}

TEST(EcPublicKey, PadsShortCoordinatesAndRefusesLongOnes) {
    // A key whose x begins with a zero octet, made by trying: one in 256 has it.
    TestKey key = make_ec_key();
    while (point_of(key)[1] != 0)
        key = make_ec_key();
    const Bytes point = point_of(key);
    const ByteView x = ByteView(point).subspan(2, 31), y = ByteView(point).subspan(33);
    const auto built = ec_public_key(KeyAlgorithm::ec_p256, x, y);
    ASSERT_TRUE(built.has_value());
    EXPECT_EQ(built->spki(), key.spki());
    EXPECT_EQ(ec_spki(KeyAlgorithm::ec_p256, x, y).value(), key.spki());
    const Bytes long_x = concat({Bytes{0x00, 0x00}, x});
    EXPECT_TRUE(ec_public_key(KeyAlgorithm::ec_p256, long_x, y).has_error());
    EXPECT_TRUE(ec_public_key(KeyAlgorithm::rsa_2048, x, y).has_error());
}

TEST(EcSpki, TakesAndRefusesWhatAKeyDoes) {
    for (const auto curve : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384}) {
        const Bytes point = point_of(make_ec_key(curve));
        const std::size_t width = point.size() / 2;
        const ByteView x = ByteView(point).subspan(1, width),
                       y = ByteView(point).subspan(1 + width);
        EXPECT_EQ(ec_spki(curve, x, y).value(), ec_public_key(curve, x, y)->spki());
        Bytes off(y.begin(), y.end());
        off.back() ^= 1u;
        const Bytes over(width, 0xFF);
        const Bytes longer = concat({Bytes{1}, x});
        for (const auto& [wrong_x, wrong_y] :
             {std::pair<ByteView, ByteView>{x, off}, {over, y}, {x, over}, {longer, y}, {y, x}}) {
            const auto key = ec_public_key(curve, wrong_x, wrong_y);
            const auto spki = ec_spki(curve, wrong_x, wrong_y);
            ASSERT_TRUE(key.has_error());
            ASSERT_TRUE(spki.has_error());
            EXPECT_EQ(spki.error().detail, key.error().detail);
        }
    }
    EXPECT_TRUE(ec_spki(KeyAlgorithm::rsa_2048, Bytes{1}, Bytes{1}).has_error());
}

TEST(RsaPublicKey, DropsLeadingZerosAndMatchesOpenSsl) {
    const Bytes padded = concat({Bytes{0, 0}, modulus_of(shared_rsa_key())});
    const auto built = rsa_public_key(padded, 65537);
    ASSERT_TRUE(built.has_value());
    EXPECT_EQ(built->spki(), shared_rsa_key().spki());
    EXPECT_TRUE(rsa_public_key({}, 65537).has_error());
}

TEST(Roca, IsFoundInAFlawedModulusAndNotInASoundOne) {
    EXPECT_TRUE(has_roca_fingerprint(testing::roca_modulus()));
    EXPECT_FALSE(has_roca_fingerprint(modulus_of(shared_rsa_key())));
}

TEST(KeyAlgorithms, HaveNamesThatReadBack) {
    for (const char* const name : {"ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096"}) {
        EXPECT_EQ(name_of(key_algorithm_from(name).value()), name);
    }
    EXPECT_FALSE(key_algorithm_from("rsa-1024").has_value());
}

TEST(KeyIdentifier, IsSha1OfThePublicKeyBits) {
    const TestKey key = make_ec_key();
    EXPECT_EQ(key_identifier(key.public_key()), hash(HashAlgorithm::sha1, point_of(key)));
}

}  // namespace
}  // namespace hallmark
