// The doors' side of TLS: TLS 1.3 alone, nothing resumed, nothing early, nothing renegotiated. The
// verify callback lets every client certificate through, since pins are looked up per request; the
// handshake still proves its key.
#pragma once

#include "ca/domain/caller.h"
#include "server/http/door.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>

namespace hallmark {

/// The caller frees it. Throws Fault where certificate or key cannot be taken.
[[nodiscard]] SSL_CTX* make_door_context(const DoorOptions& options);

/// What the peer showed, whole; nullopt without a certificate.
[[nodiscard]] std::optional<PeerCertificate> peer_of(const SSL* connection,
                                                     const std::string& source_address);

}  // namespace hallmark
