// What an eUICC signs in common mutual authentication, euiccSigned1 (GSMA SGP.22 5.7.13), read and
// not judged. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <string>

namespace hallmark {

struct EuiccSigned {
    Bytes transaction;     ///< 1 to 16 octets.
    std::string server;    ///< Letters, digits, dots and hyphens: whom it answered.
    Bytes challenge;       ///< 16 octets
    std::string firmware;  ///< euiccFirmwareVer, dotted.
};

/// Exactly one EuiccSigned1 in DER, with nothing behind ctxParams1. Of euiccInfo2 the first three
/// members must be there, and the rest be DER; of ctxParams1 that it is there alone, since it tells
/// of the device around the eUICC. Reason: evidence_not_accepted, detail "statement: ...".
[[nodiscard]] Result<EuiccSigned> parse_euicc_signed(ByteView der);

}  // namespace hallmark
