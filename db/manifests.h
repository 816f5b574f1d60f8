// Documents that were taken: one row each, for good.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

struct ManifestRow {
    Digest sha256{};
    VendorId vendor;
    std::string format;
    Digest signer_sha256{};
    std::uint64_t bytes = 0;
    std::uint64_t units = 0;
    std::uint64_t keys = 0;
    LotId lot;
    std::string imported_by;
    Instant imported_at;
};

class Manifests {
public:
    explicit Manifests(Tx& tx) : tx_(tx) {}

    /// One import at a time until this transaction ends, so that what is asked stays true until it
    /// is written.
    void lock_imports();
    [[nodiscard]] std::optional<ManifestRow> find(const Digest& sha256);
    void insert(const ManifestRow& row);

private:
    Tx& tx_;
};

}  // namespace hallmark
