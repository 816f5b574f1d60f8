// Key pairs as objects of a token: making one, finding one, reading what the token says of it.
// Judges nothing: the rules are in key_rules.h.
#pragma once

#include "ca/hsm/session.h"
#include "ca/hsm/token.h"

namespace hallmark {

struct KeyPair {
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
};

/// The one private key that the URI's object and id name, and the one public key beside it with the
/// same CKA_ID. Reason: unavailable, for none and for several.
[[nodiscard]] Result<KeyPair> find_key_pair(const Session& session, const KeyUri& uri);

/// The public key by our own rules (parse_public_key). The two halves are held together by CKA_ID
/// and, for RSA, by the private object's own modulus. No test signature is made: an issuing key
/// signs certificates and CRLs and nothing else, and whoever uses it verifies every signature with
/// this public key. Reason: unavailable.
[[nodiscard]] Result<PublicKey> public_key_of(const Session& session, const KeyPair& pair);

[[nodiscard]] KeyAttributes read_attributes(const Session& session, CK_OBJECT_HANDLE private_key);

struct NewKeyPair {
    std::string_view label;
    ByteView id;
    KeyAlgorithm algorithm;
};
/// On a session that may write. Throws HsmFault.
[[nodiscard]] KeyPair make_key_pair(const Session& session, const NewKeyPair& wanted);
/// For a pair that this process just made and will not have.
void destroy_key_pair(const Session& session, const KeyPair& pair);

}  // namespace hallmark
