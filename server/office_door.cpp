#include "server/serve.h"

namespace hallmark {

OfficeDoor House::office_door() {
    return {
        .front = front(),
        .custody = custody_,
        .retirement = retirement_,
        .budgets = budgets_,
        .quarantines = quarantines_,
        .proposals = proposals_,
        .break_glass = break_glass_,
        .bulk_retirement = bulk_retirement_,
        .imports = imports_,
        .spool = spool_,
        .lists_changed = [this](const IntermediateId&) { jobs_.wake(); },
        .applied = [this](std::string_view) { jobs_.wake(); },
        .hand_overs = hand_overs_,
        .ledger = ledger_,
        .sign_report = [this](std::string_view type,
                              std::string_view payload) { return results_.sign(type, payload); }};
}

}  // namespace hallmark
