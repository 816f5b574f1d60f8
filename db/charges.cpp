#include "db/arrays.h"
#include "db/claims.h"
#include "db/columns.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace hallmark {
namespace {

struct Charge {
    const char* kind;
    std::string id;
    std::string product;
    std::int64_t count;
    std::int64_t cap;
};

/// What the batch takes of each limit, in the limits' order: nodes that charge the same ones do not
/// wait for each other crosswise.
std::vector<Charge> charges_of(const IntentRows& rows) {
    std::map<std::tuple<const char*, std::string, std::string>, Charge> sums;
    const auto add = [&](const char* kind, const std::string& id, const ProductId& product,
                         const std::optional<std::uint64_t>& limit) {
        if (!limit) return;
        const auto cap = static_cast<std::int64_t>(*limit);
        auto& sum =
            sums.try_emplace({kind, id, product.get()}, Charge{kind, id, product.get(), 0, cap})
                .first->second;
        ++sum.count;
        sum.cap = std::min(sum.cap, cap);
    };
    for (const IntentEntry* entry : rows) {
        const Reserving& row = entry->row;
        add("lot", row.lot.get(), row.product, row.lot_limit);
        add("station", row.station.get(), row.product, row.station_limit);
    }
    std::vector<Charge> charges;
    for (auto& [key, sum] : sums)
        charges.push_back(std::move(sum));
    return charges;
}

}  // namespace

constexpr const char* charge_sql = R"sql(
    UPDATE usage AS u
    SET used = u.used + w.count
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
         AS w (kind, id, product, count, cap)
    WHERE u.kind = w.kind AND u.id = w.id AND u.product = w.product AND u.used + w.count <= w.cap
    RETURNING u.kind, u.id, u.product
)sql";
/// The charges that were not made: the limit is used up, or was never charged before.
std::vector<Charge> charge(Tx& tx, const char* sql, const std::vector<Charge>& charges) {
    if (charges.empty()) return {};
    const pqxx::result rows =
        run_prepared(tx, sql, texts(charges, [](auto& c) { return std::string_view(c.kind); }),
                     texts(charges, [](auto& c) { return std::string_view(c.id); }),
                     texts(charges, [](auto& c) { return std::string_view(c.product); }),
                     numbers(charges, [](auto& c) { return c.count; }),
                     numbers(charges, [](auto& c) { return c.cap; }));
    std::vector<Charge> left = charges;
    for (const auto& row : rows) {
        std::erase_if(left, [&](const Charge& c) {
            return row[0].as<std::string>() == c.kind && row[1].as<std::string>() == c.id &&
                   row[2].as<std::string>() == c.product;
        });
    }
    return left;
}

constexpr const char* first_charge_sql = R"sql(
    INSERT INTO usage AS u (kind, id, product, used)
    SELECT w.kind, w.id, w.product, w.count
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
         AS w (kind, id, product, count, cap)
    WHERE w.count <= w.cap
    ON CONFLICT DO NOTHING
    RETURNING u.kind, u.id, u.product
)sql";
Result<Done> charge_limits(Tx& tx, const IntentRows& rows) {
    const std::vector<Charge> all = charges_of(rows);
    std::vector<Charge> left = charge(tx, charge_sql, all);
    left = charge(tx, first_charge_sql, left);
    left = charge(tx, charge_sql, left);  // A twin's first charge may have come between.
    if (left.empty()) return Done{};
    return all_or(
        0, 1, rows.size(),
        {Reason::limited, std::string("limit: ") + left.front().kind + " has used all of it"});
}

}  // namespace hallmark
