#include "ca/registry/proposals.h"

#include "ca/crypto/hash.h"
#include "ca/registry/proposal_text.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

json::object text_of(const StoredProposal& row, const json::object& change, const Survey& survey,
                     json::object versions) {
    json::array diff;
    for (const std::string& line : survey.lines)
        diff.emplace_back(line);
    return {{"proposal", row.id},
            {"kind", row.kind},
            {"proposer", row.proposer.get()},
            {"expires_at", to_rfc3339(row.expires_at)},
            {"change", change},
            {"diff", std::move(diff)},
            {"rests_on", std::move(versions)}};
}

}  // namespace

ProposalService::ProposalService(Database& database, std::vector<ProposalKind> kinds,
                                 ProposalRules rules)
    : database_(database), rules_(rules) {
    for (ProposalKind& kind : kinds) {
        const std::string name = kind.name;
        if (!kinds_.emplace(name, std::move(kind)).second)
            throw std::logic_error("two kinds of proposals are named " + name);
    }
}

const ProposalKind* ProposalService::kind_of(std::string_view name) const {
    const auto found = kinds_.find(name);
    return found == kinds_.end() ? nullptr : &found->second;
}

void ProposalService::expire(Instant now) {
    summarize(now - std::chrono::minutes(1), now);
    database_.transact([&](Tx& tx) {
        for (const StoredProposal& row : Proposals(tx).overdue()) {
            Proposals(tx).decide(row.id, {.state = "expired"});
            append_event(tx, {.type = "proposal.expired",
                              .subject = "proposal/" + row.id,
                              .actor = "system/clock",
                              .time = now,
                              .facts = {{"proposal", row.id},
                                        {"kind", row.kind},
                                        {"proposer", actor_of(row.proposer)},
                                        {"expires_at", to_rfc3339(row.expires_at)}}});
        }
    });
}

void ProposalService::summarize(Instant until, Instant now) {
    for (const RefusedMinutes::Minute& minute : more_refused_.take(until)) {
        database_.transact([&](Tx& tx) {
            append_event(tx, {.type = "proposal.refusals",
                              .subject = "operator/" + minute.by.get() + "/refusals",
                              .actor = actor_of(minute.by),
                              .time = now,
                              .facts = {{"count", std::to_string(minute.count)},
                                        {"from", to_rfc3339(minute.begun)},
                                        {"digest", to_hex(minute.digest)}}});
        });
    }
}

Result<Proposal> ProposalService::propose(std::string_view name, const json::object& change,
                                          const Operator& by, Instant now) {
    const ProposalKind* kind = kind_of(name);
    if (kind == nullptr) return proposal_refused(Reason::not_found, "no such kind");
    if (!may(by.roles, kind->proposers))
        return proposal_refused(Reason::forbidden, "the operator lacks the role");
    expire(now);
    return database_.transact([&](Tx& tx) -> Result<Proposal> {
        Proposals proposals(tx);
        proposals.lock_applications();
        if (proposals.count_open(by.id) >= rules_.open_per_operator)
            return proposal_refused(Reason::limited, "too many of this operator's are open");
        HALLMARK_TRY(survey, kind->survey(tx, change, now));
        const Instant at = proposals.clock();
        StoredProposal row{.id = random_uuid(),
                           .kind = kind->name,
                           .canonical = {},
                           .proposer = by.id,
                           .proposed_at = at,
                           .expires_at = floor_to_second(at + rules_.lifetime)};
        const auto text = text_of(row, change, survey, versions_of(tx, survey.subjects));
        row.canonical = canonical_json(text);
        if (row.canonical.size() > text_limits.octets)
            return proposal_refused(Reason::too_large, "its text");
        row.sha256 = sha256(as_bytes(row.canonical));
        proposals.insert(row);
        append_event(tx, {.type = "proposal.made",
                          .subject = "proposal/" + row.id,
                          .actor = actor_of(by.id),
                          .time = now,
                          .facts = {{"proposal", row.id},
                                    {"kind", row.kind},
                                    {"proposal_sha256", to_hex(row.sha256)},
                                    {"expires_at", to_rfc3339(row.expires_at)}}});
        return taken_apart(std::move(row));
    });
}

Result<Proposal> ProposalService::reject(const std::string& id, const std::string& why,
                                         const Operator& by, Instant now) {
    HALLMARK_TRY(uuid, parse_uuid(id, "proposal"));
    if (why.size() > longest_why)
        return proposal_refused(Reason::malformed_request, "why: too long");
    expire(now);
    auto rejected = database_.transact([&](Tx& tx) -> Result<Proposal> {
        Proposals proposals(tx);
        const auto row = proposals.find_locked(uuid);
        if (!row) return proposal_refused(Reason::not_found, "unknown");
        if (row->state != "open") return proposal_refused(Reason::conflict, "it is " + row->state);
        const ProposalKind* kind = kind_of(row->kind);
        const bool is_own = row->proposer == by.id;
        if (!is_own && !may(by.roles, kind == nullptr ? std::vector<Role>() : kind->approvers))
            return proposal_refused(Reason::forbidden, "the operator lacks the role");
        proposals.decide(uuid, {.state = "rejected", .by = by.id, .why = why});
        append_event(tx, {.type = "proposal.rejected",
                          .subject = "proposal/" + uuid,
                          .actor = actor_of(by.id),
                          .time = now,
                          .facts = {{"proposal", uuid},
                                    {"kind", row->kind},
                                    {"proposer", actor_of(row->proposer)},
                                    {"proposal_sha256", to_hex(row->sha256)},
                                    {"why", why}}});
        return taken_apart(*proposals.find(uuid));
    });
    if (rejected) return rejected;
    return record({.id = uuid, .sha256 = {}, .by = by.id, .now = now}, "reject",
                  std::move(rejected).error(), false);
}

Result<Proposal> ProposalService::find(const std::string& id, Instant now) {
    const auto uuid = parse_uuid(id, "proposal");
    if (!uuid) return proposal_refused(Reason::not_found, "no such id");
    expire(now);
    auto row = database_.transact([&](Tx& tx) { return Proposals(tx).find(*uuid); });
    if (!row) return proposal_refused(Reason::not_found, "unknown");
    return taken_apart(*std::move(row));
}

std::vector<StoredProposal> ProposalService::list(const std::optional<std::string>& state,
                                                  std::uint64_t before, std::uint32_t limit,
                                                  Instant now) {
    expire(now);
    return database_.transact([&](Tx& tx) {
        return Proposals(tx).list(state, before, std::min<std::uint32_t>(limit, 200));
    });
}

}  // namespace hallmark
