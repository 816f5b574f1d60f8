// Where every element of a lot, or of a shift, is: counted in rows that do not know of each other,
// so that the sum can fail. Reads alone; one snapshot for all of its questions.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"
#include "db/lots.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// What elements, credentials and installations each say of the same elements.
struct ElementSums {
    std::uint64_t elements = 0;  ///< Rows.
    std::uint64_t shelf = 0;     ///< received, allotted or held.
    std::uint64_t scrapped = 0;  ///< By the element's own row, as the next.
    std::uint64_t returned = 0;
    // By credentials, of elements that are neither scrapped nor returned.
    std::uint64_t open = 0;       ///< One is reserved or issued, none was installed.
    std::uint64_t waiting = 0;    ///< All of them ended without an installation: a rework is next.
    std::uint64_t installed = 0;  ///< One is active or retired and its installation stands.
    // What the line did, wherever the elements are now.
    std::uint64_t in_hand = 0;  ///< With a credential of any state.
    std::uint64_t tries = 0;    ///< Credentials.
    std::uint64_t done = 0;     ///< Installed at some time, and
    std::uint64_t at_once = 0;  ///< with the first credential.
    std::uint64_t wrong = 0;    ///< Elements of which not all can be true.
};

/// What cannot be true: the kinds of element_standing (migration 0016), and those of the counts.
struct Imbalance {
    std::string kind;
    std::string element;  ///< Empty where no element can be named.
    std::string detail;
};

/// From the reservation to the installation.
struct LineTimes {
    std::uint64_t p50_us = 0;
    std::uint64_t p90_us = 0;
};

struct StockCountRow {
    std::uint64_t number = 0;
    std::uint64_t units = 0;
    std::uint64_t expected = 0;  ///< On the shelf by the book, when it was counted.
};

struct EvidenceFailures {
    std::string format;
    std::string
        model;  ///< Proven by the evidence, else of the element that was shown; may be empty.
    std::string firmware;  ///< Proven by the evidence; empty where none held.
    std::uint64_t count = 0;
};

/// What was taken in hand from `from`, inclusive, to `until`, exclusive.
struct Shift {
    std::vector<StationId> stations;
    Instant from;
    Instant until;
};

class Ledger {
public:
    /// Reads one snapshot from here on; the first statement of its transaction.
    explicit Ledger(Tx& tx);

    [[nodiscard]] ElementSums sums_of(const LotId& lot);
    [[nodiscard]] std::uint64_t units_of(const LotId& lot);  ///< As its manifests say.
    [[nodiscard]] std::vector<Imbalance> wrong_in(const LotId& lot, std::size_t limit);
    /// Manifests that have more or fewer elements in the lot than they listed.
    [[nodiscard]] std::vector<Imbalance> uneven_manifests(const LotId& lot, std::size_t limit);
    [[nodiscard]] std::optional<StockCountRow> last_count(const LotId& lot);
    [[nodiscard]] std::optional<LineTimes> times_of(const LotId& lot);
    /// Evidence that was refused to the stations of the lot's site for its product since it was
    /// allotted. A refusal names no element, so the model is known where all of the lot are of one.
    [[nodiscard]] std::vector<EvidenceFailures> failures_of(const LotId& lot, std::size_t limit);

    [[nodiscard]] ElementSums sums_of(const Shift& shift);
    [[nodiscard]] std::vector<StationId> stations_of(const SiteId& site, const LineId& line);
    [[nodiscard]] bool has_station(const StationId& station);
    /// Elements that credentials of the shift speak of.
    [[nodiscard]] std::uint64_t units_of(const Shift& shift);
    [[nodiscard]] std::vector<Imbalance> wrong_in(const Shift& shift, std::size_t limit);
    [[nodiscard]] std::optional<LineTimes> times_of(const Shift& shift);
    [[nodiscard]] std::vector<EvidenceFailures> failures_of(const Shift& shift, std::size_t limit);

private:
    Tx& tx_;
};

class StockCounts {
public:
    explicit StockCounts(Tx& tx) : tx_(tx) {}

    struct Counted {
        LotId lot;
        std::uint64_t units = 0;
        std::string by;
    };
    /// Beside what the book says now. The caller holds the lot's row, so that nothing moves.
    StockCountRow insert(const Counted& counted);

private:
    Tx& tx_;
};

}  // namespace hallmark
