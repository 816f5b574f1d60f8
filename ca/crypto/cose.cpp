#include "ca/crypto/cose.h"

#include "ca/crypto/cose_key.h"

#include <algorithm>

namespace hallmark {

Refusal cose_refused(std::string_view word, std::string_view what) {
    return {Reason::evidence_not_accepted, std::string(word) + ": " + std::string(what)};
}

namespace {

using Kind = CborItem::Kind;

constexpr std::int64_t sign1_tag = 18;  // RFC 9052 2
// RFC 9052 3.1 and RFC 9360 2: labels of header parameters.
constexpr std::int64_t eddsa = -8;  // RFC 9053 2.2
constexpr std::int64_t alg = 1, crit = 2, content_type = 3, kid = 4, x5chain = 33;

bool is_of(const CborItem& item, Kind kind) {
    return item.kind == kind;
}

/// COSE_X509 (RFC 9360 2): one certificate, or an array of two or more.
bool is_x5chain(const CborItem& value) {
    if (is_of(value, Kind::bytes)) return true;
    return is_of(value, Kind::array) && value.items.size() >= 2 &&
           std::all_of(value.items.begin(), value.items.end(),
                       [](const CborItem& each) { return is_of(each, Kind::bytes); });
}

bool is_hint(const CborItem& label, const CborItem& value) {
    if (!is_of(label, Kind::number)) return false;
    if (label.number == kid) return is_of(value, Kind::bytes);
    return label.number == x5chain && is_x5chain(value);
}

bool is_content_type(const CborItem& label, const CborItem& value) {
    if (!is_of(label, Kind::number) || label.number != content_type) return false;
    return is_of(value, Kind::text) || (is_of(value, Kind::number) && value.number >= 0);
}

/// The protected header's map, which the signature covers.
Result<CborItem> read_protected(const Bytes& octets, const CborLimits& limits) {
    auto header = parse_cbor(octets, limits);
    if (!header || !is_of(*header, Kind::map))
        return cose_refused("cose", "the protected header is not one CBOR map");
    // RFC 9052 3.1: whoever does not understand a parameter named there must refuse the message.
    if (header->find(crit)) return cose_refused("cose", "crit is not taken");
    for (std::size_t i = 0; i + 1 < header->items.size(); i += 2) {
        const CborItem& label = header->items[i];
        const CborItem& value = header->items[i + 1];
        const bool is_algorithm = is_of(label, Kind::number) && label.number == alg;
        if (!is_algorithm && !is_content_type(label, value) && !is_hint(label, value))
            return cose_refused("cose", "a protected parameter that is not taken");
    }
    return std::move(*header);
}

Result<SignatureAlgorithm> algorithm_in(const CborItem& header, CoseAlgorithms taken) {
    const CborItem* const item = header.find(alg);
    if (!item) return cose_refused("cose", "no algorithm in the protected header");
    if (taken == CoseAlgorithms::ecdsa_and_eddsa && is_of(*item, Kind::number) &&
        item->number == eddsa)
        return SignatureAlgorithm::ed25519;
    const auto algorithm =
        is_of(*item, Kind::number) ? cose_signature_algorithm(item->number) : std::nullopt;
    if (algorithm != SignatureAlgorithm::ecdsa_sha256 &&
        algorithm != SignatureAlgorithm::ecdsa_sha384 &&
        algorithm != SignatureAlgorithm::ecdsa_sha512)
        return cose_refused("cose", "algorithm not taken");
    return *algorithm;
}

Result<Done> check_unprotected(const CborItem& unprotected, const CborItem& header,
                               CoseUnprotected taken) {
    if (!is_of(unprotected, Kind::map))
        return cose_refused("cose", "the unprotected header is no map");
    for (std::size_t i = 0; i + 1 < unprotected.items.size(); i += 2) {
        const CborItem& label = unprotected.items[i];
        if (taken == CoseUnprotected::empty || !is_hint(label, unprotected.items[i + 1]))
            return cose_refused("cose", "an unprotected parameter that is not taken");
        // RFC 9052 3: labels must not occur in both headers.
        if (header.find(label.number))
            return cose_refused("cose", "a parameter stands in both headers");
    }
    return Done{};
}

void append_head(Bytes& to, unsigned major, std::size_t length) {
    const auto first = [major](unsigned information) {
        return static_cast<unsigned char>(major << 5 | information);
    };
    if (length < 24) return to.push_back(first(static_cast<unsigned>(length)));
    const unsigned bits = length < 0x100 ? 8 : length < 0x10000 ? 16 : 32;
    to.push_back(first(bits == 8 ? 24 : bits == 16 ? 25 : 26));
    for (unsigned shift = bits; shift > 0; shift -= 8)
        to.push_back(static_cast<unsigned char>(length >> (shift - 8)));
}

void append_octets(Bytes& to, ByteView octets) {
    constexpr unsigned byte_string = 2;
    append_head(to, byte_string, octets.size());
    append(to, octets);
}

}  // namespace

Result<CoseSign1> parse_cose_sign1(ByteView cbor, const CoseForm& form) {
    const auto item = parse_cbor(cbor, form.limits);
    if (!item) return cose_refused("cose", "not one CBOR item");
    return read_cose_sign1(*item, form);
}

Result<CoseSign1> read_cose_sign1(const CborItem& item, const CoseForm& form) {
    const bool is_tagged = is_of(item, Kind::tagged);
    if (is_tagged != (form.tag == CoseTag::required) || (is_tagged && item.number != sign1_tag))
        return cose_refused(
            "cose", is_tagged ? "another tag than this format's" : "not tagged as COSE_Sign1");
    const CborItem& message = is_tagged ? item.items.front() : item;
    if (!is_of(message, Kind::array) || message.items.size() != 4)
        return cose_refused("cose", "not an array of four");
    const auto& parts = message.items;
    if (!is_of(parts[0], Kind::bytes))
        return cose_refused("cose", "the protected header is no byte string");
    if (is_of(parts[2], Kind::null)) return cose_refused("cose", "the payload is detached");
    if (!is_of(parts[2], Kind::bytes)) return cose_refused("cose", "the payload is no byte string");
    if (!is_of(parts[3], Kind::bytes))
        return cose_refused("cose", "the signature is no byte string");
    HALLMARK_TRY(header, read_protected(parts[0].octets, form.limits));
    HALLMARK_TRY(algorithm, algorithm_in(header, form.algorithms));
    HALLMARK_TRY(unprotected, check_unprotected(parts[1], header, form.unprotected));
    return CoseSign1{.protected_header = parts[0].octets,
                     .algorithm = algorithm,
                     .payload = parts[2].octets,
                     .signature = parts[3].octets};
}

Bytes cose_signed_octets(const CoseSign1& message, ByteView external_aad) {
    constexpr unsigned text_string = 3, array = 4;
    constexpr std::string_view context = "Signature1";
    Bytes octets;
    append_head(octets, array, 4);
    append_head(octets, text_string, context.size());
    append(octets, context);
    append_octets(octets, message.protected_header);
    append_octets(octets, external_aad);
    append_octets(octets, message.payload);
    return octets;
}

Result<Done> verify_cose_sign1(const CoseSign1& message, const PublicKey& key,
                               ByteView external_aad) {
    const bool is_p256 = key.algorithm() == KeyAlgorithm::ec_p256;
    const auto wanted =
        is_p256 ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::ecdsa_sha384;
    if (!key.is_ec() || message.algorithm != wanted)
        return cose_refused("signature", "its algorithm is not the key's");
    const std::size_t field_octets = is_p256 ? 32 : 48;
    if (message.signature.size() != 2 * field_octets)
        return cose_refused("signature", "not r and s of the curve's length");
    if (!verify_signature(key, message.algorithm, cose_signed_octets(message, external_aad),
                          ecdsa_der_from_raw(message.signature)))
        return cose_refused("signature", "not by this key");
    return Done{};
}

}  // namespace hallmark
