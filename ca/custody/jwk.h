// JSON Web Keys as manifests carry them (RFC 7517): public EC and RSA keys, nothing else.
// Refuses private members: a manifest that carries a private key is a leak, not a list.
#pragma once

#include "ca/custody/manifest.h"
#include "ca/domain/result.h"

#include <boost/json/fwd.hpp>

namespace hallmark {

/// EC on P-256 or P-384 with coordinates of full width (RFC 7518 6.2.1), or RSA with minimal n
/// (6.3.1) and e AQAB; then the rules of parse_public_key. Where x5c stands there, its first
/// certificate bears this very key (RFC 7517 4.7). Reason: invalid_document.
[[nodiscard]] Result<ManifestKey> parse_jwk(const boost::json::value& jwk);

}  // namespace hallmark
