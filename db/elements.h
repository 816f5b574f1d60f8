// Elements and the keys they own. An element keeps what its manifest said; only its state moves,
// one way. Becoming bound is the issuance's act, in the commit that writes its intent.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"
#include "db/database.h"
#include "db/lots.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hallmark {

/// A key as it is written: its digest is the name by which custody finds it.
struct ElementKeyRow {
    Digest sha256{};
    Bytes spki;
};

struct NewElement {
    std::string unique_id;
    std::string model;
    std::vector<ElementKeyRow> keys;
};

/// What new elements have in common.
struct ElementOrigin {
    VendorId vendor;
    LotId lot;
    Digest manifest{};
    std::uint64_t first_entry = 0;  ///< Of the document; the others follow.
};

/// What is claimed already.
struct ElementClash {
    std::size_t unit = 0;       ///< Which of the units, counted from 0.
    std::optional<Digest> key;  ///< Its key; nullopt: its uniqueId.
};

struct ElementRow {
    ElementId id;
    VendorId vendor;
    std::string unique_id;
    std::string model;
    Digest manifest{};
    std::string state;
    LotRow lot;  ///< Without counts.
};

class Elements {
public:
    explicit Elements(Tx& tx) : tx_(tx) {}

    /// The first of these units that an element of this vendor already is, or whose key an element
    /// of any vendor already owns, in words for the record; nullopt when none.
    [[nodiscard]] std::optional<std::string> find_claimed(const VendorId& vendor,
                                                          std::span<const NewElement> units);
    /// All of them, as received, with their keys. A clash where one is claimed already, by this
    /// transaction or before; the transaction is over then and must be given up.
    [[nodiscard]] std::optional<ElementClash> copy(const ElementOrigin& origin,
                                                   std::span<const NewElement> units);

    /// By a key's SHA-256, in the keys' order.
    [[nodiscard]] std::vector<std::optional<ElementRow>> find_by_keys(
        std::span<const Digest* const> keys);
    /// Locks the lot's row, then the element's.
    [[nodiscard]] std::optional<ElementRow> find_locked(const ElementId& element);
    void set_state(const ElementId& element, std::string_view state);
    /// A credential of it is reserved, issued or active.
    [[nodiscard]] bool has_live_credential(const ElementId& element);
    /// received -> allotted for every element of the lot; how many.
    std::uint64_t allot(const LotId& lot);

private:
    Tx& tx_;
};

}  // namespace hallmark
