// Imports as jobs: a document that waits on disk, a row that tells where its import stands, and one
// import at a time. Refuses to remember anything that the database does not: after a restart a job
// that had not ended is interrupted, and its document is gone.
#pragma once

#include "ca/custody/custody.h"
#include "db/import_jobs.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace hallmark {

/// A document on disk. The file is there for as long as the keeper is.
struct WaitingDocument {
    std::filesystem::path file;
    Digest sha256{};
    std::uint64_t octets = 0;
    std::shared_ptr<void> keeper;
};

class Imports {
public:
    struct Parts {
        Database& database;
        CustodyService& custody;
        std::function<std::int64_t()> epoch;  ///< Of this node, now.
        std::string node;
        std::size_t most_waiting = 8;  ///< Jobs that have not ended, on this node.
        /// Counts and logs: the refusal whole, the format, the job's id. May be empty.
        std::function<void(const Refusal&, std::string_view format, std::string_view job)>
            on_refusal;
        std::function<void()> on_submitted;  ///< Wakes whoever calls run_waiting(). May be empty.
    };
    explicit Imports(Parts parts) : parts_(std::move(parts)) {}

    /// A job for it; `order.job` is made here. The id. Reason: overloaded, malformed_request.
    [[nodiscard]] Result<std::string> submit(ImportOrder order, WaitingDocument document);
    /// Reason: not_found.
    [[nodiscard]] Result<ImportJobRow> job(const std::string& id);

    /// Runs what waits, one after another; by one loop alone. A fault of the machine interrupts the
    /// job and is thrown.
    void run_waiting();
    /// Ends the job under way, interrupted; the others stay where they are and are interrupted with
    /// the epoch.
    void stop() noexcept { stopping_ = true; }

private:
    struct Job {
        ImportOrder order;
        WaitingDocument document;
    };
    [[nodiscard]] std::shared_ptr<Job> next();
    void run(const Job& job);
    void settle(Tx& tx, const std::string& id, const Result<ManifestReport>& report);
    void tell(const std::string& id, std::uint64_t octets, std::uint64_t units);
    void interrupt(const std::string& id);

    const Parts parts_;
    std::mutex mutex_;
    std::deque<std::shared_ptr<Job>> waiting_;
    std::size_t open_ = 0;  ///< Submitted and not ended.
    std::atomic<bool> stopping_{false};
    std::vector<std::string> untold_;  ///< Interrupted, and the database could not be told.
    std::chrono::steady_clock::time_point told_at_{};
};

}  // namespace hallmark
