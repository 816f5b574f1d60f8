// What stands behind a Registry; for the .cpp files of this room alone.
#pragma once

#include "ca/registry/kept.h"
#include "ca/registry/policy_cache.h"
#include "ca/registry/registry.h"
#include "db/group_ask.h"
#include "db/principals.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace hallmark {

struct Registry::State {
    explicit State(Database& at);
    /// By what is kept under the latest number that was seen. Reason: unauthenticated.
    [[nodiscard]] Result<Caller> station(const Digest& certificate,
                                         const std::string& source_address, Instant now);
    Database& database;
    PolicyCache policies;
    RegistryVersion version;
    GroupAsk<std::monostate, std::int64_t> version_now;
    Kept<Digest, StoredStation> stations;
    Kept<ProductId, Digest> current;
    Kept<std::pair<VendorId, std::string>, PinnedVendor> pins;
    Kept<IntermediateId, Intermediate> intermediates;
};

/// What an intermediate may sign with, by its name in keys.h; nullopt for weak and for foreign
/// names.
[[nodiscard]] std::optional<SignatureAlgorithm> signing_algorithm_from(std::string_view name);

/// An intermediate's product line and window. Reason: malformed_request.
[[nodiscard]] Result<Done> check_bounds(const Intermediate& intermediate);

}  // namespace hallmark
