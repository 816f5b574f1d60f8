#include "ca/custody/custody.h"

#include "db/elements.h"

namespace hallmark {

namespace {

Refusal refused(std::string_view cause) {
    return {Reason::element_not_accepted, "custody: " + std::string(cause)};
}

/// Is this the element that the evidence speaks of?
Result<Done> check_identity(const ElementRow& row, const Claims& claims) {
    if (row.vendor.get() != claims.vendor) return refused("key of another vendor's element");
    // protocol.md: serials are compared where the format proves one; a TPM proves none.
    if (claims.element_serial && element_id(row.vendor, claims.element_serial->get()) != row.id)
        return refused("serial is not the manifest's");
    return Done{};
}

/// Is it here, now, for this caller and product?
Result<Done> check_standing(const ElementRow& row, const Caller& caller, const ProductId& product) {
    if (row.state != "allotted" && row.state != "bound") return refused("element " + row.state);
    if (row.lot.state != "released") return refused("lot " + row.lot.state);
    if (row.lot.product != product) return refused("lot allotted to another product");
    if (row.lot.site != caller.site) return refused("lot allotted to another site");
    if (row.lot.line && row.lot.line->get() != caller.line)
        return refused("lot allotted to another line");
    return Done{};
}

}  // namespace

CustodyService::CustodyService(Database& database, Registry& registry)
    : database_(database),
      registry_(registry),
      elements_([&database](std::span<const Digest* const> keys) {
          return database.ask([&](Tx& tx) { return Elements(tx).find_by_keys(keys); });
      }) {}

Result<Custody> CustodyService::custody_of(const VerifiedElement& element, const Caller& caller,
                                           const ProductId& product,
                                           const std::optional<LookedUp>& looked_up) {
    const auto row = looked_up && looked_up->key == element.element_key
                         ? looked_up->element
                         : elements_.ask(element.element_key);
    if (!row) return refused("unknown element");
    HALLMARK_TRY(identity, check_identity(*row, element.claims));
    HALLMARK_TRY(standing, check_standing(*row, caller, product));
    return Custody{.element = row->id,
                   .vendor = row->vendor,
                   .unique_id = row->unique_id,
                   .model = row->model,
                   .lot = row->lot.lot,
                   .site = *row->lot.site,
                   .product = *row->lot.product,
                   .manifest = row->manifest};
}

}  // namespace hallmark
