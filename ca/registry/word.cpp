#include "ca/registry/word.h"

namespace hallmark {

Digest append_event(Tx& tx, Event event, const Word& word) {
    if (!word.proposal.empty()) {
        event.facts.emplace_back("proposal", word.proposal);
        event.facts.emplace_back("proposer", word.actor);
        if (!word.approver.empty()) event.facts.emplace_back("approver", word.approver);
        if (!word.break_glass.empty()) event.facts.emplace_back("break_glass", word.break_glass);
    }
    return append_event(tx, event);
}

}  // namespace hallmark
