#include "ca/issuance/compose.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

Bytes extensions_of(const Grant& grant, const PublicKey& key, const IssuingKey& issuer) {
    Bytes list;
    for (const GrantedExtension& extension : grant.extensions) {
        const Bytes oid = der_oid(extension.oid);
        const Bytes value = der_octet_string(extension_value(extension, key, issuer));
        // critical BOOLEAN DEFAULT FALSE: DER leaves the default out.
        const Bytes critical = extension.critical ? der_boolean(true) : Bytes();
        append(list, der_sequence({oid, critical, value}));
    }
    return der(tag::context(3, true), der(tag::sequence, list));
}

}  // namespace

Serial random_serial() {
    Bytes octets = random_bytes(20);
    octets[0] = static_cast<unsigned char>((octets[0] & 0x3F) | 0x40);
    return Serial(std::move(octets));
}

Bytes extension_value(const GrantedExtension& extension, const PublicKey& key,
                      const IssuingKey& issuer) {
    switch (extension.kind) {
        case ExtensionKind::literal:
            return extension.value;
        case ExtensionKind::subject_key_identifier:
            return der_octet_string(key_identifier(key));
        case ExtensionKind::authority_key_identifier:
            // RFC 5280 4.2.1.1: keyIdentifier [0]
            return der_sequence({der(tag::context(0, false), issuer.key_identifier)});
    }
    throw std::logic_error("an extension of no kind");
}

Draft compose(const Grant& grant, const PublicKey& key, const IssuingKey& issuer) {
    const Serial serial = random_serial();
    const Bytes version = der(tag::context(0, true), der_integer(2));
    const Bytes validity = der_sequence({der_time(grant.not_before), der_time(grant.not_after)});
    return Draft{.serial = serial,
                 .tbs = der_sequence({version, der_unsigned(serial.get()),
                                      algorithm_identifier(issuer.key.algorithm),
                                      issuer.certificate.subject, validity, grant.subject,
                                      key.spki(), extensions_of(grant, key, issuer)})};
}

Bytes assemble(ByteView tbs, SignatureAlgorithm algorithm, ByteView signature) {
    return der_sequence({tbs, algorithm_identifier(algorithm), der_bit_string(signature)});
}

}  // namespace hallmark
