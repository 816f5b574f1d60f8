// The names of things. Raw input becomes one of these through a parse_* that returns Result.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"
#include "ca/domain/strong.h"

#include <string>
#include <string_view>

namespace hallmark {

using Serial =
    Strong<Bytes, struct SerialTag>;  ///< Positive, at most 20 octets (RFC 5280 4.1.2.2).
using SeSerial = Strong<std::string, struct SeSerialTag>;
using ElementId = Strong<std::string, struct ElementIdTag>;  ///< Made by element_id().
using DeviceId = Strong<std::string, struct DeviceIdTag>;
using ProductId = Strong<std::string, struct ProductIdTag>;
using LotId = Strong<std::string, struct LotIdTag>;
using SiteId = Strong<std::string, struct SiteIdTag>;
using StationId = Strong<std::string, struct StationIdTag>;
using OperatorId = Strong<std::string, struct OperatorIdTag>;
using VendorId = Strong<std::string, struct VendorIdTag>;
using IntermediateId = Strong<std::string, struct IntermediateIdTag>;
using RequestId = Strong<std::string, struct RequestIdTag>;    ///< A UUID in lower case.
using IssuanceId = Strong<std::string, struct IssuanceIdTag>;  ///< A UUID in lower case.

/// vendor/uniqueId of the manifest, its letters in lower case: serials are written as hexadecimal
/// in either case, and two spellings are one element.
[[nodiscard]] ElementId element_id(const VendorId& vendor, std::string_view unique_id);

/// A slug: [a-z0-9] then [a-z0-9._-], 1 to 64 characters. Products, stations, lots, sites, vendors,
/// operators and intermediates are named so; `what` names the field in the refusal's detail.
[[nodiscard]] Result<std::string> parse_slug(std::string_view text, std::string_view what);

/// RFC 9562 section 4 text form, any version; answers lower case.
[[nodiscard]] Result<std::string> parse_uuid(std::string_view text, std::string_view what);

template <typename Id>
[[nodiscard]] Result<Id> parse_slug_as(std::string_view text, std::string_view what) {
    HALLMARK_TRY(slug, parse_slug(text, what));
    return Id(std::move(slug));
}

}  // namespace hallmark
