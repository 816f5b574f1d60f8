// From a grant to the bytes that will be signed. Takes the key from the evidence and everything
// else from policy; nothing of the request's own words gets here.
#pragma once

#include "ca/domain/certificate.h"
#include "ca/issuance/issuing_keys.h"
#include "policy/grant.h"

namespace hallmark {

/// 20 octets, 158 of their bits random, always positive and never shorter (RFC 5280 4.1.2.2).
[[nodiscard]] Serial random_serial();

/// TBSCertificate (RFC 5280 4.1) for this grant, key and issuer.
[[nodiscard]] Draft compose(const Grant& grant, const PublicKey& key, const IssuingKey& issuer);

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }
[[nodiscard]] Bytes assemble(ByteView tbs, SignatureAlgorithm algorithm, ByteView signature);

/// The extnValue content of one granted extension, for this key and issuer.
[[nodiscard]] Bytes extension_value(const GrantedExtension& extension, const PublicKey& key,
                                    const IssuingKey& issuer);

}  // namespace hallmark
