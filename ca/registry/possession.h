// Proof of possession at an enrolment: who is enrolled by a certificate shows, under the very name
// and role that are asked for, that the key is in their hand. A proof is good for one enrolment,
// since a key is known for ever afterwards.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/domain/bytes.h"

#include <string_view>

namespace hallmark {

/// "hallmark-enrolment-v1" || 00 || role ("operator", "station") || 00 || id || 00 ||
/// SHA-256(certificate DER).
[[nodiscard]] Bytes possession_text(std::string_view role, std::string_view id,
                                    const Digest& certificate_sha256);

/// A signature over possession_text by the certificate's key: ECDSA (DER) or RSA PKCS#1 v1.5, each
/// with SHA-256, as ca/crypto/file_key.h and `openssl dgst -sha256 -sign` make it.
[[nodiscard]] bool proves_possession(const Certificate& certificate, std::string_view role,
                                     std::string_view id, ByteView proof);

/// The certificate's own key signed it. That shows possession at some time, and not of this name.
[[nodiscard]] bool is_signed_by_itself(const Certificate& certificate);

}  // namespace hallmark
