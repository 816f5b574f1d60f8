// The claims of a token: a map in CBOR whose claims are taken out in their form or refused. Claims
// that nobody asks for are left alone (RFC 9711 4: unknown claims are ignored). Within this room
// only.
#pragma once

#include "ca/crypto/cbor.h"
#include "ca/domain/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

/// A claim's key, and its name for details.
struct ClaimLabel {
    std::int64_t key = 0;
    std::string_view name;
};

/// Every reader answers nullopt where the claim is absent, and refuses it in another form: reason
/// evidence_not_accepted, detail "claims: <name> in another form".
class ClaimSet {
public:
    /// The whole payload as one map; no key twice. Detail "claims: not one CBOR map".
    [[nodiscard]] static Result<ClaimSet> parse(ByteView payload);
    /// A map inside another claim.
    [[nodiscard]] static Result<ClaimSet> inside(const CborItem& item, std::string_view name);

    [[nodiscard]] const CborItem* find(const ClaimLabel& label) const noexcept;
    [[nodiscard]] bool has(const ClaimLabel& label) const noexcept {
        return find(label) != nullptr;
    }
    [[nodiscard]] Result<std::optional<std::int64_t>> number(const ClaimLabel& label) const;
    /// Of `least` to `most` octets.
    [[nodiscard]] Result<std::optional<Bytes>> octets(const ClaimLabel& label, std::size_t least,
                                                      std::size_t most) const;
    /// 1 to 64 characters of printable ASCII: what goes into records is no more.
    [[nodiscard]] Result<std::optional<std::string>> text(const ClaimLabel& label) const;
    [[nodiscard]] Result<std::optional<bool>> boolean(const ClaimLabel& label) const;

private:
    explicit ClaimSet(CborItem map) : map_(std::move(map)) {}
    CborItem map_;
};

/// 1 to 64 characters of printable ASCII.
[[nodiscard]] bool is_short_text(std::string_view text) noexcept;
/// "claims: <name> in another form"
[[nodiscard]] Refusal claim_in_another_form(const ClaimLabel& label);
/// "claims: no <name>"
[[nodiscard]] Refusal claim_missing(const ClaimLabel& label);

/// The claim's value where it must be there.
template <typename T>
[[nodiscard]] Result<T> needed(Result<std::optional<T>> claim, const ClaimLabel& label) {
    if (!claim) return std::move(claim).error();
    if (!*claim) return claim_missing(label);
    return std::move(**claim);
}

}  // namespace hallmark
