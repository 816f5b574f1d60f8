#include "db/vendors.h"

#include "db/columns.h"

#include <sstream>

namespace hallmark {

// Two that pin at once for one vendor and format wait for each other; the lock ends with the
// transaction.
constexpr const char* lock_sql = R"sql(
    SELECT pg_advisory_xact_lock(4842216, hashtext($1))
)sql";
constexpr const char* end_sql = R"sql(
    UPDATE vendor_pin
    SET active = false
    WHERE vendor = $1 AND format = $2 AND active
)sql";
constexpr const char* pin_sql = R"sql(
    INSERT INTO vendor_pin (vendor, format, version, exceptions, active, pinned_at, pinned_by)
    SELECT $1, $2, COALESCE(max(version), 0) + 1, string_to_array($3, ' '), true,
           $4::timestamptz, $5
    FROM vendor_pin
    WHERE vendor = $1 AND format = $2
    RETURNING number, version
)sql";
constexpr const char* anchor_sql = R"sql(
    INSERT INTO vendor_anchor (pin, kind, position, certificate)
    VALUES ($1, $2, $3, $4)
)sql";
int Vendors::pin(const StoredPin& pin, std::string_view actor, Instant at) {
    auto& tx = tx_.raw();
    tx.exec_params(lock_sql, pin.vendor.get() + "/" + pin.format);
    tx.exec_params(end_sql, pin.vendor.get(), pin.format);
    std::string exceptions;
    for (const std::string& name : pin.exceptions) {
        exceptions += (exceptions.empty() ? "" : " ") + name;
    }
    const pqxx::row row = tx.exec_params1(pin_sql, pin.vendor.get(), pin.format, exceptions,
                                          to_rfc3339(at), std::string(actor));
    const auto number = row[0].as<std::int64_t>();
    const auto add = [&](const char* kind, const std::vector<Bytes>& certificates) {
        for (std::size_t i = 0; i < certificates.size(); ++i) {
            tx.exec_params(anchor_sql, number, kind, i, bytea(certificates[i]));
        }
    };
    add("root", pin.roots);
    add("intermediate", pin.intermediates);
    return row[1].as<int>();
}

constexpr const char* pin_of_sql = R"sql(
    SELECT number, array_to_string(exceptions, ' ')
    FROM vendor_pin
    WHERE vendor = $1 AND format = $2 AND active
)sql";
constexpr const char* anchors_sql = R"sql(
    SELECT kind = 'root', certificate
    FROM vendor_anchor
    WHERE pin = $1
    ORDER BY kind, position
)sql";
std::optional<StoredPin> Vendors::pin_of(const VendorId& vendor, std::string_view format) {
    auto& tx = tx_.raw();
    const pqxx::result found = tx.exec_params(pin_of_sql, vendor.get(), std::string(format));
    if (found.empty()) return std::nullopt;
    StoredPin pin{.vendor = vendor,
                  .format = std::string(format),
                  .exceptions = {},
                  .roots = {},
                  .intermediates = {}};
    std::istringstream exceptions(found[0][1].as<std::string>());
    for (std::string name; exceptions >> name;)
        pin.exceptions.push_back(name);
    for (const auto& row : tx.exec_params(anchors_sql, found[0][0].as<std::int64_t>())) {
        (row[0].as<bool>() ? pin.roots : pin.intermediates).push_back(bytes_in(row[1]));
    }
    return pin;
}

}  // namespace hallmark
