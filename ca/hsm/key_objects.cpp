#include "ca/hsm/key_objects.h"

#include "ca/crypto/der.h"

#include <array>

namespace hallmark {
namespace {

struct Named {
    CK_ATTRIBUTE_TYPE type;
    const char* name;
};
constexpr std::array reported{
    Named{CKA_TOKEN, "CKA_TOKEN"},
    Named{CKA_PRIVATE, "CKA_PRIVATE"},
    Named{CKA_SENSITIVE, "CKA_SENSITIVE"},
    Named{CKA_ALWAYS_SENSITIVE, "CKA_ALWAYS_SENSITIVE"},
    Named{CKA_EXTRACTABLE, "CKA_EXTRACTABLE"},
    Named{CKA_NEVER_EXTRACTABLE, "CKA_NEVER_EXTRACTABLE"},
    Named{CKA_LOCAL, "CKA_LOCAL"},
    Named{CKA_SIGN, "CKA_SIGN"},
    Named{CKA_DECRYPT, "CKA_DECRYPT"},
    Named{CKA_UNWRAP, "CKA_UNWRAP"},
    Named{CKA_DERIVE, "CKA_DERIVE"},
    Named{CKA_SIGN_RECOVER, "CKA_SIGN_RECOVER"},
    Named{CKA_ALWAYS_AUTHENTICATE, "CKA_ALWAYS_AUTHENTICATE"},
    Named{CKA_MODIFIABLE, "CKA_MODIFIABLE"},
};

Refusal no_key(std::string detail) {
    return {Reason::unavailable, std::move(detail)};
}

// RFC 5480 2.1.1.1
Bytes curve_oid(KeyAlgorithm algorithm) {
    return der_oid(algorithm == KeyAlgorithm::ec_p384 ? "1.3.132.0.34" : "1.2.840.10045.3.1.7");
}

/// PKCS#11 v2.40 2.3.3: CKA_EC_POINT is the DER OCTET STRING of the point. Some tokens give the
/// point bare.
Result<PublicKey> ec_key(const Session& session, CK_OBJECT_HANDLE object) {
    const auto parameters = session.attribute(object, CKA_EC_PARAMS);
    auto point = session.attribute(object, CKA_EC_POINT);
    if (!parameters || !point) return no_key("the token does not report the public key's point");
    for (const KeyAlgorithm curve : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384}) {
        if (!equal(*parameters, curve_oid(curve))) continue;
        const std::size_t field = curve == KeyAlgorithm::ec_p256 ? 32 : 48;
        if (const auto wrapped = sole_element(*point, tag::octet_string);
            wrapped && wrapped->content.size() == 1 + 2 * field)
            point = to_bytes(wrapped->content);
        if (point->size() != 1 + 2 * field || point->front() != 0x04)
            return no_key("the token reports a point that is not uncompressed");
        const ByteView coordinates = ByteView(*point).subspan(1);
        return ec_public_key(curve, coordinates.first(field), coordinates.last(field));
    }
    return no_key("the key's curve is neither P-256 nor P-384");
}

Result<PublicKey> rsa_key(const Session& session, const KeyPair& pair) {
    const auto modulus = session.attribute(pair.public_key, CKA_MODULUS);
    const auto exponent = session.attribute(pair.public_key, CKA_PUBLIC_EXPONENT);
    if (!modulus || !exponent || exponent->size() > 8)
        return no_key("the token does not report the public key's modulus");
    if (const auto own = session.attribute(pair.private_key, CKA_MODULUS); own && *own != *modulus)
        return no_key("private and public key of one CKA_ID have different moduli");
    std::uint64_t value = 0;
    for (const unsigned char octet : *exponent)
        value = value << 8 | octet;
    return rsa_public_key(*modulus, value);
}

CK_MECHANISM generation(KeyAlgorithm algorithm) {
    const bool ec = algorithm == KeyAlgorithm::ec_p256 || algorithm == KeyAlgorithm::ec_p384;
    return {ec ? CKM_EC_KEY_PAIR_GEN : CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
}

Template public_template(const NewKeyPair& wanted) {
    Template made;
    made.flag(CKA_TOKEN, true)
        .flag(CKA_PRIVATE, false)
        .flag(CKA_MODIFIABLE, false)
        .flag(CKA_VERIFY, true)
        .flag(CKA_ENCRYPT, false)
        .flag(CKA_WRAP, false)
        .bytes(CKA_LABEL, as_bytes(wanted.label))
        .bytes(CKA_ID, wanted.id);
    switch (wanted.algorithm) {
        case KeyAlgorithm::ec_p256:
        case KeyAlgorithm::ec_p384:
            return std::move(made.bytes(CKA_EC_PARAMS, curve_oid(wanted.algorithm)));
        case KeyAlgorithm::rsa_2048:
            made.number(CKA_MODULUS_BITS, 2048);
            break;
        case KeyAlgorithm::rsa_3072:
            made.number(CKA_MODULUS_BITS, 3072);
            break;
        case KeyAlgorithm::rsa_4096:
            made.number(CKA_MODULUS_BITS, 4096);
            break;
    }
    constexpr std::array<unsigned char, 3> f4{0x01, 0x00, 0x01};
    return std::move(made.bytes(CKA_PUBLIC_EXPONENT, f4));
}

Template private_template(const NewKeyPair& wanted) {
    Template made;
    made.flag(CKA_TOKEN, true)
        .flag(CKA_PRIVATE, true)
        .flag(CKA_MODIFIABLE, false)
        .flag(CKA_SENSITIVE, true)
        .flag(CKA_EXTRACTABLE, false)
        .flag(CKA_SIGN, true)
        .flag(CKA_DECRYPT, false)
        .flag(CKA_UNWRAP, false)
        .flag(CKA_DERIVE, false)
        .flag(CKA_SIGN_RECOVER, false)
        .bytes(CKA_LABEL, as_bytes(wanted.label))
        .bytes(CKA_ID, wanted.id);
    return made;
}

}  // namespace

Result<KeyPair> find_key_pair(const Session& session, const KeyUri& uri) {
    Template private_key;
    private_key.number(CKA_CLASS, CKO_PRIVATE_KEY);
    if (!uri.object.empty()) private_key.bytes(CKA_LABEL, as_bytes(uri.object));
    if (!uri.id.empty()) private_key.bytes(CKA_ID, uri.id);
    const auto private_keys = session.find(std::move(private_key));
    if (private_keys.empty()) return no_key("the token has no such private key");
    if (private_keys.size() > 1) return no_key("several private keys of the token bear this name");

    const auto id = session.attribute(private_keys[0], CKA_ID);
    if (!id || id->empty()) return no_key("the private key has no CKA_ID");
    Template twin;
    twin.number(CKA_CLASS, CKO_PRIVATE_KEY).bytes(CKA_ID, *id);
    if (session.find(std::move(twin)).size() != 1)
        return no_key("several private keys share one CKA_ID");
    Template public_key;
    public_key.number(CKA_CLASS, CKO_PUBLIC_KEY).bytes(CKA_ID, *id);
    const auto public_keys = session.find(std::move(public_key));
    if (public_keys.size() != 1)
        return no_key("the private key has not exactly one public key beside it");
    return KeyPair{private_keys[0], public_keys[0]};
}

Result<PublicKey> public_key_of(const Session& session, const KeyPair& pair) {
    const auto kind = session.number(pair.public_key, CKA_KEY_TYPE);
    if (!kind || kind != session.number(pair.private_key, CKA_KEY_TYPE))
        return no_key("private and public key of one CKA_ID are of different types");
    if (*kind != CKK_EC && *kind != CKK_RSA) return no_key("the key is neither EC nor RSA");
    auto key = *kind == CKK_EC ? ec_key(session, pair.public_key) : rsa_key(session, pair);
    if (!key) return no_key(key.error().detail);
    return key;
}

KeyAttributes read_attributes(const Session& session, CK_OBJECT_HANDLE private_key) {
    KeyAttributes key;
    if (const auto label = session.attribute(private_key, CKA_LABEL)) key.label = as_text(*label);
    if (auto id = session.attribute(private_key, CKA_ID)) key.id = std::move(*id);
    const auto kind = session.number(private_key, CKA_KEY_TYPE);
    key.key_type = kind == CKK_EC ? "EC" : kind == CKK_RSA ? "RSA" : "other";
    for (const Named& attribute : reported) {
        const auto answer = session.flag(private_key, attribute.type);
        key.attributes.emplace_back(attribute.name, !answer   ? "absent"
                                                    : *answer ? "true"
                                                              : "false");
    }
    return key;
}

KeyPair make_key_pair(const Session& session, const NewKeyPair& wanted) {
    CK_MECHANISM mechanism = generation(wanted.algorithm);
    Template public_values = public_template(wanted);
    Template private_values = private_template(wanted);
    auto public_attributes = public_values.attributes();
    auto private_attributes = private_values.attributes();
    KeyPair pair;
    check(session.call().C_GenerateKeyPair(session.handle(), &mechanism, public_attributes.data(),
                                           public_attributes.size(), private_attributes.data(),
                                           private_attributes.size(), &pair.public_key,
                                           &pair.private_key),
          "C_GenerateKeyPair");
    return pair;
}

void destroy_key_pair(const Session& session, const KeyPair& pair) {
    check(session.call().C_DestroyObject(session.handle(), pair.private_key), "C_DestroyObject");
    check(session.call().C_DestroyObject(session.handle(), pair.public_key), "C_DestroyObject");
}

}  // namespace hallmark
