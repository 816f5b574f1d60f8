// Policy versions by the digest of their canonical text, and which of them a product follows. Both
// are history: a product's current version is the last one that was applied.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

class Policies {
public:
    explicit Policies(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<Digest> current(const ProductId& product);
    [[nodiscard]] std::optional<std::string> canonical(const Digest& digest);
    /// Two that apply to one product wait for each other until the transaction ends.
    void lock(const ProductId& product);
    /// Keeps the version, once. The database compares text and digest again.
    void keep(const ProductId& product, const Digest& digest, const std::string& canonical);
    void follow(const ProductId& product, const Digest& digest, std::string_view actor, Instant at);

private:
    Tx& tx_;
};

}  // namespace hallmark
