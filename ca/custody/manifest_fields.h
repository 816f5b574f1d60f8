// What the formats' entries have in common: the form of a unit's fields, members of JSON objects,
// and the place that a refusal names. For the files of this room alone.
#pragma once

#include "ca/custody/manifest.h"
#include "ca/custody/manifest_signer.h"
#include "ca/domain/result.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace hallmark {

/// Reason: invalid_document.
[[nodiscard]] Refusal bad_entry(std::string what);
/// The same refusal with its place: "entry 7 (uniqueId 0123): what". `unique_id` is told where it
/// has a safe form.
[[nodiscard]] Refusal at_entry(std::size_t index, std::string_view unique_id,
                               const Refusal& refusal);

/// [A-Za-z0-9] then [A-Za-z0-9._:-], 1 to 64 characters.
[[nodiscard]] bool is_unit_id(std::string_view text);
/// Vendors' names of parts hold spaces; anything that prints is taken, 64 characters at most.
[[nodiscard]] bool is_unit_model(std::string_view text);

/// A string member's text; empty where there is none.
[[nodiscard]] std::string_view text_member(const boost::json::object& object,
                                           std::string_view name);
/// Exactly these members: an unknown one in a JWS may change what the signature means (RFC
/// 7515 4.1.11).
[[nodiscard]] bool has_exactly(const boost::json::object& object,
                               std::initializer_list<std::string_view> names);
/// One JSON object, which lives in `storage`. Reason: invalid_document, "`what`: ...".
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text, std::size_t octets,
                                                       std::string_view what,
                                                       boost::json::storage_ptr storage = {});

/// A signature over `message` as JWS and its algorithm's name say: ES256 under P-256, ES384 under
/// P-384, RS256 under RSA (RFC 7518 3.3, 3.4). False for other names and for a name that is not the
/// key's.
[[nodiscard]] bool verify_jws(const PublicKey& key, std::string_view algorithm,
                              std::string_view message, const Bytes& signature);

}  // namespace hallmark
