#include "ca/attestation/optiga_objects.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

namespace hallmark {
namespace {

constexpr std::string_view profile = "hallmark-optiga-trust-m";
constexpr unsigned char tls_identity = 0xC0;
constexpr std::size_t header_octets = 9;
constexpr std::size_t nonce_octets = 32;

Refusal malformed(std::string_view what) {
    return evidence_refused("statement", std::string(what) + " is malformed");
}

std::size_t big_endian(ByteView octets) {
    std::size_t value = 0;
    for (const unsigned char octet : octets)
        value = value << 8 | octet;
    return value;
}

}  // namespace

// C0, a length of two octets, and behind it a list of certificates as TLS has it (RFC 5246 7.4.2):
// the list's length and each certificate's, three octets each.
Result<ByteView> certificate_in_object(ByteView object) {
    if (object.empty() || object.front() != tls_identity) return object;
    if (object.size() <= header_octets)
        return evidence_refused("certificate", "the TLS identity is malformed");
    const ByteView certificate = object.subspan(header_octets);
    if (big_endian(object.subspan(1, 2)) != certificate.size() + 6 ||
        big_endian(object.subspan(3, 3)) != certificate.size() + 3 ||
        big_endian(object.subspan(6, 3)) != certificate.size()) {
        return evidence_refused("certificate", "the TLS identity is malformed");
    }
    return certificate;
}

Result<OptigaStatement> parse_optiga_statement(ByteView der) {
    const auto outer = sole_element(der, tag::sequence);
    if (!outer) return evidence_refused("statement", "not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    const auto name = reader.content(tag::utf8_string);
    if (!name || as_text(*name) != profile)
        return evidence_refused("statement", "of another profile");
    const auto version = reader.small_integer();
    if (!version) return malformed("the version");
    if (*version != 1) return evidence_refused("statement", "not of version 1");
    const auto object = reader.content(tag::octet_string);
    if (!object || object->size() != 2) return malformed("the key's object");
    const auto spki = reader.element(tag::sequence);
    if (!spki) return malformed("the public key");
    const auto nonce = reader.content(tag::octet_string);
    if (!nonce || nonce->size() != nonce_octets) return malformed("the nonce");
    if (!reader.at_end()) return evidence_refused("statement", "more than the profile has");
    return OptigaStatement{.key_object = static_cast<std::uint16_t>(big_endian(*object)),
                           .spki = to_bytes(spki->whole),
                           .nonce = to_bytes(*nonce)};
}

}  // namespace hallmark
