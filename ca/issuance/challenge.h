// Opening a challenge: what it fixes is fixed here, and evidence that could never be accepted is
// refused before anything is sealed to a key.
#pragma once

#include "ca/attestation/family.h"
#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/issuance/refuse.h"
#include "ca/registry/registry.h"
#include "db/challenges.h"
#include "db/database.h"
#include "db/group_ask.h"

#include <string>
#include <utility>
#include <vector>

namespace hallmark {

struct ChallengeOrder {
    ProductId product;
    Evidence members;  ///< The format and its own members of the challenge request.
    Digest body{};     ///< SHA-256 of the request as received.
};

struct ChallengeAnswer {
    Bytes challenge;
    Instant expires_at;
    std::vector<std::pair<std::string, Bytes>> members;  ///< The format's own.
};

struct ChallengeRules {
    std::chrono::seconds lifetime{120};  ///< At most 120 (the schema says so too).
    std::uint32_t outstanding = 16;      ///< Unspent ones per station.
};

/// What is under way, for the gauges.
struct IssuanceCounts {
    std::uint64_t unconfirmed = 0;
    double oldest_unconfirmed_s = 0;
    std::uint64_t unsettled = 0;
    std::uint64_t without_verdict = 0;
};

class ChallengeService {
public:
    struct Parts {
        Database& database;
        RefusalBook& refusals;
        Registry& registry;
        const EvidenceFamily& family;
        ChallengeRules rules;
    };
    explicit ChallengeService(Parts parts);

    /// Reason: forbidden, malformed_request, evidence_not_accepted, limited, unavailable. Recorded
    /// when refused.
    [[nodiscard]] Result<ChallengeAnswer> open(const Caller& caller, const ChallengeOrder& order,
                                               Instant now);
    /// Forgets what expired.
    std::size_t sweep();
    [[nodiscard]] IssuanceCounts counts();

private:
    [[nodiscard]] Result<ChallengeAnswer> line(const Caller& caller, const ChallengeOrder& order,
                                               Instant now);
    [[nodiscard]] Result<ChallengeAnswer> open_for(const Caller& caller,
                                                   const ChallengeOrder& order, Instant now);
    Parts parts_;
    GroupAsk<ChallengeOpening, Opened> opening_;
};

/// Evidence from its JSON document, for the doors. Reason: malformed_request.
[[nodiscard]] Result<Evidence> read_evidence(std::string_view json);

/// Station and scope: the first question of every act for a product.
[[nodiscard]] Result<Done> in_scope(const Caller& caller, const ProductId& product);

/// The pins that this policy accepts for this format, in the shape that ca/attestation takes.
/// Reason: evidence_not_accepted, where the policy does not name the format.
[[nodiscard]] Result<std::vector<VendorPin>> pins_for(Registry& registry, const Policy& policy,
                                                      std::string_view format);

}  // namespace hallmark
