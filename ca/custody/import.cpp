#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "ca/custody/custody.h"
#include "ca/custody/manifest.h"
#include "ca/custody/verify_line.h"
#include "db/elements.h"
#include "db/manifests.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace hallmark {

namespace {

/// Units a COPY: enough to be quick, few enough to bound what waits for it.
constexpr std::size_t units_a_copy = 5000;
constexpr std::size_t units_a_step = 1000;  ///< Between two looks at whether to go on.
constexpr std::chrono::minutes longest_wait{60};
constexpr std::chrono::milliseconds look_again_after{50};

struct Import {
    Database& database;
    const ChainValidator& chains;
    const ImportOrder& order;
    const ImportWatch& watch;
    const ManifestFormat& format;
    const ImportDocument& document;
};

ManifestReport report_of(const ManifestRow& row, bool repeated) {
    return {.manifest = row.sha256,
            .units = row.units,
            .keys = row.keys,
            .lot = row.lot,
            .repeated = repeated};
}

/// A lot is one manifest: what comes under its name by another document is refused, whatever it
/// says.
Result<Done> open_lot(Tx& tx, const ImportOrder& order) {
    const auto lot = Lots(tx).find_locked(order.lot);
    if (lot) {
        return Refusal{Reason::conflict, lot->vendor == order.vendor
                                             ? "lot came by another manifest and takes no more"
                                             : "lot of another vendor"};
    }
    Lots(tx).insert(order.lot, order.vendor);
    return Done{};
}

/// A unit that the database knows already, by this document or an earlier one.
struct Clash {
    std::size_t index = 0;  ///< Of the entry.
    NewElement unit;
    bool is_key = false;
};

/// Takes the units in order and writes them by the thousand.
class Writer {
public:
    Writer(Tx& tx, const Import& import) : tx_(tx), import_(import) {}

    Result<Done> take(ManifestUnit unit) {
        keys_ += unit.keys.size();
        ++units_;
        NewElement element{std::move(unit.unique_id), std::move(unit.model), {}};
        for (ManifestKey& key : unit.keys)
            element.keys.push_back({key.sha256, std::move(key.spki)});
        waiting_.push_back(std::move(element));
        return waiting_.size() < units_a_copy ? Done{} : flush();
    }

    Result<Done> flush() {
        const auto found = Elements(tx_).copy({.vendor = import_.order.vendor,
                                               .lot = import_.order.lot,
                                               .manifest = import_.document.sha256,
                                               .first_entry = units_ - waiting_.size()},
                                              waiting_);
        if (found) {
            clash_ = Clash{units_ - waiting_.size() + found->unit,
                           std::move(waiting_.at(found->unit)), found->key.has_value()};
            return Refusal{Reason::invalid_document, "claimed already"};
        }
        waiting_.clear();
        return Done{};
    }

