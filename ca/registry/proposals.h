// Dual control: what one operator proposes, another approves by the digest of exactly that, and one
// transaction applies. The kinds are a table that main makes; the engine knows none of them, and
// trusts no answer of theirs longer than its transaction lasts.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/refused_minutes.h"
#include "ca/registry/word.h"
#include "db/database.h"
#include "db/proposals.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace hallmark {

/// What stands now and what a change would make of it.
struct Survey {
    /// Of what the change rests on and touches, as the event rows name it: "station/st-1". An act
    /// about one of them, by anybody, makes the proposal stale.
    std::vector<std::string> subjects;
    /// One line a member: "state: suspended -> active" (difference.h).
    std::vector<std::string> lines;
};

/// One row of the table of kinds. `change` is the object that the proposer sent, the members of the
/// path among it; both functions read it with the strict reader (ca/json/body.h), so that an
/// unknown member refuses the proposal.
struct ProposalKind {
    std::string name;             ///< "station.enrol"
    std::vector<Role> proposers;  ///< Besides an administrator.
    std::vector<Role> approvers;  ///< The same.
    /// Looks and changes nothing. Asked when it is proposed and again, under all locks, when it is
    /// applied. A change that may not be, or changes nothing, is refused here.
    std::function<Result<Survey>(Tx&, const boost::json::object& change, Instant now)> survey;
    /// Acts, with the event rows of the act (append_event(tx, event, word)), inside `word.within`.
    std::function<Result<Done>(const Word& word, const boost::json::object& change, Instant now)>
        apply;
    /// Needs a second person whatever glass is broken.
    bool always_two = false;
};

struct ProposalRules {
    std::chrono::seconds lifetime{24 * 3600};  ///< At most seven days.
    std::size_t open_per_operator = 20;
    /// On record singly, per operator; more become one summary.
    std::size_t refusals_per_minute = 60;
};

/// A proposal with its text taken apart.
struct Proposal {
    StoredProposal row;
    boost::json::object text;  ///< change, diff, expires_at, kind, proposal, proposer, rests_on
};

class ProposalService {
public:
    ProposalService(Database& database, std::vector<ProposalKind> kinds, ProposalRules rules = {});

    /// Reasons: forbidden (role), limited (too many open), not_found (no such kind), and what the
    /// kind's survey refuses.
    [[nodiscard]] Result<Proposal> propose(std::string_view kind, const boost::json::object& change,
                                           const Operator& by, Instant now);
    /// Applies it, or says why not, on record: not_found; forbidden (`by` is the proposer, is tied
    /// to them, or either lacks role, activity or time); conflict (decided already, another digest,
    /// expired, or stale, which it then is for good).
    [[nodiscard]] Result<Proposal> approve(const std::string& id, const Digest& sha256,
                                           const Operator& by, Instant now);
    /// By whoever may approve the kind, or its proposer. Reasons: not_found, forbidden, conflict.
    [[nodiscard]] Result<Proposal> reject(const std::string& id, const std::string& why,
                                          const Operator& by, Instant now);

    /// Ends what nobody decided in time. Each of the others does it first.
    void expire(Instant now);
    /// Writes the summaries of refusals that were not recorded singly and began at `until` or
    /// before. expire() does it for the minutes that are over.
    void summarize(Instant until, Instant now);

    /// Reason: not_found.
    [[nodiscard]] Result<Proposal> find(const std::string& id, Instant now);
    /// Newest first, without their text; numbers below `before` (0: all), at most 200.
    [[nodiscard]] std::vector<StoredProposal> list(const std::optional<std::string>& state,
                                                   std::uint64_t before, std::uint32_t limit,
                                                   Instant now);

private:
    struct Approval {
        std::string id;
        Digest sha256{};
        OperatorId by;
        Instant now;
    };
    [[nodiscard]] const ProposalKind* kind_of(std::string_view name) const;
    /// `is_stale`: the refusal is of the change, and ends the proposal.
    [[nodiscard]] Result<Proposal> apply(Tx& tx, const Approval& approval, bool& is_stale);
    [[nodiscard]] Refusal record(const Approval& approval, std::string_view act, Refusal refusal,
                                 bool is_stale);

    Database& database_;
    std::map<std::string, ProposalKind, std::less<>> kinds_;
    ProposalRules rules_;
    RefusedMinutes more_refused_;
};

}  // namespace hallmark
