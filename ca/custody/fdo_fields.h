// Hashes and public keys as FIDO Device Onboard writes them in CBOR. For the files of this room
// alone.
#pragma once

#include "ca/crypto/cbor.h"
#include "ca/crypto/keys.h"
#include "ca/domain/result.h"

namespace hallmark {

[[nodiscard]] bool is_array(const CborItem& item, std::size_t count);
[[nodiscard]] bool is_number(const CborItem& item, std::int64_t number);

/// HMac = [type, octets], HMAC-SHA256 or HMAC-SHA384.
[[nodiscard]] bool is_mac(const CborItem& item);
/// Whether the item is a Hash = [type, octets] of these octets, under the algorithm that it names:
/// SHA-256 or SHA-384.
[[nodiscard]] bool is_hash_of(const CborItem& item, ByteView octets);

/// PublicKey = [type, encoding, body]; SECP256R1 and SECP384R1 alone, as X.509, as a chain or as a
/// COSE key. Reason: invalid_document.
[[nodiscard]] Result<PublicKey> key_in(const CborItem& item);

}  // namespace hallmark
