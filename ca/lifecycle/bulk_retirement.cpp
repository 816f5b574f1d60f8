#include "ca/lifecycle/bulk_retirement.h"

#include "ca/crypto/hash.h"
#include "ca/json/body.h"
#include "ca/lifecycle/retire.h"
#include "ca/registry/difference.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

/// Events a statement: their parameters stay within bounds.
constexpr std::size_t events_per_statement = 1000;

Refusal refused(Reason reason, const char* why) {
    return Refusal{reason, std::string("revocation: ") + why};
}

Result<BulkPreview> list_of(Tx& tx, const CredentialFilter& filter) {
    if (!filter.station && !filter.lot && !filter.product)
        return refused(Reason::malformed_request, "it names no station, lot or product");
    BulkPreview preview;
    preview.credentials = BulkEndings(tx).find(filter, BulkPreview::most + 1);
    if (preview.credentials.size() > BulkPreview::most)
        return refused(Reason::too_large, "more credentials than one proposal may end");
    std::string list;
    for (const ActiveCredential& one : preview.credentials) {
        list += to_hex(one.serial.get()) + "\n";
        ++preview.by_station[one.station.get()];
        ++preview.by_lot[one.lot.get()];
        ++preview.by_product[one.product.get()];
    }
    preview.list = sha256(as_bytes(list));
    return preview;
}

struct Order {
    CredentialFilter filter;
    Digest list{};
    RetirementReason reason;
};

Result<Order> order_in(const json::object& change) {
    Body body = Body::of(change);
    Order order{};
    order.filter = {.station = body.text_if("station", 64),
                    .lot = body.text_if("lot", 64),
                    .product = body.text_if("product", 64),
                    .from = body.time_if("from"),
                    .until = body.time_if("to")};
    const std::string reason = body.text("reason", 64);
    const auto known =
        std::find_if(retirement_reasons.begin(), retirement_reasons.end(),
                     [&](const RetirementReason& one) { return one.name == reason; });
    if (known == retirement_reasons.end()) body.complain("reason: unknown");
    const auto list = body.digest("list_sha256");
    HALLMARK_TRY(whole, body.finish());
    order.reason = *known;
    order.list = *list;
    return order;
}

/// The list as it stands now, where it is the one that was proposed.
Result<BulkPreview> proposed_list(Tx& tx, const Order& order) {
    HALLMARK_TRY(preview, list_of(tx, order.filter));
    if (preview.credentials.empty()) return refused(Reason::conflict, "nothing is to be ended");
    if (preview.list != order.list) return refused(Reason::conflict, "the list is another by now");
    return preview;
}

void tell(std::vector<std::string>& lines, const char* what,
          const std::map<std::string, std::size_t>& counts) {
    for (const auto& [name, count] : counts)
        lines.push_back(addition(std::string(what) + " " + name, std::to_string(count)));
}

Result<Survey> survey(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(order, order_in(change));
    HALLMARK_TRY(preview, proposed_list(tx, order));
    Survey survey{
        .subjects = {"revocation/" + to_hex(preview.list)},
        .lines = {addition("credentials", std::to_string(preview.credentials.size())),
                  difference("state", "active", "retired"), addition("reason", order.reason.name),
                  addition("list sha256", to_hex(preview.list))}};
    tell(survey.lines, "of station", preview.by_station);
    tell(survey.lines, "of lot", preview.by_lot);
    tell(survey.lines, "of product", preview.by_product);
    return survey;
}

EventEntry retired(const ActiveCredential& one, const Order& order, const Word& word, Instant now) {
    return entry_of({.type = "credential.retired",
                     .subject = "credential/" + to_hex(one.serial.get()),
                     .actor = word.actor,
                     .time = now,
                     .facts = {{"device", one.device.get()},
                               {"serial", to_hex(one.serial.get())},
                               {"element", one.element.get()},
                               {"station", one.station.get()},
                               {"lot", one.lot.get()},
                               {"product", one.product.get()},
                               {"policy", to_hex(one.policy)},
                               {"reason", std::string(order.reason.name)},
                               {"proposal", word.proposal}}});
}

/// Each credential's own history says that it ended; who decided stands in the list's event.
void append_events(Tx& tx, const BulkPreview& preview, const Order& order, const Word& word,
                   Instant now) {
    std::vector<EventEntry> entries;
    std::vector<const EventEntry*> batch;
    for (std::size_t at = 0; at < preview.credentials.size(); at += events_per_statement) {
        const std::size_t end = std::min(at + events_per_statement, preview.credentials.size());
        entries.clear();
        batch.clear();
        for (std::size_t i = at; i < end; ++i)
            entries.push_back(retired(preview.credentials[i], order, word, now));
        for (const EventEntry& entry : entries)
            batch.push_back(&entry);
        Events(tx).append(batch);
    }
}

Result<Done> retire(const Word& word, const json::object& change, Instant now) {
    HALLMARK_TRY(order, order_in(change));
    Tx& tx = *word.within;
    HALLMARK_TRY(preview, proposed_list(tx, order));
    const std::size_t ended =
        BulkEndings(tx).retire(preview.credentials, {.reason = std::string(order.reason.name),
                                                     .actor = word.actor,
                                                     .ends_device = order.reason.ends_device});
    // One of them was retired on its own in this very moment.
    if (ended != preview.credentials.size())
        return refused(Reason::conflict, "the list is another by now");
    append_events(tx, preview, order, word, now);
    append_event(tx,
                 {.type = "revocation.bulk",
                  .subject = "revocation/" + to_hex(preview.list),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"credentials", std::to_string(ended)},
                            {"reason", std::string(order.reason.name)},
                            {"list_sha256", to_hex(preview.list)}}},
                 word);
    return Done{};
}

}  // namespace

Result<BulkPreview> BulkRetirement::preview(const CredentialFilter& filter) {
    return database_.transact([&](Tx& tx) { return list_of(tx, filter); });
}

ProposalKind bulk_retirement_kind() {
    const std::vector<Role> roles{Role::line_manager, Role::security_officer};
    return {.name = "revocation.bulk",
            .proposers = roles,
            .approvers = roles,
            .survey = survey,
            .apply = retire};
}

}  // namespace hallmark
