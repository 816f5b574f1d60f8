#include "ca/custody/hand_overs.h"

#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "ca/custody/manifest_signer.h"

namespace hallmark {

namespace {

/// Clocks of other parties run ahead of ours a little, never a day.
constexpr std::chrono::minutes ahead{5};

std::string actor_of(const HandOverPoster& by) {
    return "operator/" + by.id.get();
}

HandOverEnd origin_of(Tx& tx, const LotRow& lot) {
    ManifestSum sum = HandOvers(tx).origin_of(lot.lot);
    return hand_over_origin(
        {.vendor = lot.vendor, .units = sum.units, .manifests = std::move(sum.manifests)});
}

HandOverRow row_of(const HandOverDocument& document, std::string_view text, const HandOverEnd& end,
                   const HandOverPoster& by, Instant now) {
    const HandOver& entry = document.entry;
    return {.lot = entry.lot,
            .sequence = entry.sequence,
            .kind = std::string(name_of(entry.kind)),
            .giver = entry.from,
            .taker = entry.to,
            .units = entry.units,
            .stands = end.units,
            .site = entry.site,
            .at = entry.at,
            .previous = entry.previous,
            .sha256 = document.sha256,
            .certificate_sha256 = document.certificate_sha256,
            .document = std::string(text),
            .posted_by = actor_of(by),
            .posted_at = now};
}

/// What else a row says than the document that it holds.
Result<Done> check_row(const HandOverRow& row, const HandOverDocument& document) {
    const HandOver& entry = document.entry;
    if (row.sequence != entry.sequence || row.kind != name_of(entry.kind) ||
        row.units != entry.units || row.site != entry.site || row.sha256 != document.sha256) {
        return Refusal{Reason::conflict, "hand-over: entry " + std::to_string(row.sequence) +
                                             " is not what its document says"};
    }
    return Done{};
}

void append_taken(Tx& tx, const HandOverRow& row, Instant now) {
    append_event(tx, {.type = "lot.handed_over",
                      .subject = "lot/" + row.lot.get(),
                      .actor = row.posted_by,
                      .time = now,
                      .facts = {{"lot", row.lot.get()},
                                {"sequence", std::to_string(row.sequence)},
                                {"kind", row.kind},
                                {"from", row.giver},
                                {"to", row.taker},
                                {"units", std::to_string(row.units)},
                                {"site", row.site ? row.site->get() : ""},
                                {"entry_sha256", to_hex(row.sha256)},
                                {"certificate_sha256", to_hex(row.certificate_sha256)}}});
}

Event refused_event(const LotId& lot, std::string_view document, const HandOverPoster& by,
                    const Refusal& refusal, Instant now) {
    return {.type = "hand-over.refused",
            .subject = "lot/" + lot.get(),
            .actor = actor_of(by),
            .time = now,
            .facts = {{"lot", lot.get()},
                      {"document_sha256", to_hex(sha256(as_bytes(document)))},
                      {"reason", std::string(name_of(refusal.reason))},
                      {"detail", refusal.detail}}};
}

}  // namespace

Result<HandOverEnd> chain_end(Tx& tx, const LotRow& lot) {
    HandOverEnd end = origin_of(tx, lot);
    for (const HandOverRow& row : HandOvers(tx).of_lot(lot.lot)) {
        HALLMARK_TRY(document, parse_hand_over(row.document));
        HALLMARK_TRY(same, check_row(row, document));
        HALLMARK_TRY(longer, follow(end, lot.lot, document));
        end = std::move(longer);
    }
    return end;
}

Result<Done> check_handed_over(Tx& tx, const LotRow& lot, const SiteId& site) {
    auto end = chain_end(tx, lot);
    // A document that cannot be read any more is a broken chain, whatever is wrong with it.
    if (!end) return Refusal{Reason::conflict, end.error().detail};
    return check_arrived(*end, site);
}

Result<Done> HandOverService::check_signer(const HandOverDocument& document,
                                           const HandOverPoster& by, Instant now) {
    const HandOver& entry = document.entry;
    // Whoever holds an operator's key brings entries of the house, under that operator's own name
    // alone; an outside party's come by whomever they come.
    if (!is_of_outside(entry.kind)) {
        if (document.certificate_sha256 != sha256(by.certificate))
            return Refusal{Reason::invalid_document,
                           "hand-over: signed by another than its poster"};
        HALLMARK_TRY(certificate, parse_certificate(by.certificate));
        HALLMARK_TRY(key, parse_public_key(certificate.spki));
        if (!is_signed_by(document, key))
            return Refusal{Reason::invalid_document, "hand-over: signature does not verify"};
        return Done{};
    }
    const auto pins = registry_.pins({VendorId(entry.from)}, hand_over_format);
    HALLMARK_TRY(signer,
                 find_manifest_signer(
                     {.certificate_sha256 = document.certificate_sha256, .pins = pins, .now = now},
                     chains_));
    if (!is_signed_by(document, signer.key))
        return Refusal{Reason::invalid_document, "hand-over: signature does not verify"};
    return Done{};
}

Result<HandOverRow> HandOverService::take(const LotId& lot, std::string_view text,
                                          const HandOverPoster& by, Instant now) {
    HALLMARK_TRY(document, parse_hand_over(text));
    HALLMARK_TRY(signer, check_signer(document, by, now));
    if (document.entry.at > now + ahead)
        return Refusal{Reason::invalid_document, "hand-over: of a time to come"};
    return database_.transact([&](Tx& tx) -> Result<HandOverRow> {
        const auto found = Lots(tx).find_locked(lot);
        if (!found) return Refusal{Reason::not_found, "no such lot"};
        HALLMARK_TRY(end, chain_end(tx, *found));
        HALLMARK_TRY(longer, follow(end, lot, document));
        HandOverRow row = row_of(document, text, longer, by, now);
        HandOvers(tx).insert(row);
        if (takes_out(document.entry.kind)) {
            const char* state =
                document.entry.kind == HandOverKind::scrap ? "scrapped" : "returned";
            if (auto unfit = HandOvers(tx).give_away(row, document.entry.elements, state))
                return Refusal{Reason::conflict, "hand-over: " + *unfit};
        }
        append_taken(tx, row, now);
        return row;
    });
}

Result<HandOverRow> HandOverService::post(const LotId& lot, std::string_view document,
                                          const HandOverPoster& by, Instant now) {
    auto taken = take(lot, document, by, now);
    // After the roll-back, in a commit of its own. A crash between the two leaves an unrecorded
    // refusal and nothing taken; the caller, unanswered, tries again.
    if (!taken) {
        database_.transact([&](Tx& tx) {
            append_event(tx, refused_event(lot, document, by, taken.error(), now));
        });
    }
    return taken;
}

Result<HandOverChain> HandOverService::of_lot(const LotId& lot) {
    return database_.transact([&](Tx& tx) -> Result<HandOverChain> {
        const auto found = Lots(tx).find(lot);
        if (!found) return Refusal{Reason::not_found, "no such lot"};
        HALLMARK_TRY(end, chain_end(tx, *found));
        return HandOverChain{.entries = HandOvers(tx).of_lot(lot), .end = end};
    });
}

}  // namespace hallmark
