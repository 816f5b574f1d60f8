// A vendor's signed list of elements, read whole before any of it is believed. Pure: the same
// document, pins and time give the same answer. Refuses to know the database: who owns a key
// already is asked elsewhere.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/registry.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// One pre-provisioned public key, in our canonical encoding.
struct ManifestKey {
    Digest sha256{};  ///< Of the SPKI: what custody is looked up by.
    Bytes spki;
};

struct ManifestUnit {
    std::string unique_id;  ///< [A-Za-z0-9] then [A-Za-z0-9._:-], 1 to 64 characters; as the vendor
                            ///< wrote it.
    std::string model;      ///< Empty where the vendor names none.
    std::vector<ManifestKey> keys;  ///< At least one.
};

struct Manifest {
    Digest sha256{};  ///< Of the document as received.
    std::string format;
    Digest signer_sha256{};  ///< Of the signer certificate's DER.
    std::vector<ManifestUnit> units;
};

struct ManifestLimits {
    std::size_t octets = 64 * 1024 * 1024;
    std::size_t entries = 100'000;
    std::size_t entry_octets = 64 * 1024;
    std::size_t keys_per_entry = 32;
};

struct ManifestDocument {
    std::string_view text;
    std::vector<PinnedVendor> pins;  ///< Of one vendor, for this manifest's format.
    Instant now;
    ManifestLimits limits;
};

inline constexpr std::string_view microchip_manifest_format = "microchip-manifest";

/// Microchip's SecureElementManifest: a JSON array of flattened JWS (RFC 7515 7.2.2), ES256 alone,
/// each entry signed by the certificate that its x5t#S256 names; that certificate is pinned itself
/// or has a path to a pinned root, and is valid now. Every entry is by the same signer. No uniqueId
/// and no key twice. Reason: invalid_document or too_large; the detail names the entry: "entry 7
/// (uniqueId ...): why".
[[nodiscard]] Result<Manifest> parse_microchip_manifest(const ManifestDocument& document,
                                                        const ChainValidator& chains);

}  // namespace hallmark
