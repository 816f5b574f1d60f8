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
    /// is written. False: another one is under way.
    [[nodiscard]] bool lock_imports();
    [[nodiscard]] std::optional<ManifestRow> find(const Digest& sha256);
    /// Before the first element of it is written; the lot stands there.
    void arrive(const Digest& sha256, const VendorId& vendor, const LotId& lot);
    /// After the last, in the same transaction; what it counts is what came.
    void insert(const ManifestRow& row);
    /// A manifest of this lot brought elements without keys.
    [[nodiscard]] bool has_keyless(const LotId& lot);

private:
    Tx& tx_;
};

}  // namespace hallmark
