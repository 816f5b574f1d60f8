// What an enrolment's documents must be before a row is written: certificates whole, valid now,
// with keys that we take; anchors that parse; an intermediate that may sign. Pure; knows no
// database.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <string_view>
#include <vector>

namespace hallmark {

/// A client certificate as the registry keeps it.
struct ClientCertificate {
    Bytes der;
    Digest sha256{};
    Digest key_sha256{};  ///< Of the canonical public key.
    Instant not_after;
};

/// Reason: invalid_document, also when `now` lies outside the certificate's validity.
[[nodiscard]] Result<ClientCertificate> read_client_certificate(ByteView der, Instant now);

/// A CA certificate within its validity that may sign certificates, and above it each issuer, by
/// name and signature; the last is self-issued. Answers the certificate with its key. Reason:
/// invalid_document.
[[nodiscard]] Result<ClientCertificate> read_issuing_certificate(ByteView der,
                                                                 const std::vector<Bytes>& chain,
                                                                 Instant now);

/// At least one and at most 64 certificates that parse. Reason: invalid_document.
[[nodiscard]] Result<Done> check_anchors(const std::vector<Bytes>& roots,
                                         const std::vector<Bytes>& intermediates);

}  // namespace hallmark
