// Who signed a manifest: the pinned certificate that the signature names by digest, judged as of
// now. Refuses certificates that the document itself might bring.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/chain.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/registry.h"

#include <vector>

namespace hallmark {

struct ManifestSigner {
    Certificate certificate;
    PublicKey key;  ///< Of any algorithm of this house: which of them a format's signatures take is
                    ///< its own to say.
};

struct SignerRequest {
    Digest certificate_sha256{};  ///< As the document names it.
    const std::vector<PinnedVendor>& pins;
    Instant now;
};

/// The certificate with that digest among the pins: one that is pinned itself, or one that stands
/// beside a pinned root and has a path to it. Valid now; its keyUsage, where it has one, allows
/// signatures (RFC 5280 4.2.1.3, digitalSignature). Reason: invalid_document.
[[nodiscard]] Result<ManifestSigner> find_manifest_signer(const SignerRequest& request,
                                                          const ChainValidator& chains);

}  // namespace hallmark
