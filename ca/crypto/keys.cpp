#include "ca/crypto/keys.h"

#include "ca/crypto/der.h"
#include "ca/crypto/openssl.h"
#include "ca/crypto/signatures.h"

#include <algorithm>
#include <array>
#include <bit>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>

namespace hallmark {

struct PublicKeyMaker {
    KeyAlgorithm algorithm;
    Bytes spki;
    std::size_t subject_public_key_octets;

    PublicKey operator()(PkeyPtr handle) && {
        PublicKey key;
        key.algorithm_ = algorithm;
        key.digest_ = sha256(spki);
        key.subject_public_key_at_ = spki.size() - subject_public_key_octets;
        key.spki_ = std::move(spki);
        key.key_ = std::shared_ptr<EVP_PKEY>(std::move(handle));
        return key;
    }
};

namespace {

constexpr std::string_view rsa_encryption = "1.2.840.113549.1.1.1";  // RFC 3279 2.3.1
constexpr std::string_view id_ec_public_key = "1.2.840.10045.2.1";   // RFC 5480 2.1.1
constexpr std::uint64_t public_exponent = 65537;

struct Curve {
    KeyAlgorithm algorithm;
    const char* group;
    std::string_view oid;  // RFC 5480 2.1.1.1
    std::string_view p;    // SP 800-186 3.2.1
};

constexpr Curve p256{KeyAlgorithm::ec_p256, "P-256", "1.2.840.10045.3.1.7",
                     "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"};
constexpr Curve p384{KeyAlgorithm::ec_p384, "P-384", "1.3.132.0.34",
                     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                     "ffffffff0000000000000000ffffffff"};

Refusal refused(std::string detail) {
    return {Reason::csr_not_accepted, "key: " + std::move(detail)};
}

using GroupPtr = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using BnContextPtr = std::unique_ptr<BN_CTX, FreeWith<BN_CTX_free>>;
using PointPtr = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_free>>;

/// What is made of a curve once.
struct CurveParts {
    explicit CurveParts(const Curve& curve, int nid)
        : p(*from_hex(curve.p)),
          identifier(der_sequence({der_oid(id_ec_public_key), der_oid(curve.oid)})),
          group(made(GroupPtr(EC_GROUP_new_by_curve_name(nid)), "EC_GROUP_new_by_curve_name")) {}
    Bytes p;
    Bytes identifier;  ///< AlgorithmIdentifier DER (RFC 5480 2.1.1).
    GroupPtr group;    ///< Only read, by any thread.
};

const CurveParts& parts_of(const Curve& curve) {
    static const CurveParts of_p256(p256, NID_X9_62_prime256v1), of_p384(p384, NID_secp384r1);
    return curve.algorithm == KeyAlgorithm::ec_p256 ? of_p256 : of_p384;
}

/// `point` is 04||X||Y of the curve's length.
Result<Done> check_coordinates(const Curve& curve, ByteView point) {
    const Bytes& p = parts_of(curve).p;
    if (point.size() != 1 + 2 * p.size() || point[0] != 0x04) {
        return refused("not an uncompressed point of the curve's length");
    }
    for (const ByteView coordinate : {point.subspan(1, p.size()), point.subspan(1 + p.size())}) {
        if (!std::lexicographical_compare(coordinate.begin(), coordinate.end(), p.begin(),
                                          p.end())) {
            return refused("a coordinate is not below p");
        }
    }
    return Done{};
}

Bytes spki_of_point(const Curve& curve, ByteView point) {
    return der_sequence({parts_of(curve).identifier, der_bit_string(point)});
}

Result<PublicKey> from_point(const Curve& curve, ByteView point) {
    HALLMARK_TRY(checked, check_coordinates(curve, point));
    PkeyPtr handle = import_ec_point(curve.group, point);
    if (!handle) return refused("the point is not on the curve");
    return PublicKeyMaker{.algorithm = curve.algorithm,
                          .spki = spki_of_point(curve, point),
                          .subject_public_key_octets = point.size()}(std::move(handle));
}

bool is_on_curve(const Curve& curve, ByteView point) {
    // This thread's own, kept: to make them costs as much as the question.
    thread_local const BnContextPtr numbers = made(BnContextPtr(BN_CTX_new()), "BN_CTX_new");
    const EC_GROUP* const group = parts_of(curve).group.get();
    const PointPtr read = made(PointPtr(EC_POINT_new(group)), "EC_POINT_new");
    if (EC_POINT_oct2point(group, read.get(), point.data(), point.size(), numbers.get()) == 1)
        return true;
    ERR_clear_error();
    return false;
}

std::optional<KeyAlgorithm> rsa_algorithm(ByteView magnitude) {
    if (magnitude.empty()) return std::nullopt;
    const std::size_t bits =
        magnitude.size() * 8 - static_cast<unsigned>(std::countl_zero(magnitude[0]));
    if (bits == 2048) return KeyAlgorithm::rsa_2048;
    if (bits == 3072) return KeyAlgorithm::rsa_3072;
    if (bits == 4096) return KeyAlgorithm::rsa_4096;
    return std::nullopt;
}

/// `rest` stands after the AlgorithmIdentifier's OID inside it.
Result<PublicKey> parse_ec(DerReader rest, ByteView bits) {
    const auto curve = rest.oid();
    if (!curve || !rest.at_end()) return refused("the curve is not named");
    for (const Curve& known : {p256, p384}) {
        if (known.oid == *curve) return from_point(known, bits);
    }
    return refused("curve " + *curve + " is not taken");
}

Result<PublicKey> parse_rsa(DerReader rest, ByteView bits) {
    const auto null = rest.content(tag::null);
    if (!null || !null->empty() || !rest.at_end()) return refused("RSA parameters are not NULL");
    const auto outer = sole_element(bits, tag::sequence);
    if (!outer) return refused("RSAPublicKey is not one SEQUENCE");
    DerReader reader(outer->content);
    const auto modulus = reader.integer();
    const auto exponent = reader.small_integer();
    if (!modulus || !exponent || !reader.at_end()) return refused("RSAPublicKey is malformed");
    if (((*modulus)[0] & 0x80u) != 0) return refused("the modulus is negative");
    return rsa_public_key(*modulus, static_cast<std::uint64_t>(*exponent));
}

Result<PublicKey> parse_any(ByteView spki) {
    const auto outer = sole_element(spki, tag::sequence);
    if (!outer) return refused("not one SubjectPublicKeyInfo");
    DerReader reader(outer->content);
    auto algorithm = reader.sequence();
    const auto bits = reader.octet_aligned_bit_string();
    if (!algorithm || !bits || !reader.at_end())
        return refused("SubjectPublicKeyInfo is malformed");
    const auto oid = algorithm->oid();
    if (!oid) return refused("the algorithm is malformed");
    if (*oid == id_ec_public_key) return parse_ec(*algorithm, *bits);
    if (*oid == rsa_encryption) return parse_rsa(*algorithm, *bits);
    return refused("algorithm " + *oid + " is not taken");
}

PkeyPtr make_ec_template(const char* group) {
    const PkeyContextPtr context = made(
        PkeyContextPtr(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)), "EVP_PKEY_CTX_new");
    check(EVP_PKEY_paramgen_init(context.get()), "EVP_PKEY_paramgen_init");
    check(EVP_PKEY_CTX_set_group_name(context.get(), group), "EVP_PKEY_CTX_set_group_name");
    EVP_PKEY* parameters = nullptr;
    check(EVP_PKEY_paramgen(context.get(), &parameters), "EVP_PKEY_paramgen");
    return PkeyPtr(parameters);
}

EVP_PKEY* ec_template(std::string_view group) {
    static const PkeyPtr on_p256 = make_ec_template("P-256"), on_p384 = make_ec_template("P-384"),
                         on_p521 = make_ec_template("P-521");
    if (group == "P-256") return on_p256.get();
    return group == "P-384" ? on_p384.get() : on_p521.get();
}

}  // namespace

