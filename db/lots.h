// Lots: what came together goes to one product and one site together. The trigger behind each
// statement allows the lifecycle's steps alone; what a lot's id and destination are never changes
// again.
#pragma once

#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

using LineId = Strong<std::string, struct LineIdTag>;  ///< A line of a site; a slug.

struct LotRow {
    LotId lot;
    std::string state;  ///< received, allotted, released, held, closed
    VendorId vendor;
    std::optional<ProductId> product;
    std::optional<SiteId> site;
    std::optional<LineId> line = {};  ///< None: any line of the site.
    /// `received` counts all that ever came with the lot; the others, where those are now.
    std::uint64_t received = 0, bound = 0, held = 0, scrapped = 0, returned = 0;
};

/// Where a lot goes.
struct LotAllotment {
    LotId lot;
    ProductId product;
    SiteId site;
    std::optional<LineId> line = {};  ///< None: any line of the site.
};

class Lots {
public:
    explicit Lots(Tx& tx) : tx_(tx) {}

    /// The row alone, counts left at zero.
    [[nodiscard]] std::optional<LotRow> find(const LotId& lot);
    /// The same, locked until the transaction ends.
    [[nodiscard]] std::optional<LotRow> find_locked(const LotId& lot);
    void insert(const LotId& lot, const VendorId& vendor);
    /// received -> allotted, with its destination. The caller holds the lock and knows the state.
    void allot(const LotAllotment& allotment);
    void set_state(const LotId& lot, std::string_view state);

    [[nodiscard]] std::optional<LotRow> report(const LotId& lot);
    [[nodiscard]] std::vector<LotRow> report_all();
    /// Those that are not closed, by name, octet by octet.
    [[nodiscard]] std::vector<LotId> open(std::size_t limit);

private:
    Tx& tx_;
};

}  // namespace hallmark
