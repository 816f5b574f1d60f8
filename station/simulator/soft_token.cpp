#include "station/simulator/soft_token.h"

#include "ca/crypto/keys.h"
#include "station/simulator/soft_cbor.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t coordinate_octets = 32;

Bytes payload_of(SoftClaims claims, const SoftReport& how) {
    for (const auto& [key, value] : how.instead) {
        const auto found = std::find_if(claims.begin(), claims.end(),
                                        [k = key](const auto& each) { return each.first == k; });
        if (found == claims.end()) {
            claims.emplace_back(key, value);
        } else {
            found->second = value;
        }
    }
    std::vector<std::pair<Bytes, Bytes>> pairs;
    for (const auto& [key, value] : claims) {
        if (!value.empty()) pairs.emplace_back(soft_cbor_number(key), value);
    }
    for (const auto& [key, value] : how.more)
        pairs.emplace_back(soft_cbor_number(key), value);
    return concat({soft_cbor_map(pairs), how.behind_claims});
}

Bytes headers_of(const SoftEnvelope& how, bool is_protected) {
    std::vector<std::pair<Bytes, Bytes>> pairs;
    if (how.is_algorithm_protected == is_protected)
        pairs.emplace_back(soft_cbor_number(1), soft_cbor_number(how.algorithm));
    if (is_protected && how.has_critical)
        pairs.emplace_back(soft_cbor_number(2), soft_cbor_array({soft_cbor_number(1)}));
    if (!is_protected && how.names_key)
        pairs.emplace_back(soft_cbor_number(4), soft_cbor_bytes(to_bytes("key-1")));
    if (!is_protected && how.x5chain)
        pairs.emplace_back(soft_cbor_number(33), soft_cbor_bytes(*how.x5chain));
    if (!is_protected && how.has_unknown_hint)
        pairs.emplace_back(soft_cbor_number(99), soft_cbor_number(1));
    return soft_cbor_map(pairs);
}

Bytes signature_of(EVP_PKEY* key, ByteView header, ByteView payload, const SoftEnvelope& how) {
    const Bytes structure = soft_cbor_array({soft_cbor_text("Signature1"), soft_cbor_bytes(header),
                                             soft_cbor_bytes({}), soft_cbor_bytes(payload)});
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    const Bytes der = sign_sha256(other ? other.get() : key, structure);
    return how.is_signature_der ? der : ecdsa_raw_from_der(der, coordinate_octets).value();
}

/// Everything but issuer and signature.
SoftTbs frame_of(ByteView spki, const SoftTokenCertificate& how) {
    Bytes extensions;
    if (how.ca) append(extensions, soft_basic_constraints(*how.ca));
    if (how.key_usage_bit) append(extensions, soft_key_usage(*how.key_usage_bit));
    if (how.has_identifiers) append(extensions, soft_subject_key_identifier(spki));
    return {.issuer = {},
            .subject = soft_name(how.subject),
            .spki = to_bytes(spki),
            .extensions = std::move(extensions),
            .not_before = how.not_before,
            .not_after = how.not_after};
}

}  // namespace

Bytes soft_token(EVP_PKEY* key, SoftClaims claims, const SoftReport& how) {
    const Bytes payload = payload_of(std::move(claims), how);
    const SoftEnvelope& envelope = how.envelope;
    const Bytes header = headers_of(envelope, true);
    const Bytes message =
        soft_cbor_array({soft_cbor_bytes(header), headers_of(envelope, false),
                         envelope.is_detached ? Bytes{0xF6} : soft_cbor_bytes(payload),
                         soft_cbor_bytes(signature_of(
                             key, header, envelope.payload_signed.value_or(payload), envelope))});
    Bytes tag;
    if (envelope.tag) tag.push_back(static_cast<unsigned char>(0xC0 | *envelope.tag));
    return concat({tag, message, envelope.behind});
}

SoftTokenMaker::SoftTokenMaker(std::string_view name)
    : root_name_(std::string(name) + " Attestation Root"),
      key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name_, root_name_, key_.get(), key_.get())) {}

Bytes SoftTokenMaker::certify(ByteView spki, const SoftTokenCertificate& how) const {
    SoftTbs tbs = frame_of(spki, how);
    tbs.issuer = soft_name(root_name_);
    if (how.has_identifiers)
        append(tbs.extensions, soft_authority_key_identifier(spki_of(key_.get())));
    return soft_certificate(tbs, key_.get());
}

Bytes SoftTokenMaker::certify_oneself(EVP_PKEY* key, const SoftTokenCertificate& how) {
    SoftTbs tbs = frame_of(spki_of(key), how);
    tbs.issuer = tbs.subject;
    return soft_certificate(tbs, key);
}

}  // namespace hallmark
