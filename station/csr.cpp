#include "station/csr.h"

#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

namespace hallmark {

Bytes make_csr(const RequestContent& content, const Sign& sign) {
    // Attribute ::= SEQUENCE { type OID, values SET OF }; challengePassword is a DirectoryString.
    std::vector<Bytes> attributes = content.attributes;
    attributes.push_back(der_sequence(
        {der_oid("1.2.840.113549.1.9.7"), der_set_of({der_utf8(to_base64(content.nonce))})}));
    // RFC 2986 4.1: version v1(0), an empty Name, the key, and attributes [0] IMPLICIT SET OF.
    Bytes set = der_set_of(std::move(attributes));
    set[0] = tag::context(0, true);
    const Bytes to_be_signed = der_sequence({der_integer(0), der_sequence({}), content.spki, set});
    return der_sequence({to_be_signed, algorithm_identifier(SignatureAlgorithm::ecdsa_sha256),
                         der_bit_string(sign(to_be_signed))});
}

Bytes make_csr(ByteView spki, ByteView nonce, const Sign& sign) {
    return make_csr({.spki = spki, .nonce = nonce}, sign);
}

}  // namespace hallmark
