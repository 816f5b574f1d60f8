#include "ca/registry/break_glass.h"

#include "ca/json/body.h"
#include "ca/registry/difference.h"
#include "ca/registry/kinds.h"
#include "db/operators.h"

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds shortest{60};
constexpr std::size_t longest_text = 1024;

Refusal refused(Reason reason, const char* why) {
    return Refusal{reason, std::string("break-glass: ") + why};
}

Result<std::string> finding_in(const json::object& change) {
    Body body = Body::of(change);
    std::string finding = body.text("finding", longest_text);
    if (finding.empty()) body.complain("finding: empty");
    HALLMARK_TRY(whole, body.finish());
    return finding;
}

Result<Survey> survey_closing(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(finding, finding_in(change));
    const auto glass = BreakGlasses(tx).open_one();
    if (!glass) return refused(Reason::conflict, "none is open");
    return Survey{
        .subjects = {"break-glass/" + glass->id},
        .lines = {addition("break-glass", glass->id), addition("opened by", glass->opened_by.get()),
                  addition("reason", glass->reason),
                  addition("opened at", to_rfc3339(glass->opened_at)),
                  difference("state", "open", "closed"), addition("finding", finding)}};
}

Result<Done> close(const Word& word, const json::object& change, Instant now) {
    HALLMARK_TRY(finding, finding_in(change));
    BreakGlasses glasses(*word.within);
    const auto glass = glasses.open_one();
    if (!glass) return refused(Reason::conflict, "none is open");
    glasses.close(glass->id, word.proposal);
    append_event(*word.within,
                 {.type = "break_glass.closed",
                  .subject = "break-glass/" + glass->id,
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"finding", finding}, {"opened_by", glass->opened_by.get()}}},
                 word);
    return Done{};
}

}  // namespace

Result<StoredBreakGlass> BreakGlass::open(const Operator& by, const std::string& reason,
                                          std::chrono::seconds lasting, Instant now) {
    if (!by.has(Role::security_officer) && !by.has(Role::administrator))
        return refused(Reason::forbidden, "the operator lacks the role");
    if (reason.empty() || reason.size() > longest_text)
        return refused(Reason::malformed_request, "the reason is empty or too long");
    if (lasting < shortest || lasting > longest)
        return refused(Reason::malformed_request, "it lasts a minute to an hour");
    return database_.transact([&](Tx& tx) -> Result<StoredBreakGlass> {
        Proposals(tx).lock_applications();
        const auto person = Operators(tx).find_shared(by.id);
        if (!person || person->person.state != "active")
            return refused(Reason::forbidden, "the operator is not active");
        auto glass = BreakGlasses(tx).open(by.id, reason, lasting);
        if (!glass) return refused(Reason::conflict, "one is open already");
        append_event(tx, {.type = "break_glass.opened",
                          .subject = "break-glass/" + glass->id,
                          .actor = "operator/" + by.id.get(),
                          .time = now,
                          .facts = {{"reason", reason}, {"until", to_rfc3339(glass->until)}}});
        return *std::move(glass);
    });
}

std::optional<StoredBreakGlass> BreakGlass::open_one() {
    return database_.transact([](Tx& tx) { return BreakGlasses(tx).open_one(); });
}

ProposalKind break_glass_kind() {
    const std::vector<Role> overseers{Role::security_officer, Role::auditor};
    return {.name = "break_glass.close",
            .proposers = overseers,
            .approvers = overseers,
            .survey = survey_closing,
            .apply = close,
            .always_two = true};
}

}  // namespace hallmark
