// Where an element stands between its vendor and this station: in a signed manifest, in a lot,
// allotted to a product and site, released. Nothing is signed for an element that is not.
#pragma once

#include "ca/custody/manifest_input.h"
#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/evidence.h"
#include "ca/domain/fault.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "ca/registry/registry.h"
#include "db/database.h"
#include "db/elements.h"
#include "db/group_ask.h"
#include "db/lots.h"

#include <functional>
#include <string>
#include <vector>

namespace hallmark {

/// The custody of one element for one caller and product, as it stands now. Only custody_of makes
/// one; reserve checks it again in its own statement.
struct Custody {
    ElementId element;
    VendorId vendor;
    std::string unique_id;
    std::string model;
    LotId lot;
    SiteId site;
    ProductId product;
    Digest manifest{};
};

struct ManifestReport {
    Digest manifest{};  ///< SHA-256 of the document as received.
    std::size_t units = 0;
    std::size_t keys = 0;
    LotId lot;
    bool repeated = false;  ///< The same document was imported before; nothing changed.
};

/// Who asks for an import, and into which lot.
struct ImportOrder {
    VendorId vendor;
    LotId lot;
    std::string format;  ///< One of manifest_formats().
    std::string actor;
    std::string job = {};  ///< Named in the events; empty where there is none.
    Instant now;
};

/// What is to be imported: its digest goes before its reading, so that a document that is here
/// already is not read again.
struct ImportDocument {
    Digest sha256{};
    std::uint64_t octets = 0;
    std::function<ManifestInput()> open;  ///< Anew, at its beginning.
};

/// How an import is watched and ended. Each may be empty.
struct ImportWatch {
    /// Told now and then, in no transaction of the import's: what was read and verified so far.
    std::function<void(std::uint64_t octets, std::uint64_t units)> progress;
    /// Asked as often; true ends the import by ImportStopped, with nothing written.
    std::function<bool()> stopped;
    /// In the very transaction that writes the manifest, or the event of its refusal.
    std::function<void(Tx&, const Result<ManifestReport>&)> settle;
};

/// The import was told to stop before its end.
class ImportStopped : public PassingFault {
public:
    using PassingFault::PassingFault;
};

class CustodyService {
public:
    /// Whose a key is: nobody's where there is no element.
    struct LookedUp {
        Digest key{};
        std::optional<ElementRow> element;
    };

    CustodyService(Database& database, Registry& registry);

    /// By the key that the evidence proved, within the vendor of its anchor. Reason:
    /// element_not_accepted for everything; the cause in the detail ("custody: unknown element",
    /// "custody: lot held", ...). `looked_up`: what this request's own look found by a key that was
    /// expected; asked again where the evidence proved another.
    [[nodiscard]] Result<Custody> custody_of(const VerifiedElement& element, const Caller& caller,
                                             const ProductId& product,
                                             const std::optional<LookedUp>& looked_up = {});

    /// Reads the document a unit at a time, verified on all cores and written by COPY, in one
    /// transaction. A manifest with a bad entry imports nothing; the detail says which ("entry 7
    /// (uniqueId ...): why"), and a "manifest.refused" event stays. A lot is made by its manifest
    /// and takes no other. Reason: invalid_document, too_large, conflict. Throws Fault where what
    /// is read is not what the digest names.
    [[nodiscard]] Result<ManifestReport> import(const ImportOrder& order,
                                                const ImportDocument& document,
                                                const ImportWatch& watch = {});
    /// The same of a short document in `microchip-manifest`, which stands in memory.
    [[nodiscard]] Result<ManifestReport> import_manifest(const VendorId& vendor, const LotId& lot,
                                                         std::string_view document,
                                                         std::string_view actor, Instant now);
    /// The lot and every element in it that is received, to one product and site, once. Reason:
    /// not_found, conflict.
    [[nodiscard]] Result<Done> allot(const LotAllotment& allotment, std::string_view actor,
                                     Instant now);
    /// To released, held or closed; from held to released on two people's word alone. Released only
    /// where its hand-overs are whole from the vendor's manifest to its site and each element owns
    /// a key; a gap leaves one "lot-release.refused" event with its cause. Reason: not_found,
    /// conflict, malformed_request, forbidden.
    [[nodiscard]] Result<Done> set_lot_state(const LotId& lot, std::string_view state,
                                             const Word& word, Instant now);
    /// To held, scrapped or returned; from held back to where its lot is (received, or allotted)
    /// on two people's word alone. Never to bound, which is the issuance's act. Reason: not_found,
    /// conflict, malformed_request, forbidden.
    [[nodiscard]] Result<Done> set_element_state(const ElementId& element, std::string_view state,
                                                 const Word& word, Instant now);
    /// Reason: not_found.
    [[nodiscard]] Result<LotRow> lot(const LotId& lot);
    [[nodiscard]] std::vector<LotRow> lots();

private:
    Database& database_;
    Registry& registry_;
    GroupAsk<Digest, std::optional<ElementRow>> elements_;
    ChainValidator chains_;  ///< For manifest signers.
};

}  // namespace hallmark
