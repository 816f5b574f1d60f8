#include "ca/attestation/eat_claims.h"

#include "ca/attestation/claim_set.h"
#include "ca/attestation/members.h"
#include "ca/crypto/cose_key.h"

#include <array>

namespace hallmark {
namespace {

// RFC 8392 4 and RFC 8747 3, then RFC 9711 10.3: keys in the registry of CWT claims.
constexpr ClaimLabel expires{4, "exp"}, not_before{5, "nbf"}, confirmation{8, "cnf"},
    nonce{10, "nonce"}, ueid{256, "ueid"}, oemid{258, "oemid"}, hwmodel{259, "hwmodel"},
    hwversion{260, "hwversion"}, oemboot{262, "oemboot"}, dbgstat{263, "dbgstat"},
    eat_profile{265, "eat_profile"}, submods{266, "submods"}, swname{270, "swname"},
    swversion{271, "swversion"}, intuse{275, "intuse"};
constexpr std::int64_t disabled_permanently = 3, disabled_fully_and_permanently = 4;
constexpr std::int64_t greatest_use = 5;
constexpr std::int64_t key_in_confirmation = 1;  // RFC 8747 3.1: COSE_Key

/// RFC 9783 4.6: claims that only tokens of the PSA bear.
constexpr std::int64_t first_psa = 2394, last_psa = 2400;
constexpr std::int64_t first_psa_1 = -75010, last_psa_1 = -75000;

bool is_of_psa(const ClaimSet& claims) {
    for (std::int64_t key = first_psa; key <= last_psa; ++key)
        if (claims.has({key, {}})) return true;
    for (std::int64_t key = first_psa_1; key <= last_psa_1; ++key)
        if (claims.has({key, {}})) return true;
    return false;
}

/// What means nothing without the other: a model without its maker, a version without its name.
Result<Done> check_company(const ClaimSet& claims, const EatClaims& read) {
    struct Pair {
        ClaimLabel claim, needs;
    };
    constexpr std::array pairs{Pair{hwmodel, oemid}, Pair{oemboot, oemid}, Pair{hwversion, hwmodel},
                               Pair{swversion, swname}};
    for (const Pair& pair : pairs) {
        if (claims.has(pair.claim) && !claims.has(pair.needs)) return claim_missing(pair.needs);
    }
    // Only the maker named there can enable debugging.
    if (read.debug_status == disabled_permanently && !read.oem) return claim_missing(oemid);
    return Done{};
}

/// RFC 9711 4.2.1: random of three lengths, an EUI of 48 or 64 bits, an IMEI.
Result<std::optional<Bytes>> ueid_in(const ClaimSet& claims) {
    HALLMARK_TRY(id, claims.octets(ueid, 7, 33));
    if (!id) return std::move(id);
    const std::size_t size = id->size();
    const bool is_random = (*id)[0] == 1 && (size == 17 || size == 25 || size == 33);
    const bool is_eui = (*id)[0] == 2 && (size == 7 || size == 9);
    const bool is_imei = (*id)[0] == 3 && size == 15;
    if (!is_random && !is_eui && !is_imei) return claim_in_another_form(ueid);
    return std::move(id);
}

/// RFC 9711 4.2.3: a private enterprise number, three octets of the IEEE's, or sixteen random ones.
Result<std::optional<std::string>> oem_in(const ClaimSet& claims) {
    const CborItem* const item = claims.find(oemid);
    if (!item) return std::optional<std::string>();
    if (item->kind == CborItem::Kind::number && item->number >= 0)
        return std::optional("pen:" + std::to_string(item->number));
    HALLMARK_TRY(octets, claims.octets(oemid, 3, 16));
    if (octets->size() != 3 && octets->size() != 16) return claim_in_another_form(oemid);
    return std::optional(to_hex(*octets));
}

/// The text of [version, scheme] (RFC 9711 4.2.5 and 4.2.7); the scheme may be left out.
Result<std::optional<std::string>> version_in(const ClaimSet& claims, const ClaimLabel& label) {
    const CborItem* const item = claims.find(label);
    if (!item) return std::optional<std::string>();
    const bool fits = item->kind == CborItem::Kind::array && !item->items.empty() &&
                      item->items.size() <= 2 && item->items[0].kind == CborItem::Kind::text &&
                      is_short_text(item->items[0].text());
    if (!fits) return claim_in_another_form(label);
    if (item->items.size() == 2) {
        const CborItem::Kind scheme = item->items[1].kind;
        if (scheme != CborItem::Kind::number && scheme != CborItem::Kind::text)
            return claim_in_another_form(label);
    }
    return std::optional(std::string(item->items[0].text()));
}

Result<std::optional<std::string>> profile_in(const ClaimSet& claims) {
    const CborItem* const item = claims.find(eat_profile);
    if (!item || item->kind != CborItem::Kind::bytes) return claims.text(eat_profile);
    HALLMARK_TRY(oid, claims.octets(eat_profile, 1, 32));
    return std::optional("oid:" + to_hex(*oid));
}

Result<std::optional<std::int64_t>> time_in(const ClaimSet& claims, const ClaimLabel& label) {
    HALLMARK_TRY(seconds, claims.number(label));
    constexpr std::int64_t latest = 253402300799;  // 9999-12-31T23:59:59Z
    if (seconds && (*seconds < 0 || *seconds > latest)) return claim_in_another_form(label);
    return std::move(seconds);
}

/// A number from `least` to `most`.
Result<std::optional<std::int64_t>> choice_in(const ClaimSet& claims, const ClaimLabel& label,
                                              std::int64_t least, std::int64_t most) {
    HALLMARK_TRY(choice, claims.number(label));
    if (choice && (*choice < least || *choice > most)) return claim_in_another_form(label);
    return std::move(choice);
}

/// RFC 8747 3.1: of a key, an encrypted key and a key id, exactly one stands there.
Result<std::optional<Bytes>> confirmed_key_in(const ClaimSet& claims) {
    const CborItem* const item = claims.find(confirmation);
    if (!item) return std::optional<Bytes>();
    const CborItem* const key = item->find(key_in_confirmation);
    if (!key || item->pairs() != 1) return claim_in_another_form(confirmation);
    HALLMARK_TRY(spki, spki_of_cose_key(*key));
    return std::optional(std::move(spki));
}

/// Who and what the entity is.
Result<Done> read_identity(const ClaimSet& claims, EatClaims& read) {
    HALLMARK_TRY(id, ueid_in(claims));
    HALLMARK_TRY(oem, oem_in(claims));
    HALLMARK_TRY(model, claims.octets(hwmodel, 1, 32));
    HALLMARK_TRY(hardware, version_in(claims, hwversion));
    HALLMARK_TRY(software, claims.text(swname));
    HALLMARK_TRY(version, version_in(claims, swversion));
    read.ueid = std::move(id);
    read.oem = std::move(oem);
    read.hardware_model = std::move(model);
    read.hardware_version = std::move(hardware);
    read.software_name = std::move(software);
    read.software_version = std::move(version);
    return Done{};
}

/// What state it is in, and what the token is for.
Result<Done> read_state(const ClaimSet& claims, EatClaims& read) {
    HALLMARK_TRY(boot, claims.boolean(oemboot));
    HALLMARK_TRY(debug,
                 needed(choice_in(claims, dbgstat, 0, disabled_fully_and_permanently), dbgstat));
    HALLMARK_TRY(use, choice_in(claims, intuse, 1, greatest_use));
    HALLMARK_TRY(until, time_in(claims, expires));
    HALLMARK_TRY(from, time_in(claims, not_before));
    read.oem_boot = boot;
    read.debug_status = debug;
    read.intended_use = use;
    read.expires = until;
    read.not_before = from;
    return Done{};
}

}  // namespace

Result<EatClaims> parse_eat_claims(ByteView payload) {
    HALLMARK_TRY(claims, ClaimSet::parse(payload));
    if (is_of_psa(claims)) return evidence_refused("profile", "claims of the PSA");
    if (claims.has(submods)) return evidence_refused("claims", "submodules are not taken");
    EatClaims read;
    HALLMARK_TRY(profile, profile_in(claims));
    HALLMARK_TRY(carried, needed(claims.octets(nonce, 8, 64), nonce));
    HALLMARK_TRY(identity, read_identity(claims, read));
    HALLMARK_TRY(state, read_state(claims, read));
    HALLMARK_TRY(company, check_company(claims, read));
    HALLMARK_TRY(key, confirmed_key_in(claims));
    read.profile = std::move(profile);
    read.nonce = std::move(carried);
    read.confirmed_key = std::move(key);
    return read;
}

}  // namespace hallmark
