// What an applet on a GlobalPlatform card states of a key in it (docs/profiles/gp-applet.asn), read
// and not judged. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace hallmark {

enum class AppletKeyOrigin : unsigned char { generated = 0, imported = 1, derived = 2 };

struct AppletStatement {
    Bytes applet;  ///< AID, 5 to 16 octets.
    Digest load_file{};
    Bytes key_reference;  ///< 1 to 16 octets.
    Bytes spki;           ///< DER, not yet looked into.
    AppletKeyOrigin origin = AppletKeyOrigin::imported;
    bool exportable = true;
    std::vector<std::string> usage;  ///< sign, decrypt, agree, attest; at least one.
    unsigned char card_state = 0;
    std::int64_t counter = 0;
    Bytes nonce;  ///< 32 octets
};

/// Exactly one AppletStatement in DER, version 1. Reason: evidence_not_accepted, detail
/// "statement: ...".
[[nodiscard]] Result<AppletStatement> parse_applet_statement(ByteView der);

}  // namespace hallmark
