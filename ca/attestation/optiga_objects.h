// Octets about an OPTIGA Trust M, read and not judged: what its certificate object holds, and what
// its host says of a key in it (docs/profiles/optiga-trust-m.asn). Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>

namespace hallmark {

/// The certificate in a certificate object: the object itself, or, where it begins with tag C0 (a
/// TLS identity), what follows the header of nine octets, whose three lengths must fit one
/// certificate to the octet. Detail "certificate: ...".
[[nodiscard]] Result<ByteView> certificate_in_object(ByteView object);

struct OptigaStatement {
    std::uint16_t key_object = 0;
    Bytes spki;   ///< DER, not yet looked into.
    Bytes nonce;  ///< 32 octets
};

/// Exactly one HostStatement in DER, version 1. Reason: evidence_not_accepted, detail
/// "statement: ...".
[[nodiscard]] Result<OptigaStatement> parse_optiga_statement(ByteView der);

}  // namespace hallmark
