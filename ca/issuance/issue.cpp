#include "ca/issuance/issue.h"

#include "ca/crypto/hash.h"
#include "ca/issuance/challenge.h"
#include "ca/issuance/compose.h"
#include "ca/issuance/lint.h"
#include "ca/issuance/oracle.h"
#include "ca/issuance/refuse.h"
#include "ca/issuance/reserve.h"
#include "ca/issuance/seal.h"

#include <chrono>

namespace hallmark {
namespace {

/// Names a step's duration when it ends.
class Stage {
public:
    Stage(const Observe& observe, std::string_view name)
        : observe_(observe), name_(name), begun_(std::chrono::steady_clock::now()) {}
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    ~Stage() { observe_.took("issuance", name_, std::chrono::steady_clock::now() - begun_); }

private:
    const Observe& observe_;
    std::string_view name_;
    std::chrono::steady_clock::time_point begun_;
};

Refusal challenge_refused(const char* detail) {
    return Refusal{Reason::challenge_not_accepted, detail};
}

/// Is this challenge the request's own?
Result<Done> is_meant(const std::optional<ChallengeRow>& challenge, const Caller& caller,
                      const IssueRequest& request) {
    if (!challenge) return challenge_refused("challenge: unknown, spent or expired");
    if (challenge->station != caller.station)
        return challenge_refused("challenge: another station's");
    if (challenge->door != caller.door || challenge->purpose != "issuance")
        return challenge_refused("challenge: for another door or purpose");
    if (challenge->product != request.product)
        return challenge_refused("challenge: for another product");
    if (challenge->format != request.evidence.format)
        return challenge_refused("challenge: for another format");
    return Done{};
}

}  // namespace

IssuanceService::IssuanceService(Parts parts)
    : parts_(std::move(parts)),
      requests_([this](std::span<const RequestQuestion* const> questions) {
          return parts_.database.ask([&](Tx& tx) { return Challenges(tx).look(questions); });
      }) {}

Result<IssuanceAnswer> IssuanceService::issue(const Caller& caller, const IssueRequest& request,
                                              Instant now) {
    Proven proven;
    auto answer = line(caller, request, proven, now);
    if (answer || answer.error().reason == Reason::in_progress ||
        answer.error().reason == Reason::unauthenticated) {
        return answer;
    }
    return parts_.refusals.write({.caller = caller,
                                  .act = "issuance",
                                  .product = request.product,
                                  .request_id = request.id,
                                  .challenge = request.challenge,
                                  .body = sha256(request.body),
                                  .format = request.evidence.format,
                                  .proven = proven},
                                 std::move(answer).error(), now);
}

Refusal IssuanceService::refuse(const Caller& caller, const RefusedAct& act, Refusal refusal,
                                Instant now) {
    return parts_.refusals.write({.caller = caller,
                                  .act = act.act,
                                  .product = std::nullopt,
                                  .request_id = std::nullopt,
                                  .challenge = act.challenge,
                                  .body = act.body},
                                 std::move(refusal), now);
}

Result<IssuanceAnswer> IssuanceService::line(const Caller& known, const IssueRequest& request,
                                             Proven& proven, Instant now) {
    const RequestAnswer asked =
        requests_.ask({.station = known.station, .id = request.id, .challenge = request.challenge});
    HALLMARK_TRY(caller, parts_.registry.confirmed(known, asked.registry, now));
    HALLMARK_TRY(scope, in_scope(caller, request.product));
    if (asked.is_known) {
        HALLMARK_TRY(before, answered_before(caller, request));
        if (before) return std::move(*before);
    }
    // After the look-up: who asks again for what is on record asks for no judgement of time.
    HALLMARK_TRY(clock, parts_.clock.check());
    auto answer = first_time(caller, request, asked, proven, now);
    if (answer || answer.error().reason != Reason::challenge_not_accepted) return answer;
    // A twin of this very request may have been faster and spent the challenge: its answer is the
    // answer to both.
    HALLMARK_TRY(twin, answered_before(caller, request));
    if (twin) return std::move(*twin);
    return answer;
}

Result<IssuanceAnswer> IssuanceService::first_time(const Caller& caller,
                                                   const IssueRequest& request,
                                                   const RequestAnswer& asked, Proven& proven,
                                                   Instant now) {
    HALLMARK_TRY(fit, is_meant(asked.challenge, caller, request));
    GroupCommit::Way way(parts_.commits);
    HALLMARK_TRY(judged, judge(caller, request, asked, proven, now));
    return strike(caller, request, judged, way, now);
}

Result<IssuanceService::Judged> IssuanceService::judge(const Caller& caller,
                                                       const IssueRequest& request,
                                                       const RequestAnswer& asked, Proven& proven,
                                                       Instant now) {
    const Stage stage(parts_.observe, "judge");
    const ChallengeRow& challenge = *asked.challenge;
    HALLMARK_TRY(policy, parts_.registry.policy_by_digest(challenge.policy));
    HALLMARK_TRY(csr, parse_csr(request.csr));
    const Expected expected{
        .nonce = challenge_nonce(challenge.door, challenge.challenge, csr.key.spki()),
        .spki = csr.key.spki(),
        .activation_secret = challenge.activation_secret,
        .activation_unchecked = false,
        .challenge = challenge.challenge,
        .challenge_password = csr.challenge_password,
        .csr_sha256 = csr.sha256,
        .ek_certificate = challenge.ek_certificate,
        .ak_name = challenge.ak_name};
    HALLMARK_TRY(evidence, parts_.family.unpacked(request.evidence, csr.attestation));
    HALLMARK_TRY(pins, pins_for(parts_.registry, policy, evidence.format));
    HALLMARK_TRY(element, parts_.family.verify(evidence, pins, expected, now));
    proven = {.model = element.claims.model.value_or(""),
              .firmware = element.claims.firmware.value_or("")};
    if (!equal(element.claims.public_key, csr.key.spki())) {
        return Refusal{Reason::evidence_not_accepted, "key: the attested key is not the request's"};
    }
    std::optional<CustodyService::LookedUp> looked_up;
    if (challenge.element_key) looked_up = {*challenge.element_key, asked.element};
    HALLMARK_TRY(custody, parts_.custody.custody_of(element, caller, request.product, looked_up));
    HALLMARK_TRY(issuer, parts_.keys.for_leaves(policy.intermediate(), now));
    std::optional<std::uint64_t> number;
    if (policy.needs_range_number()) {
        number = parts_.database.transact(
            [&](Tx& tx) { return Credentials(tx).number_of(custody.element, request.product); });
    }
    const RequestFacts facts{.claims = element.claims,
                             .key_algorithm = csr.key.algorithm(),
                             .vendor = custody.vendor,
                             .unique_id = custody.unique_id,
                             .element_model = custody.model,
                             .lot = custody.lot,
                             .site = custody.site,
                             .station = caller.station,
                             .range_number = number,
                             .now = now,
                             .intermediate = issuer->id,
                             .issuer_not_before = issuer->certificate.not_before,
                             .issuer_not_after = issuer->certificate.not_after};
    HALLMARK_TRY(grant, decide(policy, facts));
    HALLMARK_TRY(chain, chain_stands_at(*issuer, grant.not_before));
    return Judged{.element = std::move(element),
                  .custody = std::move(custody),
                  .grant = std::move(grant),
                  .key = csr.key,
                  .issuer = issuer};
}

Result<IssuanceAnswer> IssuanceService::strike(const Caller& caller, const IssueRequest& request,
                                               const Judged& judged, GroupCommit::Way& way,
                                               Instant now) {
    Draft draft = compose(judged.grant, judged.key, *judged.issuer);
    LintedDraft linted = lint(std::move(draft),
                              {.grant = judged.grant, .key = judged.key, .issuer = *judged.issuer});
    // From the moment the intent may be durable until the record stands, leaving here burns it.
    IntentGuard guard(parts_.epoch, linted.serial());
    const Reserving row = reserving(caller, request, judged);
    auto reserved = [&] {
        const Stage stage(parts_.observe, "reserve");
        return reserve(way, std::move(linted), {.row = row, .challenge = request.challenge});
    }();
    if (!reserved) {
        guard.settled();  // Rolled back: there is no intent.
        return std::move(reserved).error();
    }
    const Issued issued = [&] {
        const Stage stage(parts_.observe, "seal");
        return seal(std::move(*reserved), *judged.issuer, parts_.signer);
    }();
    ask_oracle_first(judged, issued, now);
    const Result<Done> recorded = [&] {
        const Stage stage(parts_.observe, "record");
        return record(caller, request, judged, issued, way, now);
    }();
    if (!recorded) return recorded.error();
    guard.settled();
    parts_.observe.note("credential.issued", to_hex(issued.serial.get()));
    return IssuanceAnswer{.issuance = row.issuance,
                          .state = "issued",
                          .device = judged.grant.device,
                          .serial = issued.serial,
                          .certificate = issued.certificate,
                          .chain = {judged.issuer->chain.begin(), judged.issuer->chain.end() - 1},
                          .installation_nonce = row.installation_nonce};
}

}  // namespace hallmark
