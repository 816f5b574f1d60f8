// What stands behind a Registry; for the .cpp files of this room alone.
#pragma once

#include "ca/registry/kept.h"
#include "ca/registry/policy_cache.h"
#include "ca/registry/registry.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hallmark {

struct Registry::State {
    explicit State(Database& at) : database(at) {}
    Database& database;
    PolicyCache policies;
    RegistryVersion version;
    Kept<ProductId, Digest> current;
    Kept<std::pair<VendorId, std::string>, PinnedVendor> pins;
    Kept<IntermediateId, Intermediate> intermediates;
};

/// What an intermediate may sign with, by its name in keys.h; nullopt for weak and for foreign
/// names.
[[nodiscard]] std::optional<SignatureAlgorithm> signing_algorithm_from(std::string_view name);

}  // namespace hallmark
