#include "ca/audit/event.h"
#include "ca/custody/custody.h"
#include "ca/custody/hand_overs.h"
#include "ca/custody/release.h"
#include "ca/domain/lifecycle.h"
#include "db/elements.h"
#include "db/gate.h"

namespace hallmark {

namespace {

Refusal conflict(std::string_view subject, std::string_view from, std::string_view to) {
    return {Reason::conflict, std::string(subject) + " may not go from " + std::string(from) +
                                  " to " + std::string(to)};
}

/// What an operator may order of an element; bound is the issuance's.
bool is_orderable(std::string_view state) {
    return state == "held" || state == "scrapped" || state == "returned" || state == "received" ||
           state == "allotted";
}

/// Out of held an element goes back to where its lot is, and nowhere ahead of it; into the lot's
/// allotment it goes with its lot, never by itself.
Result<Done> check_step(const ElementRow& element, std::string_view to) {
    if (!may_become("element", element.state, to)) return conflict("element", element.state, to);
    if (to != "received" && to != "allotted") return Done{};
    const std::string_view where_lot_is = element.lot.state == "received" ? "received" : "allotted";
    if (element.state != "held" || to != where_lot_is)
        return conflict("element", element.state, to);
    return Done{};
}

}  // namespace

Result<Done> CustodyService::allot(const LotAllotment& allotment, std::string_view actor,
                                   Instant now) {
    return database_.transact([&](Tx& tx) -> Result<Done> {
        const auto lot = Lots(tx).find_locked(allotment.lot);
        if (!lot) return Refusal{Reason::not_found, "no such lot"};
        if (!may_become("lot", lot->state, "allotted"))
            return conflict("lot", lot->state, "allotted");
        Lots(tx).allot(allotment);
        const std::uint64_t elements = Elements(tx).allot(allotment.lot);
        append_event(tx, {.type = "lot.allotted",
                          .subject = "lot/" + allotment.lot.get(),
                          .actor = std::string(actor),
                          .time = now,
                          .facts = {{"lot", allotment.lot.get()},
                                    {"product", allotment.product.get()},
                                    {"site", allotment.site.get()},
                                    {"line", allotment.line ? allotment.line->get() : ""},
                                    {"elements", std::to_string(elements)}}});
        return Done{};
    });
}

Result<Done> CustodyService::set_lot_state(const LotId& lot, std::string_view state,
                                           const Word& word, Instant now) {
    if (state != "released" && state != "held" && state != "closed") {
        return Refusal{Reason::malformed_request, "no such state of a lot"};
    }
    std::optional<Refusal> gap;
    auto moved = act_in(database_, word, [&](Tx& tx) -> Result<Done> {
        close_gate(tx);
        const auto row = Lots(tx).find_locked(lot);
        if (!row) return Refusal{Reason::not_found, "no such lot"};
        if (!may_become("lot", row->state, state)) return conflict("lot", row->state, state);
        if (row->state == "held" && state == "released" && !word.is_enough())
            return Refusal{Reason::forbidden, "a held lot comes back by two people"};
        HALLMARK_TRY(keys, check_keys(tx, lot, state));
        if (state == "released") {
            if (const auto whole = check_handed_over(tx, *row, *row->site); !whole) {
                gap = whole.error();
                return *gap;
            }
        }
        Lots(tx).set_state(lot, state);
        append_event(tx,
                     {.type = "lot." + std::string(state),
                      .subject = "lot/" + lot.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"lot", lot.get()}, {"from", row->state}}},
                     word);
        return Done{};
    });
    // After the roll-back, in a commit of its own: why a lot was not released must be found again.
    // Where a proposal is applied its own refusal says so.
    if (gap && word.within == nullptr) {
        database_.transact([&](Tx& tx) {
            append_event(tx, {.type = "lot-release.refused",
                              .subject = "lot/" + lot.get(),
                              .actor = word.actor,
                              .time = now,
                              .facts = {{"lot", lot.get()},
                                        {"reason", std::string(name_of(gap->reason))},
                                        {"detail", gap->detail}}});
        });
    }
    return moved;
}

Result<Done> CustodyService::set_element_state(const ElementId& element, std::string_view state,
                                               const Word& word, Instant now) {
    if (!is_orderable(state))
        return Refusal{Reason::malformed_request, "no such state of an element to order"};
    return act_in(database_, word, [&](Tx& tx) -> Result<Done> {
        close_gate(tx);
        const auto row = Elements(tx).find_locked(element);
        if (!row) return Refusal{Reason::not_found, "no such element"};
        HALLMARK_TRY(step, check_step(*row, state));
        // contract.md, lifecycle: held, and back by two people.
        if (row->state == "held" && (state == "received" || state == "allotted") &&
            !word.is_enough())
            return Refusal{Reason::forbidden, "a held element comes back by two people"};
        // A certificate must not outlive its element unnoticed: it is retired first, with a reason
        // and a name.
        if (state == "scrapped" && Elements(tx).has_live_credential(element)) {
            return Refusal{Reason::conflict, "the element has a live credential: retire it first"};
        }
        Elements(tx).set_state(element, state);
        append_event(tx,
                     {.type = "element." + std::string(state),
                      .subject = "element/" + element.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"element", element.get()},
                                {"lot", row->lot.lot.get()},
                                {"from", row->state}}},
                     word);
        return Done{};
    });
}

Result<LotRow> CustodyService::lot(const LotId& lot) {
    auto row = database_.transact([&](Tx& tx) { return Lots(tx).report(lot); });
    if (!row) return Refusal{Reason::not_found, "no such lot"};
    return std::move(*row);
}

std::vector<LotRow> CustodyService::lots() {
    return database_.transact([](Tx& tx) { return Lots(tx).report_all(); });
}

}  // namespace hallmark
