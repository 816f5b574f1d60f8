// The parts of an attestation object (W3C Web Authentication, Level 2, 6.1 and 6.5), read and not
// judged. Within this room only.
#pragma once

#include "ca/crypto/cbor.h"
#include "ca/crypto/keys.h"

#include <string>
#include <vector>

namespace hallmark {

struct AttestationObject {
    std::string statement_format;
    CborItem statement;  ///< A map.
    Bytes authenticator_data;
    Digest relying_party{};  ///< SHA-256 of its id.
    Bytes aaguid;            ///< 16 octets: the authenticator's model.
    /// The credential's key, SPKI in our encoding. RSA of any size from 2048 to 4096 bits: which of
    /// them are taken is asked of the request, whose key this must be.
    Bytes spki;
};

/// Reason: evidence_not_accepted, detail "object: ..." or "key: ...".
[[nodiscard]] Result<AttestationObject> parse_attestation_object(ByteView cbor);

/// collectedClientData (5.8.1) of a creation: its challenge, decoded. Detail "client-data: ...".
[[nodiscard]] Result<Bytes> challenge_in(ByteView client_data);

}  // namespace hallmark
