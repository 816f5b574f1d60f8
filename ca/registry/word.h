// On whose word an act is done, and in which commit: one person's by name in a commit of its own,
// or two people's inside the transaction that applies their proposal. Never decides whether the
// word is enough.
#pragma once

#include "ca/audit/event.h"
#include "db/database.h"

#include <concepts>
#include <string>
#include <string_view>

namespace hallmark {

struct Word {
    /// One person's own, or `setup`: "operator/ada".
    template <typename Text>
    requires std::convertible_to<const Text&, std::string_view> Word(const Text& by)
        : actor(std::string_view(by)) {}

    std::string actor;          ///< Who proposed, where there is a proposal.
    std::string approver{};     ///< Empty where there is none, or none was needed.
    std::string proposal{};     ///< Its id; empty where there is none.
    std::string break_glass{};  ///< The id under which no approver was needed.
    Tx* within = nullptr;       ///< The transaction that applies the proposal.

    /// Two people's, or that of one whose glass is broken, or of the setup that enrols them.
    [[nodiscard]] bool is_enough() const { return !proposal.empty() || actor == "setup"; }
};

/// Runs `work(tx)` where the word says: within its proposal's transaction, else in one of its own.
template <typename Work>
auto act_in(Database& database, const Word& word, Work&& work) {
    if (word.within != nullptr) return work(*word.within);
    return database.transact(std::forward<Work>(work));
}

/// append_event, with the word that the act was done on among the event's facts.
Digest append_event(Tx& tx, Event event, const Word& word);

}  // namespace hallmark
