#include "db/elements.h"

#include "db/arrays.h"
#include "db/columns.h"
#include "db/element_row.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace hallmark {

namespace {

/// The text form of a one-dimensional array (PostgreSQL manual 8.15.2), every element quoted. It
/// travels as a parameter and is never part of a statement.
class ArrayText {
public:
    void add(std::string_view element) {
        text_ += text_.empty() ? "{\"" : ",\"";
        for (const char c : element) {
            if (c == '"' || c == '\\') text_ += '\\';
            text_ += c;
        }
        text_ += '"';
    }
    [[nodiscard]] std::string text() const { return text_.empty() ? "{}" : text_ + "}"; }

private:
    std::string text_;
};

}  // namespace

constexpr const char* find_claimed_sql = R"sql(
    SELECT 'uniqueId ' || unique_id || ' is element ' || id || ' of an earlier manifest'
    FROM element
    WHERE id = ANY ($1::text[])
    UNION ALL
    SELECT 'key ' || encode(key_sha256, 'hex') || ' belongs to element ' || element
    FROM element_key
    WHERE key_sha256 IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS given)
    LIMIT 1
)sql";
std::optional<std::string> Elements::find_claimed(const VendorId& vendor,
                                                  std::span<const NewElement> units) {
    ArrayText ids;
    ArrayText keys;
    for (const NewElement& unit : units) {
        ids.add(element_id(vendor, unit.unique_id).get());
        for (const ElementKeyRow& key : unit.keys)
            keys.add(to_hex(key.sha256));
    }
    const pqxx::result rows = tx_.raw().exec_params(find_claimed_sql, ids.text(), keys.text());
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

namespace {

/// From libpq's message: "CONTEXT:  COPY element, line 12".
std::size_t line_of_copy(const std::string& message) {
    const std::string_view label = ", line ";
    const std::size_t at = message.rfind(label);
    if (at == std::string::npos) return 0;
    return std::strtoul(message.c_str() + at + label.size(), nullptr, 10);
}

/// Fills one table. The row, counted from 0, whose key stands there already; nullopt where all went
/// in.
template <typename Rows>
std::optional<std::size_t> fill(Tx& tx, const char* table, const std::vector<std::string>& columns,
                                const Rows& write_rows) {
    try {
        pqxx::stream_to stream(tx.raw(), table, columns);
        write_rows(stream);
        stream.complete();
        return std::nullopt;
    } catch (const pqxx::unique_violation& violation) {
        const std::size_t line = line_of_copy(violation.what());
        if (line == 0) throw;
        return line - 1;
    }
}

std::string hex_form(ByteView bytes) {
    return to_hex(bytes).insert(0, "\\x");
}

struct OwnedKey {
    std::size_t unit = 0;
    const ElementKeyRow* key = nullptr;
};

}  // namespace

std::optional<ElementClash> Elements::copy(const ElementOrigin& origin,
                                           std::span<const NewElement> units) {
    const std::string manifest = hex_form(origin.manifest);
    std::vector<std::string> ids;
    std::vector<OwnedKey> keys;
    ids.reserve(units.size());
    keys.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        ids.push_back(element_id(origin.vendor, units[i].unique_id).get());
        for (const ElementKeyRow& key : units[i].keys)
            keys.push_back({.unit = i, .key = &key});
    }
    // Keys are random: in the order of their index those of a COPY find its pages warm.
    std::sort(keys.begin(), keys.end(), [](const OwnedKey& left, const OwnedKey& right) {
        return left.key->sha256 < right.key->sha256;
    });
    const auto unit =
        fill(tx_, "element", {"id", "vendor", "unique_id", "model", "lot", "manifest", "entry"},
             [&](pqxx::stream_to& stream) {
                 for (std::size_t i = 0; i < units.size(); ++i) {
                     const std::uint64_t entry = origin.first_entry + i;
                     stream << std::tie(ids[i], origin.vendor.get(), units[i].unique_id,
                                        units[i].model, origin.lot.get(), manifest, entry);
                 }
             });
    if (unit) return ElementClash{.unit = *unit, .key = std::nullopt};
    const auto key =
        fill(tx_, "element_key", {"key_sha256", "element", "spki"}, [&](pqxx::stream_to& stream) {
            for (const OwnedKey& each : keys) {
                const std::string digest = hex_form(each.key->sha256);
                const std::string spki = hex_form(each.key->spki);
                stream << std::tie(digest, ids[each.unit], spki);
            }
        });
    if (key) return ElementClash{.unit = keys.at(*key).unit, .key = keys.at(*key).key->sha256};
    return std::nullopt;
}

constexpr const char* find_by_keys_sql = R"sql(
    SELECT found.*, w.i
    FROM unnest($1::bytea[]) WITH ORDINALITY AS w (key, i)
    CROSS JOIN LATERAL (
        SELECT element.id, element.vendor, element.unique_id, element.model, element.manifest,
               element.state, lot.id, lot.state, lot.product, lot.site,
               lot.line
        FROM element_key
        JOIN element ON element.id = element_key.element
        JOIN lot ON lot.id = element.lot
        WHERE element_key.key_sha256 = w.key
        LIMIT 1) found
)sql";
std::vector<std::optional<ElementRow>> Elements::find_by_keys(std::span<const Digest* const> keys) {
    std::vector<std::optional<ElementRow>> found(keys.size());
    for (const auto& row : run_prepared(tx_, find_by_keys_sql,
                                        byteas(keys, [](auto* key) { return ByteView(*key); })))
        found.at(row[11].as<std::size_t>() - 1) =
            element_in(row);  // WITH ORDINALITY counts from one.
    return found;
}

// The lot first and the element after it, as allot does, so that the two cannot wait for each
// other.
constexpr const char* lock_lot_of_sql = R"sql(
    SELECT 1
    FROM lot
    WHERE id = (SELECT lot FROM element WHERE id = $1)
    FOR UPDATE
)sql";
constexpr const char* find_locked_element_sql = R"sql(
    SELECT element.id, element.vendor, element.unique_id, element.model, element.manifest,
           element.state, lot.id, lot.state, lot.product, lot.site,
               lot.line
    FROM element
    JOIN lot ON lot.id = element.lot
    WHERE element.id = $1
    FOR UPDATE OF element
)sql";
std::optional<ElementRow> Elements::find_locked(const ElementId& element) {
    tx_.raw().exec_params(lock_lot_of_sql, element.get());
    const pqxx::result rows = tx_.raw().exec_params(find_locked_element_sql, element.get());
    if (rows.empty()) return std::nullopt;
    return element_in(rows[0]);
}

constexpr const char* set_element_state_sql = R"sql(
    UPDATE element
    SET state = $2
    WHERE id = $1
)sql";
void Elements::set_state(const ElementId& element, std::string_view state) {
    tx_.raw().exec_params0(set_element_state_sql, element.get(), std::string(state));
}

constexpr const char* allot_elements_sql = R"sql(
    UPDATE element
    SET state = 'allotted'
    WHERE lot = $1 AND state = 'received'
)sql";
std::uint64_t Elements::allot(const LotId& lot) {
    return tx_.raw().exec_params(allot_elements_sql, lot.get()).affected_rows();
}

constexpr const char* live_sql = R"sql(
    SELECT EXISTS (
        SELECT FROM credential
        WHERE element = $1 AND state IN ('reserved', 'issued', 'active'))
)sql";
bool Elements::has_live_credential(const ElementId& element) {
    return tx_.raw().exec_params1(live_sql, element.get())[0].as<bool>();
}

}  // namespace hallmark
