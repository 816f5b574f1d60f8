#include "ca/attestation/euicc_signed.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t most_transaction_octets = 16, challenge_octets = 16, longest_server = 253;
constexpr std::size_t version_octets = 3, most_info_members = 32;

Refusal malformed(std::string_view what) {
    return evidence_refused("statement", std::string(what) + " is malformed");
}

/// An FQDN's characters (RFC 1035 2.3.1).
bool is_host_name(ByteView octets) {
    return !octets.empty() && octets.size() <= longest_server &&
           std::all_of(octets.begin(), octets.end(), [](unsigned char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-';
           });
}

/// Content of [34], the one tag here that takes two octets, BF 22. What follows the BF reads as an
/// element whose tag is 22.
std::optional<ByteView> take_info(DerReader& reader) {
    const ByteView rest = reader.rest();
    if (rest.empty() || rest.front() != 0xBF) return std::nullopt;
    DerReader behind(rest.subspan(1));
    const auto content = behind.content(0x22);
    if (content) reader = DerReader(behind.rest());
    return content;
}

/// EUICCInfo2 begins with profileVersion [1], svn [2] and euiccFirmwareVer [3], VersionType each:
/// three octets, major, minor, revision.
std::optional<std::string> firmware_in(ByteView info) {
    DerReader reader(info);
    ByteView version;
    for (unsigned number = 1; number <= 3; ++number) {
        const auto content = reader.content(tag::context(number, false));
        if (!content || content->size() != version_octets) return std::nullopt;
        version = *content;
    }
    for (std::size_t more = 0; !reader.at_end(); ++more) {
        if (more == most_info_members || !reader.any()) return std::nullopt;
    }
    return std::to_string(version[0]) + '.' + std::to_string(version[1]) + '.' +
           std::to_string(version[2]);
}

}  // namespace

// EuiccSigned1 ::= SEQUENCE { transactionId [0] OCTET STRING (SIZE (1..16)), serverAddress [3]
// UTF8String, serverChallenge [4] OCTET STRING (SIZE (16)), euiccInfo2 [34] EUICCInfo2, ctxParams1
// CHOICE { ctxParamsForCommonAuthentication [0] } }, IMPLICIT tags.
Result<EuiccSigned> parse_euicc_signed(ByteView der) {
    const auto outer = sole_element(der, tag::sequence);
    if (!outer) return evidence_refused("statement", "not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    const auto transaction = reader.content(tag::context(0, false));
    if (!transaction || transaction->empty() || transaction->size() > most_transaction_octets)
        return malformed("the transaction's number");
    const auto server = reader.content(tag::context(3, false));
    if (!server || !is_host_name(*server)) return malformed("the server's address");
    const auto challenge = reader.content(tag::context(4, false));
    if (!challenge || challenge->size() != challenge_octets) return malformed("the challenge");
    const auto info = take_info(reader);
    const auto firmware = info ? firmware_in(*info) : std::nullopt;
    if (!firmware) return malformed("what the eUICC says of itself");
    if (!reader.element(tag::context(0, true))) return malformed("the context");
    if (!reader.at_end()) return evidence_refused("statement", "more than its definition has");
    return EuiccSigned{.transaction = to_bytes(*transaction),
                       .server = std::string(as_text(*server)),
                       .challenge = to_bytes(*challenge),
                       .firmware = *firmware};
}

}  // namespace hallmark
