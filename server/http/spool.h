// Where large bodies wait: files in one folder of this process, bounded in number and octets,
// written beside the threads that move the doors' bytes. What a killed process left there is
// removed at the next start. Refuses to know what a body means.
#pragma once

#include "ca/crypto/running_hash.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"
#include "server/http/workers.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

namespace hallmark {

struct SpoolLimits {
    std::uint64_t body_octets = 4ull * 1024 * 1024 * 1024;  ///< Of one body.
    std::uint64_t octets = 8ull * 1024 * 1024 * 1024;       ///< Of all bodies together.
    std::size_t bodies = 8;  ///< At once, those still coming included.
};

class Spool;

/// One body on disk. The file goes with the last owner of this.
class SpooledBody {
public:
    ~SpooledBody();
    SpooledBody(const SpooledBody&) = delete;
    SpooledBody& operator=(const SpooledBody&) = delete;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
    /// Of what was written so far.
    [[nodiscard]] Digest sha256() const;
    /// Appends. Reason: too_large (this body), overloaded (all bodies). Throws PassingFault where
    /// the disk will not take it.
    [[nodiscard]] Result<Done> write(std::string_view more);

private:
    friend class Spool;
    SpooledBody(Spool& spool, std::filesystem::path file);
    Spool& spool_;
    std::filesystem::path file_;
    std::uint64_t octets_ = 0;
    RunningHash hash_{HashAlgorithm::sha256};
    int descriptor_ = -1;
};

/// Thread-safe; outlives its bodies.
class Spool {
public:
    /// Makes the folder, for this user alone, and removes what is left in it. Throws Fault: not to
    /// be made, or another process has it.
    Spool(std::filesystem::path folder, SpoolLimits limits);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// An empty body. Reason: overloaded.
    [[nodiscard]] Result<std::shared_ptr<SpooledBody>> begin(std::string_view name);
    [[nodiscard]] const SpoolLimits& limits() const noexcept { return limits_; }
    /// A seat for each body there may be, so that none ever waits for another's disk.
    [[nodiscard]] Workers& writers() noexcept { return writers_; }

private:
    friend class SpooledBody;
    [[nodiscard]] bool take(std::uint64_t octets);
    void give_back(std::uint64_t octets) noexcept;

    const std::filesystem::path folder_;
    const SpoolLimits limits_;
    int lock_ = -1;
    std::mutex mutex_;
    std::uint64_t octets_ = 0;
    std::size_t bodies_ = 0;
    Workers writers_;
};

}  // namespace hallmark
