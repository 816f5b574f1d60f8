#include "station/csr.h"

#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

namespace hallmark {

Bytes make_csr(ByteView spki, const Sign& sign) {
    // RFC 2986 4.1: version v1(0), an empty Name, the key, and attributes [0], which may be empty
    // but not absent.
    const Bytes to_be_signed = der_sequence(
        {der_integer(0), der_sequence({}), spki, der(tag::context(0, true), ByteView())});
    return der_sequence({to_be_signed, algorithm_identifier(SignatureAlgorithm::ecdsa_sha256),
                         der_bit_string(sign(to_be_signed))});
}

}  // namespace hallmark
