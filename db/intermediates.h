// The issuing intermediates: where the key is, what certificate it bears, who stands above it. Only
// the state is switched.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct StoredIntermediate {
    IntermediateId id;
    std::string key_uri;
    std::string algorithm;
    Bytes certificate;
    std::vector<Bytes> chain;
    Digest key_sha256{};
    Instant not_after;
    std::string state = "active";
    std::vector<ProductId> products = {};  ///< Its product line; empty: unbounded, from before.
    std::optional<Instant> signs_from = {};
    std::optional<Instant> signs_until = {};
    std::uint64_t leaves = 0;  ///< Signatures charged for leaves,
    std::uint64_t lists = 0;   ///< and for CRLs.
};

class Intermediates {
public:
    explicit Intermediates(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<StoredIntermediate> find(const IntermediateId& id);
    /// In order of their ids.
    [[nodiscard]] std::vector<StoredIntermediate> all();
    /// False when id or key is known already; then nothing may be kept.
    [[nodiscard]] bool add(const StoredIntermediate& intermediate, std::string_view actor,
                           Instant at);
    /// False when it is in that state already, or unknown.
    [[nodiscard]] bool set_state(const IntermediateId& id, std::string_view state);

private:
    Tx& tx_;
};

}  // namespace hallmark
