// OpenSSL as the independent oracle: what our own writer and reader made is held against an
// implementation that shares no line with them.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

struct SecondOpinion {
    ByteView certificate;        ///< The leaf, DER.
    ByteView spki;               ///< The key that must be in it.
    ByteView serial;             ///< INTEGER content octets that must be in it.
    std::vector<Bytes> issuers;  ///< DER, nearest first, the root last.
    Instant at;                  ///< A moment within the leaf's validity.
};

/// nullopt when OpenSSL parses the certificate, re-encodes it to the same bytes, finds key and
/// serial, sees no CA in it, and builds the chain to the root with X509_verify_cert in strict mode;
/// else what it did not like.
[[nodiscard]] std::optional<std::string> objection_of_openssl(const SecondOpinion& asked);

}  // namespace hallmark
