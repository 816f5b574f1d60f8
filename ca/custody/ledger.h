// The ledger of lots and of shifts: received = unused + in process + installed + scrapped +
// returned
// + missing, each term from rows that do not know of the others. Says where it does not hold and of
// which element; corrects nothing.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/ledger.h"
#include "db/lots.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// The terms, in units.
struct LedgerTerms {
    std::uint64_t received = 0;    ///< As manifests list them; of a shift, what it took in hand.
    std::uint64_t unused = 0;      ///< On the shelf, less what a count did not find.
    std::uint64_t in_process = 0;  ///< Begun and neither installed nor given up for good.
    std::uint64_t installed = 0;
    std::uint64_t scrapped = 0;
    std::uint64_t returned = 0;
    /// What the last count did not find; of a closed lot, all that was never accounted for.
    std::uint64_t missing = 0;

    bool operator==(const LedgerTerms&) const = default;
    /// Received less all others.
    [[nodiscard]] std::int64_t difference() const noexcept;
};

struct LedgerReport {
    std::optional<LotRow> lot;   ///< Of a lot's report, without counts.
    std::optional<Shift> shift;  ///< Of a shift's.
    LedgerTerms terms;
    std::vector<Imbalance> imbalances;  ///< At most a hundred.
    std::uint64_t wrong_elements = 0;   ///< All of them, also those not listed.
    // The line's work, wherever the elements are now.
    std::uint64_t in_hand = 0, tries = 0, installed_ever = 0, first_pass = 0;
    std::vector<EvidenceFailures> failures;
    std::optional<LineTimes> times;
    Instant made_at;

    [[nodiscard]] bool balances() const noexcept {
        return terms.difference() == 0 && imbalances.empty() && wrong_elements == 0;
    }
};

/// Canonical JSON: integers, no fractions, so that the same facts are the same octets.
[[nodiscard]] std::string ledger_json(const LedgerReport& report);

class LedgerService {
public:
    explicit LedgerService(Database& database) : database_(database) {}

    /// Reason: not_found.
    [[nodiscard]] Result<LedgerReport> lot(const LotId& lot, Instant now);
    /// What one station took in hand from `from` to before `until`. Reason: not_found,
    /// malformed_request (no time between, or more than 31 days).
    [[nodiscard]] Result<LedgerReport> station(const StationId& station, Instant from,
                                               Instant until, Instant now);
    /// The same of all stations of a line; not_found where there is none.
    struct Line {
        SiteId site;
        LineId line;
    };
    [[nodiscard]] Result<LedgerReport> line(const Line& line, Instant from, Instant until,
                                            Instant now);
    /// Somebody counted what lies unused. More than the book has is taken and shows in the report.
    /// Reason: not_found, conflict (the lot is closed).
    [[nodiscard]] Result<StockCountRow> count(const LotId& lot, std::uint64_t units,
                                              std::string_view actor, Instant now);
    /// Lots that are not closed; the first `limit` by name.
    [[nodiscard]] std::vector<LotId> open_lots(std::size_t limit);
    /// What a report says first, without what the line did: for watching. Reason: not_found.
    struct Standing {
        LedgerTerms terms;
        bool balances = false;
    };
    [[nodiscard]] Result<Standing> standing(const LotId& lot);

private:
    Database& database_;
};

}  // namespace hallmark
