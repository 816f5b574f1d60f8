// Approving: everything again, under all locks, in the transaction that acts.
#include "ca/crypto/hash.h"
#include "ca/registry/proposal_text.h"
#include "db/gate.h"
#include "db/operators.h"

namespace hallmark {
namespace {

/// Cut between characters (RFC 3629 section 3: octets 10xxxxxx go on with one).
std::string clipped(std::string text) {
    if (text.size() <= longest_why) return text;
    std::size_t end = longest_why;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u)
        --end;
    text.resize(end);
    return text;
}

/// Each as the row says now, by the database's clock.
Result<Done> stands(const std::optional<OperatorRow>& row, const std::vector<Role>& roles,
                    const char* who) {
    const std::string whose = std::string("the ") + who;
    if (!row) return proposal_refused(Reason::forbidden, whose + " is unknown");
    if (row->person.state != "active")
        return proposal_refused(Reason::forbidden, whose + " is " + row->person.state);
    if (row->is_expired) return proposal_refused(Reason::forbidden, whose + " expired");
    if (!may(row->person.roles, roles))
        return proposal_refused(Reason::forbidden, whose + " lacks the role");
    return Done{};
}

/// Nullopt where two people stand behind it; else the id of the glass that its proposer broke.
Result<std::optional<std::string>> check_persons(Tx& tx, const StoredProposal& proposal,
                                                 const ProposalKind& kind, const OperatorId& by) {
    Operators operators(tx);
    HALLMARK_TRY(proposer,
                 stands(operators.find_shared(proposal.proposer), kind.proposers, "proposer"));
    HALLMARK_TRY(approver, stands(operators.find_shared(by), kind.approvers, "approver"));
    if (by == proposal.proposer) {
        const auto glass = BreakGlasses(tx).open_one();
        if (kind.always_two || !glass || glass->opened_by != by || !glass->has_power)
            return proposal_refused(Reason::forbidden, "nobody approves their own");
        return std::optional(glass->id);
    }
    // protocol.md "Two people": nor of someone they enrolled or who enrolled them.
    if (operators.are_tied(proposal.proposer, by))
        return proposal_refused(Reason::forbidden, "one of the two enrolled the other");
    return std::optional<std::string>();
}

/// The versions are part of the text that was approved; they are asked again under all locks.
Result<Done> still_rests(Tx& tx, const Proposal& proposal, const ProposalKind& kind, Instant now) {
    HALLMARK_TRY(survey, kind.survey(tx, proposal.text.at("change").as_object(), now));
    if (versions_of(tx, survey.subjects) != proposal.text.at("rests_on").as_object())
        return proposal_refused(Reason::conflict, "what it changes was changed since");
    return Done{};
}

}  // namespace

Result<Proposal> ProposalService::apply(Tx& tx, const Approval& approval, bool& is_stale) {
    Proposals proposals(tx);
    proposals.lock_applications();
    auto row = proposals.find_locked(approval.id);
    if (!row) return proposal_refused(Reason::not_found, "unknown");
    if (row->state != "open") return proposal_refused(Reason::conflict, "it is " + row->state);
    if (row->expires_at <= proposals.clock())
        return proposal_refused(Reason::conflict, "it expired");
    if (row->sha256 != approval.sha256)
        return proposal_refused(Reason::conflict, "approved by another digest");
    const ProposalKind* kind = kind_of(row->kind);
    if (kind == nullptr) return proposal_refused(Reason::conflict, "of a kind that is no more");
    HALLMARK_TRY(glass, check_persons(tx, *row, *kind, approval.by));
    const Proposal proposal = taken_apart(*row);
    // From here on no suspension comes between. Not before: whoever is refused above must not be
    // able to keep the line waiting.
    close_gate(tx);
    is_stale = true;  // Whatever is said from here on is said of the change itself.
    HALLMARK_TRY(rests, still_rests(tx, proposal, *kind, approval.now));
    proposals.take_in_hand(row->id);
    proposals.decide(row->id, {.state = "applied", .by = approval.by, .break_glass = glass});
    Word word(actor_of(row->proposer));
    word.proposal = row->id;
    if (glass)
        word.break_glass = *glass;
    else
        word.approver = actor_of(approval.by);
    word.within = &tx;
    HALLMARK_TRY(applied, kind->apply(word, proposal.text.at("change").as_object(), approval.now));
    is_stale = false;
    return taken_apart(*proposals.find(row->id));
}

// A crash between the roll-back and the record leaves a proposal that is still open, and finds the
// same at its next approval.
Refusal ProposalService::record(const Approval& approval, std::string_view act, Refusal refusal,
                                bool is_stale) {
    database_.transact([&](Tx& tx) {
        Proposals proposals(tx);
        const std::string actor = actor_of(approval.by);
        bool ended = false;
        if (is_stale) {
            const auto row = proposals.find_locked(approval.id);
            ended = row && row->state == "open";
            if (ended)
                proposals.decide(approval.id, {.state = "stale", .why = clipped(refusal.detail)});
        }
        if (!ended && proposals.refused_lately(actor) >= rules_.refusals_per_minute) {
            more_refused_.count(approval.by, sha256(as_bytes(approval.id + " " + refusal.detail)),
                                approval.now);
            return;
        }
        refusal.record = random_uuid();
        append_event(tx, {.type = ended ? "proposal.stale" : "proposal.refused",
                          .subject = "proposal/" + approval.id,
                          .actor = actor,
                          .time = approval.now,
                          .facts = {{"proposal", approval.id},
                                    {"act", std::string(act)},
                                    {"proposal_sha256", to_hex(approval.sha256)},
                                    {"reason", std::string(name_of(refusal.reason))},
                                    {"detail", refusal.detail},
                                    {"refusal", refusal.record}}});
    });
    return refusal;
}

Result<Proposal> ProposalService::approve(const std::string& id, const Digest& sha256,
                                          const Operator& by, Instant now) {
    HALLMARK_TRY(uuid, parse_uuid(id, "proposal"));
    expire(now);
    const Approval approval{.id = uuid, .sha256 = sha256, .by = by.id, .now = now};
    bool is_stale = false;
    auto applied = database_.transact([&](Tx& tx) { return apply(tx, approval, is_stale); });
    if (applied) return applied;
    Refusal refusal = std::move(applied).error();
    // What the kind says no to now was possible when it was proposed: something changed.
    if (is_stale) refusal.reason = Reason::conflict;
    return record(approval, "approve", std::move(refusal), is_stale);
}

}  // namespace hallmark
