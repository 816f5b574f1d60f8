#include "ca/custody/imports.h"

#include "ca/crypto/hash.h"
#include "ca/custody/manifest.h"

namespace hallmark {
namespace {

constexpr std::chrono::milliseconds tell_every{500};

/// Whatever ends the scope, the job is no longer open.
template <typename Work>
class AtEnd {
public:
    explicit AtEnd(Work work) : work_(std::move(work)) {}
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;
    ~AtEnd() { work_(); }

private:
    Work work_;
};

}  // namespace

Result<std::string> Imports::submit(ImportOrder order, WaitingDocument document) {
    if (find_manifest_format(order.format) == nullptr)
        return Refusal{Reason::malformed_request, "no such manifest format"};
    {
        const std::lock_guard lock(mutex_);
        if (open_ == parts_.most_waiting) return Refusal{Reason::overloaded, "imports are waiting"};
        ++open_;
    }
    order.job = random_uuid();
    const std::string id = order.job;
    bool is_in_line = false;
    const AtEnd give_up([&] {
        if (is_in_line) return;
        const std::lock_guard lock(mutex_);
        --open_;
    });
    // From here on the row tells of the job; what a crash leaves of it is interrupted at the next
    // start.
    parts_.database.transact([&](Tx& tx) {
        ImportJobs(tx).insert({.id = id,
                               .epoch = parts_.epoch(),
                               .vendor = order.vendor,
                               .lot = order.lot,
                               .format = order.format,
                               .octets = document.octets,
                               .asked_by = order.actor,
                               .asked_at = order.now});
    });
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::make_shared<Job>(Job{std::move(order), std::move(document)}));
        is_in_line = true;
    }
    if (parts_.on_submitted) parts_.on_submitted();
    return id;
}

Result<ImportJobRow> Imports::job(const std::string& id) {
    auto row = parts_.database.transact([&](Tx& tx) { return ImportJobs(tx).find(id); });
    if (!row) return Refusal{Reason::not_found, "no such job"};
    return std::move(*row);
}

std::shared_ptr<Imports::Job> Imports::next() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || stopping_) return nullptr;
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
}

void Imports::run_waiting() {
    parts_.database.transact([&](Tx& tx) {
        ImportJobs jobs(tx);
        jobs.interrupt_lost(parts_.node, parts_.epoch());
        for (const std::string& id : untold_)
            (void)jobs.interrupt(id);
    });
    untold_.clear();
    while (const auto job = next()) {
        const AtEnd ended([&] {
            const std::lock_guard lock(mutex_);
            --open_;
        });
        run(*job);
    }
}

void Imports::run(const Job& job) {
    const std::string& id = job.order.job;
    if (!parts_.database.transact([&](Tx& tx) { return ImportJobs(tx).start(id); })) return;
    bool has_ended = false;
    // A fault leaves nothing of the import, and the job says so.
    const AtEnd tell_end([&] {
        if (!has_ended) interrupt(id);
    });
    told_at_ = std::chrono::steady_clock::now();
    const auto report = parts_.custody.import(
        job.order,
        {.sha256 = job.document.sha256,
         .octets = job.document.octets,
         .open = [&] { return ManifestInput::of_file(job.document.file); }},
        {.progress = [&](std::uint64_t octets, std::uint64_t units) { tell(id, octets, units); },
         .stopped = [this] { return stopping_.load(); },
         .settle = [&](Tx& tx, const Result<ManifestReport>& come) { settle(tx, id, come); }});
    has_ended = true;
    if (!report && parts_.on_refusal) parts_.on_refusal(report.error(), job.order.format, id);
}

void Imports::settle(Tx& tx, const std::string& id, const Result<ManifestReport>& report) {
    const bool is_settled = report ? ImportJobs(tx).finish(id, report->manifest, report->repeated)
                                   : ImportJobs(tx).refuse(id, name_of(report.error().reason));
    // Taken for dead meanwhile, and told so: nothing may be written any more.
    if (!is_settled) throw Fault("import job " + id + " is no longer running");
}

void Imports::tell(const std::string& id, std::uint64_t octets, std::uint64_t units) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told_at_ < tell_every) return;
    told_at_ = now;
    if (!parts_.database.transact([&](Tx& tx) { return ImportJobs(tx).tell(id, octets, units); }))
        throw Fault("import job " + id + " is no longer running");
}

void Imports::interrupt(const std::string& id) {
    try {
        parts_.database.transact([&](Tx& tx) { (void)ImportJobs(tx).interrupt(id); });
    } catch (const Fault&) {
        // Said at the next turn; and the epoch of a node that cannot reach the database dies, the
        // job with it.
        untold_.push_back(id);
    }
}

}  // namespace hallmark