PkeyPtr import_ec_point(std::string_view group, ByteView point) {
    // A duplicate of bare parameters takes the point without OpenSSL's decoders, which cost more
    // than the signature check that follows.
    PkeyPtr key = made(PkeyPtr(EVP_PKEY_dup(ec_template(group))), "EVP_PKEY_dup");
    if (EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return key;
}

PkeyPtr import_ed25519(ByteView octets) {
    PkeyPtr key(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets.data(), octets.size()));
    ERR_clear_error();
    return key;
}

PkeyPtr import_rsa(ByteView modulus, ByteView exponent) {
    const auto number = [](ByteView octets) {
        return made(BignumPtr(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)),
                    "BN_bin2bn");
    };
    const BignumPtr n = number(modulus), e = number(exponent);
    const ParamBuilderPtr builder =
        made(ParamBuilderPtr(OSSL_PARAM_BLD_new()), "OSSL_PARAM_BLD_new");
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()), "push n");
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()), "push e");
    const ParamsPtr params =
        made(ParamsPtr(OSSL_PARAM_BLD_to_param(builder.get())), "OSSL_PARAM_BLD_to_param");
    const PkeyContextPtr context = made(
        PkeyContextPtr(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)), "EVP_PKEY_CTX_new");
    check(EVP_PKEY_fromdata_init(context.get()), "EVP_PKEY_fromdata_init");
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return PkeyPtr(key);
}

