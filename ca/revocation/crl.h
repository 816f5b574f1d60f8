// Certificate revocation lists (RFC 5280 section 5): the bytes to be signed, from rows. Knows no
// token.
#pragma once

#include "ca/crypto/keys.h"
#include "db/crls.h"

#include <optional>
#include <string_view>
#include <vector>

namespace hallmark {

/// RFC 5280 5.3.1; nullopt where the extension should be absent (unspecified).
[[nodiscard]] std::optional<int> crl_reason(std::string_view ending_reason) noexcept;

struct CrlContent {
    ByteView issuer;  ///< Name DER
    ByteView issuer_key_identifier;
    SignatureAlgorithm algorithm{};
    std::int64_t number = 0;
    Instant this_update;
    Instant next_update;
    std::vector<EndedRow> ended;
};

/// TBSCertList, version 2, with authorityKeyIdentifier and cRLNumber.
[[nodiscard]] Bytes compose_crl(const CrlContent& content);

}  // namespace hallmark
