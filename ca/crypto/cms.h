// A detached CMS signature (RFC 5652), read strictly and in DER alone: one signer, signed
// attributes, nothing inside. Answers what was signed and by whom it says to be; the key comes from
// elsewhere, and certificates that the message brings are never believed.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <string>

namespace hallmark {

struct CmsSignature {
    HashAlgorithm digest_algorithm = HashAlgorithm::sha256;
    Bytes message_digest;  ///< Of the detached content, as the signed attributes have it.
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
    Bytes signed_octets;  ///< RFC 5652 5.4: the attributes as a SET OF, which is what the signature
                          ///< is over.
    Bytes signature;
    // The signer's certificate is named in one of two ways (RFC 5652 5.3).
    Bytes issuer;          ///< Name DER, with the serial; else empty.
    Bytes serial;          ///< INTEGER content octets.
    Bytes key_identifier;  ///< subjectKeyIdentifier; else empty.
};

/// SHA-256, SHA-384 or SHA-512; ECDSA, RSA PKCS#1 or PSS. The content type is id-data, in the
/// message and in its attribute; each signed attribute stands once and has one value. Reason:
/// invalid_document, detail "cms: ...".
[[nodiscard]] Result<CmsSignature> parse_detached_cms(ByteView der);

/// Whether the signer information names this certificate.
[[nodiscard]] bool is_signer(const CmsSignature& signature, const Certificate& certificate);

/// The signature over the attributes, under this key. That message_digest is the content's is asked
/// where the content is. Reason: invalid_document.
[[nodiscard]] Result<Done> verify_cms_attributes(const CmsSignature& signature,
                                                 const PublicKey& key);

}  // namespace hallmark
