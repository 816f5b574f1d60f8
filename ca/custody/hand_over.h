// One hand-over of a lot, signed by who vouches for it, and the chain that such entries make from
// the vendor's manifest to the site. Pure: reads, writes and links documents; whose key may sign is
// asked elsewhere. Form: flattened JWS (RFC 7515 7.2.2) with ES256 (RFC 7518 3.4), signed over the
// base64url text of header and payload (5.1), as this house reads and writes manifests and results;
// members and kinds of the payload are ours (docs/adr/0013-hand-overs-and-the-ledger.md).
#pragma once

#include "ca/crypto/file_key.h"
#include "ca/crypto/keys.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// vendor and distributor are told by who gives; the others by the house itself. The first four
/// hand the lot on; scrap and return_ ("return") take elements out of it.
enum class HandOverKind { vendor, distributor, receiving, line, scrap, return_ };
[[nodiscard]] std::string_view name_of(HandOverKind kind) noexcept;
[[nodiscard]] std::optional<HandOverKind> hand_over_kind_from(std::string_view name) noexcept;
/// Signed by an outside party, whose certificate is pinned.
[[nodiscard]] bool is_of_outside(HandOverKind kind) noexcept;
/// Says that the lot is at a site.
[[nodiscard]] bool is_at_site(HandOverKind kind) noexcept;
[[nodiscard]] bool takes_out(HandOverKind kind) noexcept;

/// What an entry says.
struct HandOver {
    LotId lot;
    std::uint32_t sequence = 0;  ///< 1 is the first after the manifest.
    HandOverKind kind{};
    std::string from, to;  ///< Slugs: vendors, distributors, stores, lines.
    std::uint64_t units = 0;
    std::optional<SiteId> site;         ///< For receiving and line, and only there.
    Instant at;                         ///< As the signer says.
    Digest previous{};                  ///< SHA-256 of the document before; see HandOverEnd.
    std::vector<std::string> elements;  ///< uniqueIds, `units` of them; for scrap and return alone.
};

/// An entry as it came: read whole, its signature not judged yet.
struct HandOverDocument {
    HandOver entry;
    Digest sha256{};              ///< Of the document's octets.
    Digest certificate_sha256{};  ///< Whose certificate it says (x5t#S256, RFC 7515 4.1.8).
    std::string signing_input;
    Bytes signature;
};

struct HandOverLimits {
    std::size_t octets = 64 * 1024;
    std::size_t elements = 500;
    std::uint64_t units = 1'000'000'000;
    std::uint32_t entries = 256;  ///< Of one lot.
};

/// Exactly payload, protected and signature; a protected header of alg ES256, typ
/// hallmark-hand-over+jws (RFC 8725 3.11: it cannot be taken for another kind of token) and
/// x5t#S256; a payload in canonical JSON, octet by octet, with the members of its kind and no
/// other. Reason: invalid_document, too_large.
[[nodiscard]] Result<HandOverDocument> parse_hand_over(std::string_view text,
                                                       const HandOverLimits& limits = {});
[[nodiscard]] bool is_signed_by(const HandOverDocument& document, const PublicKey& p256);
/// The document. Throws Fault when the key is not on P-256.
[[nodiscard]] std::string write_hand_over(const HandOver& entry, const Digest& certificate_sha256,
                                          const FileKey& key);
/// The payload that is signed.
[[nodiscard]] std::string hand_over_payload(const HandOver& entry);

/// Where a chain ends so far: what the next entry must follow.
struct HandOverEnd {
    std::uint32_t sequence = 0;
    Digest previous{};
    std::uint64_t units = 0;  ///< Handed on, less what was scrapped or returned since.
    std::string holder;       ///< Whom the lot was handed to last; at first its vendor.
    std::optional<HandOverKind> last_kind;  ///< Of the last that handed the lot on.
    std::optional<SiteId> site;             ///< Where that was.
};

struct HandOverOrigin {
    VendorId vendor;
    std::uint64_t units = 0;        ///< Of all manifests.
    std::vector<Digest> manifests;  ///< In any order.
};

/// The manifest, signed by the vendor's pinned signer, is the vendor's own entry (sequence 0). Of
/// several the digest is the SHA-256 of their digests, ascending, one after the other.
[[nodiscard]] HandOverEnd hand_over_origin(const HandOverOrigin& origin);
/// The chain with one more entry: of this lot, next in number, naming the one before it by digest,
/// from whoever holds the lot, of no more units than there are. Reason: conflict.
[[nodiscard]] Result<HandOverEnd> follow(const HandOverEnd& end, const LotId& lot,
                                         const HandOverDocument& next);
/// The lot was last handed on into this site, and something is left of it. Reason: conflict.
[[nodiscard]] Result<Done> check_arrived(const HandOverEnd& end, const SiteId& site);

}  // namespace hallmark
