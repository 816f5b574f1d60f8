// What was answered before: the same request again, or the issuing station asking for its own.
#include "ca/crypto/hash.h"
#include "ca/issuance/issue.h"

namespace hallmark {

Result<std::optional<IssuanceAnswer>> IssuanceService::answered_before(
    const Caller& caller, const IssueRequest& request) {
    const auto row = parts_.database.ask(
        [&](Tx& tx) { return Credentials(tx).by_request(caller.station, request.id); });
    if (!row) return std::optional<IssuanceAnswer>();
    if (row->body != sha256(request.body)) {
        return Refusal{Reason::request_mismatch, "request_id: known with another body"};
    }
    if (row->state == "reserved")
        return Refusal{Reason::in_progress, "request_id: being worked on"};
    if (row->state != "issued" && row->state != "active") {
        return Refusal{Reason::gone, "request_id: its certificate is " + row->state};
    }
    IssuanceAnswer answer = answer_of(*row);
    answer.repeated = true;
    return std::optional<IssuanceAnswer>(std::move(answer));
}

Result<IssuanceAnswer> IssuanceService::find(const Caller& caller, const IssuanceId& id) {
    const auto row = parts_.database.ask([&](Tx& tx) { return Credentials(tx).by_issuance(id); });
    if (!row || row->station != caller.station)
        return Refusal{Reason::not_found, "issuance: not this station's"};
    if (row->state == "reserved") return Refusal{Reason::in_progress, "issuance: being worked on"};
    if (row->state != "issued" && row->state != "active") {
        return Refusal{Reason::gone, "issuance: its certificate is " + row->state};
    }
    return answer_of(*row);
}

IssuanceAnswer IssuanceService::answer_of(const CredentialRow& row) {
    std::vector<Bytes> chain;
    for (const Intermediate& intermediate : parts_.registry.intermediates()) {
        if (intermediate.id != row.intermediate) continue;
        chain.push_back(intermediate.certificate);
        chain.insert(chain.end(), intermediate.chain.begin(), intermediate.chain.end());
        chain.pop_back();  // The root is the device's to know, not ours to say.
    }
    return IssuanceAnswer{.issuance = row.issuance,
                          .state = row.state,
                          .device = row.device,
                          .serial = row.serial,
                          .certificate = row.certificate,
                          .chain = std::move(chain),
                          .installation_nonce = row.installation_nonce};
}

}  // namespace hallmark
