// What policy allows for one device: everything the certificate will say, and nothing a caller
// chose.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/evidence.h"
#include "ca/domain/ids.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// What decide() may look at. Facts only; no request text.
struct RequestFacts {
    Claims claims;
    KeyAlgorithm key_algorithm = KeyAlgorithm::ec_p256;
    /// The element as custody knows it.
    VendorId vendor;
    std::string unique_id;  ///< Manifest's uniqueId.
    std::string element_model;
    LotId lot;
    SiteId site;
    StationId station;
    /// The next number of the product's own range, where the identity rule is `range`.
    std::optional<std::uint64_t> range_number;
    Instant now;
    /// The issuing intermediate's own certificate.
    IntermediateId intermediate;
    Instant issuer_not_before;
    Instant issuer_not_after;
};

enum class ExtensionKind {
    literal,                   ///< `value` is the extnValue content.
    subject_key_identifier,    ///< compose fills in key_identifier(leaf key).
    authority_key_identifier,  ///< compose fills in the issuer's subject key identifier.
};

struct GrantedExtension {
    std::string oid;
    bool critical = false;
    ExtensionKind kind = ExtensionKind::literal;
    Bytes value;
};

struct Grant {
    ProductId product;
    Digest policy{};
    IntermediateId intermediate;
    DeviceId device;
    Bytes subject;         ///< Name DER
    Bytes folded_subject;  ///< Equal for subjects that match by RFC 5280 7.1: for uniqueness.
    std::vector<Bytes>
        subject_alt_names;  ///< GeneralName DER each, for uniqueness; also inside `extensions`.
    Instant not_before;
    Instant not_after;
    std::vector<GrantedExtension> extensions;  ///< In the order they are written.
    std::chrono::seconds confirm_within{};  ///< Void after this without a confirmed installation.
    std::uint32_t rework_limit = 0;         ///< How many voids one element may have.
    std::optional<std::uint64_t>
        station_limit;  ///< Certificates per station under this policy version.
    std::optional<std::uint64_t> lot_limit;
    std::optional<std::uint64_t> lot_station_limit = {};  ///< What one station takes of a lot.
    /// Why the product takes less than a key that was attested and generated, where this element
    /// gave less; it goes into the record.
    std::optional<std::string> assurance_reason = {};
};

}  // namespace hallmark
