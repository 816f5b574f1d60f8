// A vendor's signed list of elements, read a unit at a time: a document of a million units is never
// whole in memory. One parser a format, each pure: the same octets, pins and time give the same
// answer. Refuses to know the database: who owns a uniqueId or a key already, in this document or
// an earlier one, is asked there.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/custody/manifest_input.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/registry.h"

#include <functional>
#include <span>
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
    std::vector<ManifestKey>
        keys;  ///< None in a light manifest, which has none at all; else at least one.
};

struct ManifestLimits {
    std::uint64_t octets = 64ull * 1024 * 1024 * 1024;
    std::size_t entries = 16'000'000;
    std::size_t entry_octets = 64 * 1024;
    std::size_t keys_per_entry = 32;
};

/// Against what a document is held.
struct ManifestTerms {
    std::vector<PinnedVendor> pins;  ///< Of one vendor, for this manifest's format.
    Instant now;
    ManifestLimits limits = {};
};

/// One entry cut off the document and not yet believed.
struct ManifestClaim {
    std::size_t index = 0;
    /// Signature and fields. Pure, from any thread, once; it owns what it looks at. The detail of a
    /// refusal names the entry: "entry 7 (uniqueId ...): why".
    std::function<Result<ManifestUnit>()> check;
};

/// Takes the claims in the document's order. Its refusal ends the reading and is the parser's own.
using ManifestSink = std::function<Result<Done>(ManifestClaim)>;

/// Hands every entry to the sink and answers the SHA-256 of the signer's certificate, the same for
/// all entries. Nothing is to be believed before each check said yes and the parser has answered.
/// Reason: invalid_document or too_large.
using ParseManifest = Result<Digest> (*)(ManifestInput&, const ManifestTerms&,
                                         const ChainValidator&, const ManifestSink&);

struct ManifestFormat {
    std::string_view name;
    ParseManifest parse;
};
/// The formats that are taken; each is pinned by its name.
[[nodiscard]] std::span<const ManifestFormat> manifest_formats() noexcept;
/// Null for a name that is none of them.
[[nodiscard]] const ManifestFormat* find_manifest_format(std::string_view name) noexcept;

inline constexpr std::string_view microchip_manifest_format = "microchip-manifest";

/// Microchip's SecureElementManifest: a JSON array of flattened JWS (RFC 7515 7.2.2), ES256 alone,
/// each entry signed by the certificate that its x5t#S256 names; that certificate is pinned itself
/// or has a path to a pinned root, and is valid now. Every entry is by the same signer. `version`
/// is 1 or 3, with public keys in each entry, or 2, the light form, with none in any (Trust
/// Platform Manifest File Full Format and Light Format, "SecureElement Object", as
/// onlinedocs.microchip.com showed them).
[[nodiscard]] Result<Digest> parse_microchip_manifest(ManifestInput& input,
                                                      const ManifestTerms& terms,
                                                      const ChainValidator& chains,
                                                      const ManifestSink& sink);

inline constexpr std::string_view signed_csv_format = "csv-cms";

/// A list in CSV (RFC 4180, UTF-8, first line `unique_id,model,spki`, spki in base64) behind its
/// detached CMS signature (RFC 5652) as one PEM block (RFC 7468 9, label CMS): the block's end
/// line, then the list, octet for octet as it was signed. The signer is named by the signature and
/// pinned here; certificates in the signature are not looked at.
[[nodiscard]] Result<Digest> parse_signed_csv(ManifestInput& input, const ManifestTerms& terms,
                                              const ChainValidator& chains,
                                              const ManifestSink& sink);

inline constexpr std::string_view opcua_ticket_format = "opcua-ticket";

/// A JSON array of device identity tickets of OPC UA (OPC 10000-21 8, version 1.05): each a JWS in
/// general serialization, in which every actor of the supply chain adds a signature. All signatures
/// verify, each by a certificate that is pinned itself or has a path to a pinned root; ES256, ES384
/// or RS256. One is the manufacturer's, without opc-uri, and it is the same one's in all tickets. A
/// unit is named by its SerialNumber. Tickets name devices and no keys, so that what they bring is
/// taken for record alone, as a light manifest is.
[[nodiscard]] Result<Digest> parse_opcua_tickets(ManifestInput& input, const ManifestTerms& terms,
                                                 const ChainValidator& chains,
                                                 const ManifestSink& sink);

inline constexpr std::string_view fdo_voucher_format = "fdo-voucher";

/// Ownership vouchers of FIDO Device Onboard 1.1, one CBOR item after another (RFC 8742). The
/// maker's key is that of a certificate that is pinned itself or has a path to a pinned root, the
/// same in all vouchers; from it every transfer is verified to the owner: its COSE_Sign1 by the
/// owner before, its hash of what came before, and its hash of the device. The header's HMAC is the
/// device's own and stays what it is. A unit is named by its GUID in hexadecimal, its model is the
/// device information, and its key that of the device certificate, whose chain the header's hash
/// names. ECDSA on P-256 and P-384 alone. A voucher without a transfer is refused, since nobody
/// signed it.
[[nodiscard]] Result<Digest> parse_fdo_vouchers(ManifestInput& input, const ManifestTerms& terms,
                                                const ChainValidator& chains,
                                                const ManifestSink& sink);

}  // namespace hallmark
