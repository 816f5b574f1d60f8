#include "db/lots.h"

#include "db/columns.h"

namespace hallmark {

namespace {

LotRow row_in(const pqxx::row& row) {
    LotRow lot{.lot = LotId(row[0].as<std::string>()),
               .state = row[1].as<std::string>(),
               .vendor = VendorId(row[2].as<std::string>()),
               .product = std::nullopt,
               .site = std::nullopt};
    if (!row[3].is_null()) lot.product = ProductId(row[3].as<std::string>());
    if (!row[4].is_null()) lot.site = SiteId(row[4].as<std::string>());
    if (!row[5].is_null()) lot.line = LineId(row[5].as<std::string>());
    return lot;
}

LotRow report_in(const pqxx::row& row) {
    LotRow lot = row_in(row);
    lot.received = row[6].as<std::uint64_t>();
    lot.bound = row[7].as<std::uint64_t>();
    lot.held = row[8].as<std::uint64_t>();
    lot.scrapped = row[9].as<std::uint64_t>();
    lot.returned = row[10].as<std::uint64_t>();
    return lot;
}

}  // namespace

constexpr const char* find_lot_sql = R"sql(
    SELECT id, state, vendor, product, site, line
    FROM lot
    WHERE id = $1
)sql";
std::optional<LotRow> Lots::find(const LotId& lot) {
    const pqxx::result rows = tx_.raw().exec_params(find_lot_sql, lot.get());
    if (rows.empty()) return std::nullopt;
    return row_in(rows[0]);
}

constexpr const char* find_locked_lot_sql = R"sql(
    SELECT id, state, vendor, product, site, line
    FROM lot
    WHERE id = $1
    FOR UPDATE
)sql";
std::optional<LotRow> Lots::find_locked(const LotId& lot) {
    const pqxx::result rows = tx_.raw().exec_params(find_locked_lot_sql, lot.get());
    if (rows.empty()) return std::nullopt;
    return row_in(rows[0]);
}

constexpr const char* insert_lot_sql = R"sql(
    INSERT INTO lot (id, vendor)
    VALUES ($1, $2)
)sql";
void Lots::insert(const LotId& lot, const VendorId& vendor) {
    tx_.raw().exec_params0(insert_lot_sql, lot.get(), vendor.get());
}

constexpr const char* allot_lot_sql = R"sql(
    UPDATE lot
    SET state = 'allotted', product = $2, site = $3, line = NULLIF($4, '')
    WHERE id = $1
)sql";
void Lots::allot(const LotAllotment& allotment) {
    tx_.raw().exec_params0(allot_lot_sql, allotment.lot.get(), allotment.product.get(),
                           allotment.site.get(),
                           allotment.line ? allotment.line->get() : std::string());
}

constexpr const char* set_lot_state_sql = R"sql(
    UPDATE lot
    SET state = $2
    WHERE id = $1
)sql";
void Lots::set_state(const LotId& lot, std::string_view state) {
    tx_.raw().exec_params0(set_lot_state_sql, lot.get(), std::string(state));
}

constexpr const char* open_lots_sql = R"sql(
    SELECT id
    FROM lot
    WHERE state <> 'closed'
    ORDER BY id COLLATE "C"
    LIMIT $1
)sql";
std::vector<LotId> Lots::open(std::size_t limit) {
    std::vector<LotId> lots;
    for (const auto& row : tx_.raw().exec_params(open_lots_sql, limit))
        lots.emplace_back(row[0].as<std::string>());
    return lots;
}

constexpr const char* report_lot_sql = R"sql(
    SELECT lot.id, lot.state, lot.vendor, lot.product, lot.site, lot.line,
           count(element.id),
           count(*) FILTER (WHERE element.state = 'bound'),
           count(*) FILTER (WHERE element.state = 'held'),
           count(*) FILTER (WHERE element.state = 'scrapped'),
           count(*) FILTER (WHERE element.state = 'returned')
    FROM lot
    LEFT JOIN element ON element.lot = lot.id
    WHERE lot.id = $1
    GROUP BY lot.id
)sql";
std::optional<LotRow> Lots::report(const LotId& lot) {
    const pqxx::result rows = tx_.raw().exec_params(report_lot_sql, lot.get());
    if (rows.empty()) return std::nullopt;
    return report_in(rows[0]);
}

constexpr const char* report_all_lots_sql = R"sql(
    SELECT lot.id, lot.state, lot.vendor, lot.product, lot.site, lot.line,
           count(element.id),
           count(*) FILTER (WHERE element.state = 'bound'),
           count(*) FILTER (WHERE element.state = 'held'),
           count(*) FILTER (WHERE element.state = 'scrapped'),
           count(*) FILTER (WHERE element.state = 'returned')
    FROM lot
    LEFT JOIN element ON element.lot = lot.id
    GROUP BY lot.id
    ORDER BY lot.id
)sql";
std::vector<LotRow> Lots::report_all() {
    std::vector<LotRow> lots;
    for (const pqxx::row& row : tx_.raw().exec(report_all_lots_sql))
        lots.push_back(report_in(row));
    return lots;
}

}  // namespace hallmark