    [[nodiscard]] std::uint64_t units() const noexcept { return units_; }
    [[nodiscard]] std::uint64_t keys() const noexcept { return keys_; }
    [[nodiscard]] std::optional<Clash> take_clash() { return std::exchange(clash_, std::nullopt); }

private:
    Tx& tx_;
    const Import& import_;
    std::vector<NewElement> waiting_;
    std::uint64_t units_ = 0;
    std::uint64_t keys_ = 0;
    std::optional<Clash> clash_;
};

/// What was read and verified, told step by step.
class Pace {
public:
    explicit Pace(const ImportWatch& watch) : watch_(watch) {}
    void read_up_to(std::uint64_t octets) noexcept { octets_ = octets; }  ///< By the reader.
    void step(std::uint64_t units) const {
        if (units % units_a_step != 0) return;
        if (watch_.stopped && watch_.stopped()) throw ImportStopped("the import was stopped");
        if (watch_.progress) watch_.progress(octets_, units);
    }

private:
    const ImportWatch& watch_;
    std::atomic<std::uint64_t> octets_{0};
};

void append_imported(Tx& tx, const ImportOrder& order, const ManifestRow& row) {
    EventFacts facts{{"vendor", order.vendor.get()},
                     {"lot", order.lot.get()},
                     {"format", row.format},
                     {"signer_sha256", to_hex(row.signer_sha256)},
                     {"bytes", std::to_string(row.bytes)},
                     {"units", std::to_string(row.units)},
                     {"keys", std::to_string(row.keys)}};
    if (!order.job.empty()) facts.emplace_back("job", order.job);
    append_event(tx, {.type = "manifest.imported",
                      .subject = "manifest/" + to_hex(row.sha256),
                      .actor = order.actor,
                      .time = order.now,
                      .facts = std::move(facts)});
}

/// Verifies on all cores and writes here. The signer's certificate.
Result<Digest> write_units(const Import& import, const ManifestTerms& terms, ManifestInput input,
                           Writer& writer) {
    Pace pace(import.watch);
    const auto read = [&](const ManifestSink& sink) {
        return import.format.parse(input, terms, import.chains, [&](ManifestClaim claim) {
            pace.read_up_to(input.at());
            return sink(std::move(claim));
        });
    };
    const auto take = [&](ManifestUnit unit) {
        pace.step(writer.units());
        return writer.take(std::move(unit));
    };
    HALLMARK_TRY(signer, run_verify_line({.read = read, .take = take, .verifiers = 0}));
    HALLMARK_TRY(last, writer.flush());
    if (input.digest() != import.document.sha256)
        throw Fault("the document is not what its digest names");
    return signer;
}

/// Another node's import, or another thread's, comes to its end first.
void await_turn(Manifests& manifests, const ImportWatch& watch) {
    const auto deadline = std::chrono::steady_clock::now() + longest_wait;
    while (!manifests.lock_imports()) {
        if (watch.stopped && watch.stopped()) throw ImportStopped("the import was stopped");
        if (std::chrono::steady_clock::now() > deadline)
            throw DatabaseFault("another import does not end");
        std::this_thread::sleep_for(look_again_after);
    }
}

/// One commit for the whole document: a crash leaves all of it or nothing.
Result<ManifestReport> write(Tx& tx, const Import& import, const ManifestTerms& terms,
                             std::optional<Clash>& clash) {
    const ImportOrder& order = import.order;
    Manifests manifests(tx);
    await_turn(manifests, import.watch);
    if (const auto earlier = manifests.find(import.document.sha256)) {
        if (earlier->vendor == order.vendor) return report_of(*earlier, true);
        return Refusal{Reason::conflict, "document of another vendor"};
    }
    HALLMARK_TRY(lot, open_lot(tx, order));
    manifests.arrive(import.document.sha256, order.vendor, order.lot);
    Writer writer(tx, import);
    auto signer = write_units(import, terms, import.document.open(), writer);
    clash = writer.take_clash();
    if (!signer) return std::move(signer).error();
    const ManifestRow row{.sha256 = import.document.sha256,
                          .vendor = order.vendor,
                          .format = std::string(import.format.name),
                          .signer_sha256 = *signer,
                          .bytes = import.document.octets,
                          .units = writer.units(),
                          .keys = writer.keys(),
                          .lot = order.lot,
                          .imported_by = order.actor,
                          .imported_at = order.now};
    manifests.insert(row);
    append_imported(tx, order, row);
    return report_of(row, false);
}

/// Whose the unit's name or key is, in words for the record. Asked after the roll-back: what the
/// document itself brought is gone by then.
Refusal explain(Tx& tx, const ImportOrder& order, const Clash& clash) {
    std::string why = clash.is_key ? "a key stands in the document twice"
                                   : "uniqueId stands in the document twice";
    if (auto claimed = Elements(tx).find_claimed(order.vendor, std::span(&clash.unit, 1)))
        why = std::move(*claimed);
    return {Reason::invalid_document, "entry " + std::to_string(clash.index) + " (uniqueId " +
                                          clash.unit.unique_id + "): " + why};
}

Result<ManifestReport> take(const Import& import, Registry& registry) {
    const ManifestTerms terms{.pins = registry.pins({import.order.vendor}, import.format.name),
                              .now = import.order.now};
    if (terms.pins.empty())
        return Refusal{Reason::invalid_document, "no manifest signer is pinned"};
    std::optional<Clash> clash;
    auto report = import.database.transact([&](Tx& tx) {
        auto written = write(tx, import, terms, clash);
        if (written && import.watch.settle) import.watch.settle(tx, written);
        return written;
    });
    if (!clash) return report;
    return import.database.transact([&](Tx& tx) { return explain(tx, import.order, *clash); });
}

void append_refused(Tx& tx, const ImportOrder& order, const Digest& document,
                    const Refusal& refusal) {
    EventFacts facts{{"document_sha256", to_hex(document)},
                     {"lot", order.lot.get()},
                     {"reason", std::string(name_of(refusal.reason))},
                     {"detail", refusal.detail}};
    if (!order.job.empty()) facts.emplace_back("job", order.job);
    append_event(tx, {.type = "manifest.refused",
                      .subject = "vendor/" + order.vendor.get(),
                      .actor = order.actor,
                      .time = order.now,
                      .facts = std::move(facts)});
}

}  // namespace

Result<ManifestReport> CustodyService::import(const ImportOrder& order,
                                              const ImportDocument& document,
                                              const ImportWatch& watch) {
    const ManifestFormat* const format = find_manifest_format(order.format);
    if (format == nullptr) return Refusal{Reason::malformed_request, "no such manifest format"};
    auto report = take({database_, chains_, order, watch, *format, document}, registry_);
    // After the roll-back, in a commit of its own. A crash between the two leaves an unrecorded
    // refusal and nothing imported; a job is interrupted then and may be asked for again.
    if (!report) {
        database_.transact([&](Tx& tx) {
            append_refused(tx, order, document.sha256, report.error());
            if (watch.settle) watch.settle(tx, report);
        });
    }
    return report;
}

Result<ManifestReport> CustodyService::import_manifest(const VendorId& vendor, const LotId& lot,
                                                       std::string_view document,
                                                       std::string_view actor, Instant now) {
    return import({.vendor = vendor,
                   .lot = lot,
                   .format = std::string(microchip_manifest_format),
                   .actor = std::string(actor),
                   .now = now},
                  {.sha256 = sha256(as_bytes(document)),
                   .octets = document.size(),
                   .open = [document] { return ManifestInput(document); }});
}

}  // namespace hallmark
