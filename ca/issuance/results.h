// Results out: for each verification one attestation result, signed by a key that signs nothing
// else, beside the line and never on a request's path. What is due stands in the database, so that
// a token that is away, or a node that dies, makes results late and not fewer.
#pragma once

#include "ca/audit/attestation_result.h"
#include "ca/domain/observe.h"
#include "ca/hsm/token.h"
#include "ca/issuance/epoch.h"
#include "db/attestation_results.h"

#include <mutex>
#include <optional>
#include <string>

namespace hallmark {

/// Where the key is, and which it is.
struct ResultsKey {
    std::string uri;
    PublicKey public_key;  ///< P-256
};

class Results {
public:
    struct Parts {
        Database& database;
        Token& token;
        Signer& signer;
        Epoch& epoch;
        Observe observe;
        VerifierId verifier;
        std::optional<ResultsKey> key;  ///< None: no results are made here.
    };
    explicit Results(Parts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] bool are_made() const noexcept { return parts_.key.has_value(); }
    /// Makes up to `limit`, the oldest first; returns how many were due. One thread at a time.
    /// Throws HsmFault while the token is away or the key is not fit, and Fault where the key is
    /// known as another holder's; what was due stays due.
    std::size_t sweep(std::size_t limit, Instant now);

    /// A report of this house's own, as JWS of this type; beside sweep if need be. Reason:
    /// unavailable where no results are made. Throws as sweep does.
    [[nodiscard]] Result<std::string> sign(std::string_view type, std::string_view payload);

    /// The token of a certificate's result. Reason: not_found, also where it is not made yet.
    [[nodiscard]] Result<std::string> of_certificate(const Serial& serial);
    /// Of a refusal's, by the id that the answer bore.
    [[nodiscard]] Result<std::string> of_refusal(const std::string& id);
    /// JWK Set of every key that ever signed results, on whatever node.
    [[nodiscard]] std::string keys();
    [[nodiscard]] AttestationResults::Waiting waiting();

private:
    /// The key in the token, held against what a key here must be and told to the others first.
    [[nodiscard]] const SigningKey& joined_key();
    [[nodiscard]] Result<std::string> claims_set(const ResultDue& due, Instant now) const;

    Parts parts_;
    std::mutex joining_;
    std::optional<SigningKey> joined_;  ///< Once set it stays.
};

}  // namespace hallmark
