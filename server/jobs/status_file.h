// A vendor's status list as an operator keeps it on this node: a file that something outside
// fetches and puts there. Read again when it changed; one that cannot be read leaves the one before
// it in force, until that is too old.
#pragma once

#include "ca/attestation/status_list.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace hallmark {

class StatusFile {
public:
    /// An empty path: there is none, and nothing is ever held.
    StatusFile(std::filesystem::path path, std::chrono::seconds max_age)
        : path_(std::move(path)), max_age_(max_age) {}

    /// Looks whether the file changed. Throws Fault, once for each change, where it cannot be read
    /// or is no status list. Its age counts from the file's modification, and never from later than
    /// `now`.
    void refresh(Instant now);
    /// Null until one was read. Thread-safe.
    [[nodiscard]] std::shared_ptr<const StatusList> held() const;
    /// Whether what was asked for is there and fresh.
    [[nodiscard]] bool is_well(Instant now) const;

private:
    struct Stamp {
        std::filesystem::file_time_type modified;
        std::uintmax_t size = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    const std::filesystem::path path_;
    const std::chrono::seconds max_age_;
    mutable std::mutex mutex_;
    std::optional<Stamp> seen_;  ///< Of the job's thread alone.
    std::shared_ptr<const StatusList> held_;
};

}  // namespace hallmark
