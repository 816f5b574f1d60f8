#include "ca/issuance/challenge.h"

#include "ca/crypto/hash.h"
#include "ca/issuance/refuse.h"
#include "db/credentials.h"

#include <algorithm>

namespace hallmark {

Result<Evidence> read_evidence(std::string_view json) {
    return parse_evidence(json);
}

Result<Done> in_scope(const Caller& caller, const ProductId& product) {
    const bool scoped =
        std::find(caller.products.begin(), caller.products.end(), product) != caller.products.end();
    if (!scoped)
        return Refusal{Reason::forbidden, "scope: the station is not registered for this product"};
    return Done{};
}

Result<std::vector<VendorPin>> pins_for(Registry& registry, const Policy& policy,
                                        std::string_view format) {
    if (!policy.accepts_format(format)) {
        return Refusal{Reason::evidence_not_accepted,
                       "format: not accepted by this product's policy"};
    }
    std::vector<VendorPin> pins;
    for (PinnedVendor& pinned : registry.pins(policy.vendors(), format)) {
        pins.push_back({.vendor = std::move(pinned.vendor),
                        .format = std::move(pinned.format),
                        .anchors = std::move(pinned.anchors),
                        .exceptions = std::move(pinned.exceptions)});
    }
    return pins;
}

ChallengeService::ChallengeService(Parts parts)
    : parts_(parts), opening_([this](std::span<const ChallengeOpening* const> openings) {
          const Challenges::Rules rules{.lifetime = parts_.rules.lifetime,
                                        .outstanding = parts_.rules.outstanding};
          return parts_.database.ask([&](Tx& tx) { return Challenges(tx).open(openings, rules); });
      }) {}

Result<ChallengeAnswer> ChallengeService::open(const Caller& caller, const ChallengeOrder& order,
                                               Instant now) {
    auto answer = line(caller, order, now);
    if (answer || answer.error().reason == Reason::unauthenticated) return answer;
    return parts_.refusals.write({.caller = caller,
                                  .act = "challenge",
                                  .product = order.product,
                                  .request_id = std::nullopt,
                                  .challenge = {},
                                  .body = order.body,
                                  .format = order.members.format},
                                 std::move(answer).error(), now);
}

Result<ChallengeAnswer> ChallengeService::line(const Caller& caller, const ChallengeOrder& order,
                                               Instant now) {
    auto answer = open_for(caller, order, now);
    if (answer || !caller.known_under) return answer;
    // No is never said on what was only known: where the registry moved on, all is judged anew, and
    // where it did not, what was known is what stands.
    const std::int64_t number = parts_.registry.number_now();
    if (number == caller.known_under) return answer;
    HALLMARK_TRY(confirmed, parts_.registry.confirmed(caller, number, now));
    return open_for(confirmed, order, now);
}

Result<ChallengeAnswer> ChallengeService::open_for(const Caller& caller,
                                                   const ChallengeOrder& order, Instant now) {
    HALLMARK_TRY(scope, in_scope(caller, order.product));
    HALLMARK_TRY(policy, parts_.registry.current_policy(order.product));
    HALLMARK_TRY(pins, pins_for(parts_.registry, policy, order.members.format));
    HALLMARK_TRY(opening, parts_.family.open({.evidence = order.members}, pins, now));

    const ChallengeOpening wanted{.row = {.challenge = random_bytes(32),
                                          .door = caller.door,
                                          .purpose = "issuance",
                                          .station = caller.station,
                                          .product = order.product,
                                          .policy = policy.digest(),
                                          .format = order.members.format,
                                          .ek_certificate = opening.ek_certificate,
                                          .ak_name = opening.ak_name,
                                          .activation_secret = opening.activation_secret,
                                          .element_key = opening.element_key,
                                          .expires_at = {}},
                                  .registry = caller.known_under};
    switch (opening_.ask(wanted)) {
        case Opened::yes:
            break;
        case Opened::too_many:
            return Refusal{Reason::limited, "challenge: too many unspent ones of this station"};
        case Opened::registry_moved:
            return Refusal{Reason::unavailable, "challenge: the registry moved on"};
    }
    return ChallengeAnswer{.challenge = wanted.row.challenge,
                           .expires_at = now + parts_.rules.lifetime,
                           .members = std::move(opening.answer)};
}

std::size_t ChallengeService::sweep() {
    return parts_.database.transact([](Tx& tx) { return Challenges(tx).sweep(); });
}

IssuanceCounts ChallengeService::counts() {
    const auto counts = parts_.database.transact([](Tx& tx) { return Credentials(tx).counts(); });
    return {.unconfirmed = counts.unconfirmed,
            .oldest_unconfirmed_s = counts.oldest_unconfirmed_s,
            .unsettled = counts.unsettled,
            .without_verdict = counts.without_verdict};
}

}  // namespace hallmark
