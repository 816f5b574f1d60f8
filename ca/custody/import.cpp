#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "ca/custody/custody.h"
#include "ca/custody/manifest.h"
#include "db/elements.h"
#include "db/hand_overs.h"
#include "db/manifests.h"

#include <span>

namespace hallmark {

namespace {

/// Units a statement: enough to be quick, few enough to bound a parameter.
constexpr std::size_t units_per_statement = 1000;

struct Import {
    const VendorId& vendor;
    const LotId& lot;
    std::string_view document;
    std::string_view actor;
    Instant now;
};

ManifestReport report_of(const ManifestRow& row, bool repeated) {
    return {.manifest = row.sha256,
            .units = row.units,
            .keys = row.keys,
            .lot = row.lot,
            .repeated = repeated};
}

ManifestRow row_of(const Manifest& manifest, const Import& import) {
    std::size_t keys = 0;
    for (const ManifestUnit& unit : manifest.units)
        keys += unit.keys.size();
    return {.sha256 = manifest.sha256,
            .vendor = import.vendor,
            .format = manifest.format,
            .signer_sha256 = manifest.signer_sha256,
            .bytes = import.document.size(),
            .units = manifest.units.size(),
            .keys = keys,
            .lot = import.lot,
            .imported_by = std::string(import.actor),
            .imported_at = import.now};
}

/// A lot is opened by its first manifest, and takes more of the same vendor's until it is allotted.
Result<Done> open_lot(Tx& tx, const Import& import) {
    const auto lot = Lots(tx).find_locked(import.lot);
    if (!lot) {
        Lots(tx).insert(import.lot, import.vendor);
        return Done{};
    }
    if (lot->vendor != import.vendor) return Refusal{Reason::conflict, "lot of another vendor"};
    if (lot->state != "received")
        return Refusal{Reason::conflict, "lot is " + lot->state + " and takes no more"};
    if (HandOvers(tx).has_any(import.lot))
        return Refusal{Reason::conflict, "lot was handed over and takes no more"};
    return Done{};
}

Result<Done> insert_units(Tx& tx, const ElementOrigin& origin,
                          const std::vector<ManifestUnit>& units) {
    std::vector<NewElement> chunk;
    for (std::size_t at = 0; at < units.size(); at += units_per_statement) {
        chunk.clear();
        for (const ManifestUnit& unit :
             std::span(units).subspan(at, std::min(units_per_statement, units.size() - at))) {
            NewElement element{unit.unique_id, unit.model, {}};
            for (const ManifestKey& key : unit.keys)
                element.keys.push_back({key.sha256, key.spki});
            chunk.push_back(std::move(element));
        }
        if (auto claimed = Elements(tx).find_claimed(origin.vendor, chunk)) {
            return Refusal{Reason::invalid_document, std::move(*claimed)};
        }
        Elements(tx).insert(origin, chunk);
    }
    return Done{};
}

void append_imported(Tx& tx, const Import& import, const ManifestRow& row) {
    append_event(tx, {.type = "manifest.imported",
                      .subject = "manifest/" + to_hex(row.sha256),
                      .actor = std::string(import.actor),
                      .time = import.now,
                      .facts = {{"vendor", import.vendor.get()},
                                {"lot", import.lot.get()},
                                {"format", row.format},
                                {"signer_sha256", to_hex(row.signer_sha256)},
                                {"bytes", std::to_string(row.bytes)},
                                {"units", std::to_string(row.units)},
                                {"keys", std::to_string(row.keys)}}});
}

/// One commit for the whole document: a crash leaves all of it or nothing.
Result<ManifestReport> write(Tx& tx, const Import& import, const Manifest& manifest) {
    Manifests manifests(tx);
    manifests.lock_imports();
    if (const auto earlier = manifests.find(manifest.sha256)) {
        if (earlier->vendor == import.vendor) return report_of(*earlier, true);
        return Refusal{Reason::conflict, "document of another vendor"};
    }
    HALLMARK_TRY(lot, open_lot(tx, import));
    const ManifestRow row = row_of(manifest, import);
    manifests.insert(row);
    HALLMARK_TRY(
        units,
        insert_units(tx, {.vendor = import.vendor, .lot = import.lot, .manifest = manifest.sha256},
                     manifest.units));
    append_imported(tx, import, row);
    return report_of(row, false);
}

void append_refused(Tx& tx, const Import& import, const Refusal& refusal) {
    append_event(tx, {.type = "manifest.refused",
                      .subject = "vendor/" + import.vendor.get(),
                      .actor = std::string(import.actor),
                      .time = import.now,
                      .facts = {{"document_sha256", to_hex(sha256(as_bytes(import.document)))},
                                {"lot", import.lot.get()},
                                {"reason", std::string(name_of(refusal.reason))},
                                {"detail", refusal.detail}}});
}

Result<ManifestReport> take(Database& database, Registry& registry, const ChainValidator& chains,
                            const Import& import) {
    ManifestDocument document{
        import.document, registry.pins({import.vendor}, microchip_manifest_format), import.now, {}};
    if (document.pins.empty())
        return Refusal{Reason::invalid_document, "no manifest signer is pinned"};
    // Outside the transaction: a hundred thousand signatures take seconds.
    HALLMARK_TRY(manifest, parse_microchip_manifest(document, chains));
    return database.transact([&](Tx& tx) { return write(tx, import, manifest); });
}

}  // namespace

Result<ManifestReport> CustodyService::import_manifest(const VendorId& vendor, const LotId& lot,
                                                       std::string_view document,
                                                       std::string_view actor, Instant now) {
    const Import import{vendor, lot, document, actor, now};
    auto report = take(database_, registry_, chains_, import);
    // After the roll-back, in a commit of its own. A crash between the two leaves an unrecorded
    // refusal and nothing imported; the caller, unanswered, tries again.
    if (!report) database_.transact([&](Tx& tx) { append_refused(tx, import, report.error()); });
    return report;
}

}  // namespace hallmark
