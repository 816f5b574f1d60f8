#include "ca/revocation/crl.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

struct Mapping {
    std::string_view ending;
    int reason;
};
// RFC 5280 5.3.1: keyCompromise 1, affiliationChanged 3, superseded 4, cessationOfOperation 5,
// privilegeWithdrawn 9.
constexpr Mapping mappings[] = {
    {"key_compromise", 1}, {"affiliation_changed", 3},    {"superseded", 4},
    {"element_failed", 5}, {"cessation_of_operation", 5}, {"install_failed", 5},
    {"unconfirmed", 5},    {"privilege_withdrawn", 9},
};

Bytes entry(const EndedRow& ended) {
    const Bytes serial = der_unsigned(ended.serial.get());
    const Bytes date = der_time(ended.at);
    const auto reason = crl_reason(ended.reason);
    if (!reason) return der_sequence({serial, date});
    const unsigned char code = static_cast<unsigned char>(*reason);
    const Bytes value = der_octet_string(der(tag::enumerated, ByteView(&code, 1)));
    return der_sequence(
        {serial, date, der_sequence({der_sequence({der_oid("2.5.29.21"), value})})});
}

Bytes extensions(const CrlContent& content) {
    const Bytes authority =
        der_sequence({der(tag::context(0, false), content.issuer_key_identifier)});
    const Bytes list = der_sequence(
        {der_sequence({der_oid("2.5.29.35"), der_octet_string(authority)}),
         der_sequence({der_oid("2.5.29.20"), der_octet_string(der_integer(content.number))})});
    return der(tag::context(0, true), list);
}

}  // namespace

std::optional<int> crl_reason(std::string_view ending_reason) noexcept {
    for (const Mapping& mapping : mappings) {
        if (mapping.ending == ending_reason) return mapping.reason;
    }
    return std::nullopt;
}

Bytes compose_crl(const CrlContent& content) {
    Bytes entries;
    for (const EndedRow& ended : content.ended)
        append(entries, entry(ended));
    // RFC 5280 5.1.2.6: with nothing revoked the list must be absent.
    const Bytes revoked = content.ended.empty() ? Bytes() : der(tag::sequence, entries);
    return der_sequence({der_integer(1), algorithm_identifier(content.algorithm), content.issuer,
                         der_time(content.this_update), der_time(content.next_update), revoked,
                         extensions(content)});
}

}  // namespace hallmark
