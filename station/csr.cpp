#include "station/csr.h"

#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

namespace hallmark {

Bytes make_csr(ByteView spki, ByteView nonce, const Sign& sign) {
    // Attribute ::= SEQUENCE { type OID, values SET OF }; challengePassword is a DirectoryString.
    const Bytes challenge =
        der_sequence({der_oid("1.2.840.113549.1.9.7"), der_set_of({der_utf8(to_base64(nonce))})});
    // RFC 2986 4.1: version v1(0), an empty Name, the key, and attributes [0].
    const Bytes to_be_signed = der_sequence(
        {der_integer(0), der_sequence({}), spki, der(tag::context(0, true), challenge)});
    return der_sequence({to_be_signed, algorithm_identifier(SignatureAlgorithm::ecdsa_sha256),
                         der_bit_string(sign(to_be_signed))});
}

}  // namespace hallmark
