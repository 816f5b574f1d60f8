// The end of many active credentials at once: listed first, proposed by the digest of exactly that
// list, and retired by two people. Whatever joins or leaves the list meanwhile makes the proposal
// stale.
#pragma once

#include "ca/registry/proposals.h"
#include "db/bulk_endings.h"

#include <map>
#include <string>
#include <vector>

namespace hallmark {

struct BulkPreview {
    static constexpr std::size_t most = 10'000;  ///< Of one proposal.

    std::vector<ActiveCredential> credentials;  ///< In order of their serials.
    Digest list{};  ///< SHA-256 over each serial in lower-case hexadecimal and a line feed.
    std::map<std::string, std::size_t> by_station, by_lot, by_product;
};

class BulkRetirement {
public:
    explicit BulkRetirement(Database& database) : database_(database) {}

    /// Reasons: malformed_request (no filter), too_large (more than `most`).
    [[nodiscard]] Result<BulkPreview> preview(const CredentialFilter& filter);

private:
    Database& database_;
};

/// revocation.bulk
[[nodiscard]] ProposalKind bulk_retirement_kind();

}  // namespace hallmark
