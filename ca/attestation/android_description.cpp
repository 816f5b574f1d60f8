#include "ca/attestation/android_description.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

// AuthorizationList, versions 1 to 400 together (android/keyattestation, KeyMintTag).
namespace field {
constexpr std::uint32_t purpose = 1, algorithm = 2, origin = 702, root_of_trust = 704,
                        os_version = 705, os_patch = 706, brand = 710, device = 711, product = 712,
                        manufacturer = 716, model = 717, vendor_patch = 718, boot_patch = 719;
}  // namespace field
constexpr std::array<std::uint32_t, 52> known_fields{
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  200, 203, 303, 305, 400, 401, 402,
    405, 502, 503, 504, 505, 506, 507, 508, 509, 600, 601, 700, 701, 702, 703, 704, 705, 706,
    709, 710, 711, 712, 713, 714, 715, 716, 717, 718, 719, 720, 721, 723, 724, 725};
// 1 to 4 are Keymaster's, hundreds KeyMint's.
constexpr std::array<std::int64_t, 8> known_versions{1, 2, 3, 4, 100, 200, 300, 400};
constexpr std::int64_t first_with_boot_hash = 3;
constexpr std::size_t longest_text = 64;

Refusal malformed(std::string_view what) {
    return evidence_refused("description", what);
}

std::optional<std::int64_t> number_in(ByteView content) {
    DerReader reader(content);
    const auto number = reader.small_integer();
    if (!number || !reader.at_end()) return std::nullopt;
    return number;
}

/// ENUMERATED with one content octet; all of these have few values.
std::optional<unsigned> choice(DerReader& reader) {
    const auto content = reader.content(tag::enumerated);
    if (!content || content->size() != 1) return std::nullopt;
    return content->front();
}

std::optional<std::vector<std::int64_t>> numbers_in(ByteView content) {
    const auto set = sole_element(content, tag::set);
    if (!set) return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (DerReader reader(set->content); !reader.at_end();) {
        const auto number = reader.small_integer();
        if (!number) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

std::optional<std::string> text_in(ByteView content) {
    const auto octets = sole_element(content, tag::octet_string);
    if (!octets || octets->content.size() > longest_text) return std::nullopt;
    const std::string text(as_text(octets->content));
    const bool is_printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!is_printable) return std::nullopt;
    return text;
}

std::optional<AndroidBoot> boot_in(ByteView content, std::int64_t version) {
    const auto whole = sole_element(content, tag::sequence);
    if (!whole) return std::nullopt;
    DerReader reader(whole->content);
    const auto key = reader.content(tag::octet_string);
    const auto locked = reader.boolean();
    const auto state = choice(reader);
    if (!key || !locked || !state || *state > 3) return std::nullopt;
    if (version >= first_with_boot_hash && !reader.content(tag::octet_string)) return std::nullopt;
    if (!reader.at_end()) return std::nullopt;
    return AndroidBoot{.locked = *locked, .state = static_cast<AndroidBoot::State>(*state)};
}

using Fields = std::map<std::uint32_t, ByteView>;

Result<Fields> read_fields(DerReader list) {
    Fields fields;
    while (!list.at_end()) {
        const auto next = list.tagged();
        if (!next) return malformed("an authorization list that is malformed");
        if (!std::binary_search(known_fields.begin(), known_fields.end(), next->number))
            return malformed("an unknown authorization");
        if (!fields.empty() && next->number <= fields.rbegin()->first)
            return malformed("authorizations that are not in order");
        DerReader inside(next->content);
        if (!inside.any() || !inside.at_end())
            return malformed("an authorization that is malformed");
        fields.emplace(next->number, next->content);
    }
    return fields;
}

/// Reads one field where it stands; false where it stands in another form.
template <typename Value, typename Read>
bool take(const Fields& fields, std::uint32_t number, std::optional<Value>& value,
          const Read& read) {
    const auto found = fields.find(number);
    if (found == fields.end()) return true;
    value = read(found->second);
    return value.has_value();
}

Result<AndroidAuthorizations> authorizations_of(DerReader list, std::int64_t version) {
    HALLMARK_TRY(fields, read_fields(list));
    AndroidAuthorizations read;
    const auto boot = [&](ByteView content) { return boot_in(content, version); };
    const bool is_understood = take(fields, field::purpose, read.purposes, numbers_in) &&
                               take(fields, field::algorithm, read.algorithm, number_in) &&
                               take(fields, field::origin, read.origin, number_in) &&
                               take(fields, field::root_of_trust, read.boot, boot) &&
                               take(fields, field::os_version, read.os_version, number_in) &&
                               take(fields, field::os_patch, read.os_patch, number_in) &&
                               take(fields, field::vendor_patch, read.vendor_patch, number_in) &&
                               take(fields, field::boot_patch, read.boot_patch, number_in) &&
                               take(fields, field::brand, read.brand, text_in) &&
                               take(fields, field::device, read.device, text_in) &&
                               take(fields, field::product, read.product, text_in) &&
                               take(fields, field::manufacturer, read.manufacturer, text_in) &&
                               take(fields, field::model, read.model, text_in);
    if (!is_understood) return malformed("an authorization that is malformed");
    return read;
}

std::optional<AndroidLevel> level_in(DerReader& reader) {
    const auto level = choice(reader);
    if (!level || *level > 2) return std::nullopt;
    return static_cast<AndroidLevel>(*level);
}

}  // namespace

Result<AndroidDescription> parse_android_description(ByteView extension) {
    const auto whole = sole_element(extension, tag::sequence);
    if (!whole) return malformed("malformed");
    DerReader reader(whole->content);
    const auto version = reader.small_integer();
    const auto attested_by = level_in(reader);
    const auto key_version = reader.small_integer();
    const auto kept_in = level_in(reader);
    const auto challenge = reader.content(tag::octet_string);
    const auto unique_id = reader.content(tag::octet_string);
    const auto software = reader.sequence();
    const auto hardware = reader.sequence();
    if (!version || !attested_by || !key_version || !kept_in || !challenge || !unique_id ||
        !software || !hardware || !reader.at_end()) {
        return malformed("malformed");
    }
    if (std::find(known_versions.begin(), known_versions.end(), *version) == known_versions.end())
        return malformed("of an unknown version");
    HALLMARK_TRY(by_software, authorizations_of(*software, *version));
    HALLMARK_TRY(by_hardware, authorizations_of(*hardware, *version));
    return AndroidDescription{.version = *version,
                              .attested_by = *attested_by,
                              .kept_in = *kept_in,
                              .challenge = to_bytes(*challenge),
                              .software = std::move(by_software),
                              .hardware = std::move(by_hardware)};
}

}  // namespace hallmark
