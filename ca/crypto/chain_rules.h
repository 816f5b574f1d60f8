// What RFC 5280 and the pin ask of each certificate of a path. Every rule answers nullopt, or the
// cause of the refusal in constant words. Signatures are chain_path.h's. Within this room only.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/crypto/openssl.h"

#include <optional>
#include <string>

namespace hallmark {

using Objection = std::optional<std::string>;

/// What a certificate is judged by; lives as long as one validation.
struct Strictness {
    Purpose purpose;
    const std::set<ChainException>& exceptions;
    const std::set<std::string>& understood;  ///< Extensions that the caller judges.
    Instant at;

    [[nodiscard]] bool tolerates(ChainException exception) const {
        return exceptions.contains(exception);
    }
};

[[nodiscard]] Objection objection_to_leaf(const Certificate& leaf, const Strictness& strictness);
[[nodiscard]] Objection objection_to_purpose(const Certificate& leaf, const PublicKey& key,
                                             const Strictness& strictness);
[[nodiscard]] Objection objection_to_issuer(const Certificate& issuer,
                                            const Strictness& strictness);
[[nodiscard]] Objection objection_to_anchor(const Certificate& anchor,
                                            const Strictness& strictness);
/// Shared by leaf and issuers: version, serial, signature algorithm, AKI, names, critical
/// extensions.
[[nodiscard]] Objection objection_to_profile(const Certificate& certificate,
                                             const Strictness& strictness);
/// RFC 5280 6.1.4 (l), (m): `issuers` nearest first, the anchor last.
[[nodiscard]] Objection objection_to_path_lengths(const std::vector<const Certificate*>& issuers);

/// Whether OpenSSL must judge the path whole, with the leaf: it bears name or policy constraints.
[[nodiscard]] bool bears_constraints(const Certificate& certificate);

/// RSA of 2048 (or 1024 by exception) to 8192 bits with a sound exponent and no ROCA, or P-256,
/// P-384, P-521, Ed25519.
struct IssuerKey {
    PkeyPtr key;
    std::string objection;  ///< Where there is no key.
};
[[nodiscard]] IssuerKey read_issuer_key(ByteView spki, const Strictness& strictness);

}  // namespace hallmark
