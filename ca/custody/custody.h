// Where an element stands between its vendor and this station: in a signed manifest, in a lot, allotted to a
// product and site, released. Nothing is signed for an element that is not.
#pragma once

#include <string>
#include <vector>

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/evidence.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "ca/registry/registry.h"
#include "db/database.h"

namespace hallmark {

/// The custody of one element for one caller and product, as it stands now. Only custody_of makes one;
/// reserve checks it again in its own statement.
struct Custody {
    ElementId element;
    VendorId vendor;
    std::string unique_id;
    std::string model;
    LotId lot;
    SiteId site;
    ProductId product;
    Digest manifest{};
};

struct ManifestReport {
    Digest manifest{};      ///< SHA-256 of the document as received.
    std::size_t units = 0;
    std::size_t keys = 0;
    LotId lot;
    bool repeated = false;  ///< The same document was imported before; nothing changed.
};

struct LotRow {
    LotId lot;
    std::string state;  ///< received, allotted, released, held, closed
    VendorId vendor;
    std::optional<ProductId> product;
    std::optional<SiteId> site;
    std::uint64_t received = 0, bound = 0, held = 0, scrapped = 0, returned = 0;
};

struct LotAllotment {
    LotId lot;
    ProductId product;
    SiteId site;
};

class CustodyService {
public:
    CustodyService(Database& database, Registry& registry);

    /// Reason: element_not_accepted for everything; the cause in the detail.
    [[nodiscard]] Result<Custody> custody_of(const VerifiedElement& element, const Caller& caller,
                                             const ProductId& product);

    /// A manifest with a bad entry imports nothing; the detail says which ("entry 7 (uniqueId ...): why").
    [[nodiscard]] Result<ManifestReport> import_manifest(const VendorId& vendor, const LotId& lot,
                                                         std::string_view document, std::string_view actor,
                                                         Instant now);
    [[nodiscard]] Result<Done> allot(const LotAllotment& allotment, std::string_view actor, Instant now);
    [[nodiscard]] Result<Done> set_lot_state(const LotId& lot, std::string_view state, std::string_view actor,
                                             Instant now);
    [[nodiscard]] Result<Done> set_element_state(const ElementId& element, std::string_view state,
                                                 std::string_view actor, Instant now);
    [[nodiscard]] Result<LotRow> lot(const LotId& lot);
    [[nodiscard]] std::vector<LotRow> lots();

private:
    Database& database_;
    Registry& registry_;
};

}  // namespace hallmark
