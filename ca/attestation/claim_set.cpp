#include "ca/attestation/claim_set.h"

#include "ca/attestation/members.h"

#include <algorithm>

namespace hallmark {

Result<ClaimSet> ClaimSet::parse(ByteView payload) {
    auto item = parse_cbor(payload);
    if (!item || item->kind != CborItem::Kind::map)
        return evidence_refused("claims", "not one CBOR map");
    return ClaimSet(std::move(*item));
}

Result<ClaimSet> ClaimSet::inside(const CborItem& item, std::string_view name) {
    if (item.kind != CborItem::Kind::map)
        return evidence_refused("claims", std::string(name) + " in another form");
    return ClaimSet(item);
}

const CborItem* ClaimSet::find(const ClaimLabel& label) const noexcept {
    return map_.find(label.key);
}

Result<std::optional<std::int64_t>> ClaimSet::number(const ClaimLabel& label) const {
    const CborItem* const item = find(label);
    if (!item) return std::optional<std::int64_t>();
    if (item->kind != CborItem::Kind::number) return claim_in_another_form(label);
    return std::optional(item->number);
}

Result<std::optional<Bytes>> ClaimSet::octets(const ClaimLabel& label, std::size_t least,
                                              std::size_t most) const {
    const CborItem* const item = find(label);
    if (!item) return std::optional<Bytes>();
    const bool fits = item->kind == CborItem::Kind::bytes && item->octets.size() >= least &&
                      item->octets.size() <= most;
    if (!fits) return claim_in_another_form(label);
    return std::optional(item->octets);
}

Result<std::optional<std::string>> ClaimSet::text(const ClaimLabel& label) const {
    const CborItem* const item = find(label);
    if (!item) return std::optional<std::string>();
    if (item->kind != CborItem::Kind::text || !is_short_text(item->text()))
        return claim_in_another_form(label);
    return std::optional(std::string(item->text()));
}

Result<std::optional<bool>> ClaimSet::boolean(const ClaimLabel& label) const {
    const CborItem* const item = find(label);
    if (!item) return std::optional<bool>();
    if (item->kind != CborItem::Kind::boolean) return claim_in_another_form(label);
    return std::optional(item->number != 0);
}

bool is_short_text(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Refusal claim_in_another_form(const ClaimLabel& label) {
    return evidence_refused("claims", std::string(label.name) + " in another form");
}

Refusal claim_missing(const ClaimLabel& label) {
    return evidence_refused("claims", "no " + std::string(label.name));
}

}  // namespace hallmark
