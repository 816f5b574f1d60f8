#include "ca/lifecycle/retire.h"

#include "ca/audit/event.h"

#include <algorithm>

namespace hallmark {
namespace {

Event retired(const CredentialRow& row, const RetirementOrder& order, const Operator& by,
              Instant now) {
    return {.type = "credential.retired",
            .subject = "credential/" + to_hex(row.serial.get()),
            .actor = "operator/" + by.id.get(),
            .time = now,
            .facts = {{"device", row.device.get()},
                      {"serial", to_hex(row.serial.get())},
                      {"element", row.element.get()},
                      {"station", row.station.get()},
                      {"product", row.product.get()},
                      {"policy", to_hex(row.policy)},
                      {"reason", order.reason},
                      {"operator_name", by.name}}};
}

}  // namespace

Result<CredentialRow> RetirementService::retire(const Operator& by, const RetirementOrder& order,
                                                Instant now) {
    if (!by.has(Role::line_manager) && !by.has(Role::security_officer) &&
        !by.has(Role::administrator)) {
        return Refusal{Reason::forbidden, "retire: the operator has no role for it"};
    }
    const auto reason =
        std::find_if(retirement_reasons.begin(), retirement_reasons.end(),
                     [&](const RetirementReason& known) { return known.name == order.reason; });
    if (reason == retirement_reasons.end())
        return Refusal{Reason::malformed_request, "retire: unknown reason"};
    return database_.transact([&](Tx& tx) -> Result<CredentialRow> {
        auto row = Credentials(tx).by_serial(order.serial);
        if (!row) return Refusal{Reason::not_found, "retire: no such serial"};
        if (row->state == "reserved" || row->state == "issued") {
            return Refusal{Reason::conflict, "retire: the certificate is " + row->state};
        }
        const bool ended = Credentials(tx).end(order.serial, {.from = "active",
                                                              .to = "retired",
                                                              .reason = order.reason,
                                                              .actor = "operator/" + by.id.get()});
        if (!ended) return Refusal{Reason::gone, "retire: the certificate is " + row->state};
        if (reason->ends_device) Credentials(tx).decommission(row->device);
        append_event(tx, retired(*row, order, by, now));
        row->state = "retired";
        return *row;
    });
}

}  // namespace hallmark
