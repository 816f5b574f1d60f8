// An element with its lot, as statements select it: id, vendor, unique_id, model, manifest, state,
// and the lot's id, state, product, site and line. For the .cpp files of this room alone: it shows
// libpqxx.
#pragma once

#include "db/columns.h"
#include "db/elements.h"

namespace hallmark {

/// From the eleven columns that begin at `first`.
[[nodiscard]] inline ElementRow element_in(const pqxx::row& row, pqxx::row::size_type first = 0) {
    ElementRow element{.id = ElementId(row[first].as<std::string>()),
                       .vendor = VendorId(row[first + 1].as<std::string>()),
                       .unique_id = row[first + 2].as<std::string>(),
                       .model = row[first + 3].as<std::string>(),
                       .manifest = digest_in(row[first + 4]),
                       .state = row[first + 5].as<std::string>(),
                       .lot = {}};
    element.lot.lot = LotId(row[first + 6].as<std::string>());
    element.lot.state = row[first + 7].as<std::string>();
    element.lot.vendor = element.vendor;
    const auto product = row[first + 8];
    const auto site = row[first + 9];
    if (!product.is_null()) element.lot.product = ProductId(product.as<std::string>());
    if (!site.is_null()) element.lot.site = SiteId(site.as<std::string>());
    const auto line = row[first + 10];
    if (!line.is_null()) element.lot.line = LineId(line.as<std::string>());
    return element;
}

}  // namespace hallmark