ByteView PublicKey::subject_public_key() const noexcept {
    return ByteView(spki_).subspan(subject_public_key_at_);
}

Result<PublicKey> parse_public_key(ByteView spki) {
    HALLMARK_TRY(key, parse_any(spki));
    // Nothing that parses should differ; if it ever does, it is refused and not rewritten.
    if (!equal(key.spki(), spki)) return refused("not in the canonical encoding");
    return std::move(key);
}

namespace {

struct PointOnCurve {
    const Curve& curve;
    Bytes point;
};

/// Coordinates, shorter ones padded, as one point that is not yet checked.
Result<PointOnCurve> join_coordinates(KeyAlgorithm algorithm, ByteView x, ByteView y) {
    if (algorithm != KeyAlgorithm::ec_p256 && algorithm != KeyAlgorithm::ec_p384) {
        return refused("not a curve: " + std::string(name_of(algorithm)));
    }
    const Curve& curve = algorithm == KeyAlgorithm::ec_p256 ? p256 : p384;
    const std::size_t field_octets = curve.p.size() / 2;
    Bytes point;
    point.reserve(1 + 2 * field_octets);
    point.push_back(0x04);
    for (const ByteView coordinate : {x, y}) {
        if (coordinate.size() > field_octets) return refused("a coordinate is too long");
        point.insert(point.end(), field_octets - coordinate.size(), 0);
        append(point, coordinate);
    }
    return PointOnCurve{curve, std::move(point)};
}

}  // namespace

Result<PublicKey> ec_public_key(KeyAlgorithm algorithm, ByteView x, ByteView y) {
    HALLMARK_TRY(joined, join_coordinates(algorithm, x, y));
    return from_point(joined.curve, joined.point);
}

Result<Bytes> ec_spki(KeyAlgorithm algorithm, ByteView x, ByteView y) {
    HALLMARK_TRY(joined, join_coordinates(algorithm, x, y));
    HALLMARK_TRY(checked, check_coordinates(joined.curve, joined.point));
    if (!is_on_curve(joined.curve, joined.point)) return refused("the point is not on the curve");
    return spki_of_point(joined.curve, joined.point);
}

Result<PublicKey> rsa_public_key(ByteView modulus, std::uint64_t exponent) {
    while (!modulus.empty() && modulus[0] == 0)
        modulus = modulus.subspan(1);
    const auto algorithm = rsa_algorithm(modulus);
    if (!algorithm) return refused("the modulus has neither 2048, 3072 nor 4096 bits");
    if ((modulus.back() & 1u) == 0) return refused("the modulus is even");
    if (exponent != public_exponent) return refused("the public exponent is not 65537");
    if (has_roca_fingerprint(modulus)) return refused("the modulus bears the ROCA fingerprint");
    constexpr std::array<unsigned char, 3> exponent_octets{0x01, 0x00, 0x01};
    PkeyPtr handle = import_rsa(modulus, exponent_octets);
    if (!handle) return refused("OpenSSL does not take the RSA key");
    const Bytes numbers = der_sequence({der_unsigned(modulus), der_unsigned(exponent_octets)});
    const Bytes identifier = der_sequence({der_oid(rsa_encryption), der_null()});
    return PublicKeyMaker{.algorithm = *algorithm,
                          .spki = der_sequence({identifier, der_bit_string(numbers)}),
                          .subject_public_key_octets = numbers.size()}(std::move(handle));
}

Bytes key_identifier(const PublicKey& key) {
    return hash(HashAlgorithm::sha1, key.subject_public_key());
}

}  // namespace hallmark
