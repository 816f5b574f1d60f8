#include "ca/custody/kinds.h"

#include "ca/json/body.h"
#include "ca/registry/difference.h"
#include "db/elements.h"

namespace hallmark {
namespace {

namespace json = boost::json;

Result<LotId> lot_in(const json::object& change) {
    Body body = Body::of(change);
    auto lot = parse_slug_as<LotId>(body.text("lot"), "lot");
    HALLMARK_TRY(whole, body.finish());
    return lot;
}

Result<Survey> survey_release(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(lot, lot_in(change));
    const auto row = Lots(tx).report(lot);
    if (!row) return Refusal{Reason::not_found, "no such lot"};
    if (row->state != "held") return Refusal{Reason::conflict, "the lot is " + row->state};
    return Survey{.subjects = {"lot/" + lot.get()},
                  .lines = {addition("lot", lot.get()), addition("vendor", row->vendor.get()),
                            addition("product", row->product ? row->product->get() : "none"),
                            addition("site", row->site ? row->site->get() : "none"),
                            addition("elements", std::to_string(row->received)),
                            difference("state", row->state, "released")}};
}

Result<ElementId> element_in(const json::object& change) {
    Body body = Body::of(change);
    auto vendor = parse_slug(body.text("vendor"), "vendor");
    const std::string unique_id = body.text("unique_id", 64);
    HALLMARK_TRY(whole, body.finish());
    if (!vendor) return std::move(vendor).error();
    return element_id(VendorId(std::move(*vendor)), unique_id);
}

/// Where the element's lot is.
std::string home_of(const ElementRow& row) {
    return row.lot.state == "received" ? "received" : "allotted";
}

Result<ElementRow> held_element(Tx& tx, const json::object& change) {
    HALLMARK_TRY(id, element_in(change));
    auto row = Elements(tx).find_locked(id);
    if (!row) return Refusal{Reason::not_found, "no such element"};
    if (row->state != "held") return Refusal{Reason::conflict, "the element is " + row->state};
    return *std::move(row);
}

Result<Survey> survey_unhold(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(row, held_element(tx, change));
    return Survey{.subjects = {"element/" + row.id.get(), "lot/" + row.lot.lot.get()},
                  .lines = {addition("element", row.id.get()), addition("model", row.model),
                            addition("lot", row.lot.lot.get()),
                            difference("state", row.state, home_of(row))}};
}

}  // namespace

std::vector<ProposalKind> custody_kinds(CustodyService& custody) {
    const std::vector<Role> line{Role::line_manager, Role::security_officer};
    return {{.name = "lot.release",
             .proposers = line,
             .approvers = line,
             .survey = survey_release,
             .apply = [&custody](const Word& word, const json::object& change,
                                 Instant now) -> Result<Done> {
                 HALLMARK_TRY(lot, lot_in(change));
                 return custody.set_lot_state(lot, "released", word, now);
             }},
            {.name = "element.unhold",
             .proposers = line,
             .approvers = line,
             .survey = survey_unhold,
             .apply = [&custody](const Word& word, const json::object& change,
                                 Instant now) -> Result<Done> {
                 HALLMARK_TRY(row, held_element(*word.within, change));
                 return custody.set_element_state(row.id, home_of(row), word, now);
             }}};
}

}  // namespace hallmark
