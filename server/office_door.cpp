#include "server/serve.h"

namespace hallmark {

OfficeDoor House::office_door() {
    return {
        .front = front(),
        .custody = custody_,
        .retirement = retirement_,
        .lists_changed = [this](const IntermediateId&) { jobs_.wake(); },
        .hand_overs = hand_overs_,
        .ledger = ledger_,
        .sign_report = [this](std::string_view type,
                              std::string_view payload) { return results_.sign(type, payload); }};
}

}  // namespace hallmark
