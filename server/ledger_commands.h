// What an operator does about hand-overs and the ledger: signs entries with the operator's own key,
// and reads reports, which end with 3 where they do not balance.
#pragma once

#include "ca/domain/clock.h"
#include "server/office_commands.h"

#include <cstdint>

namespace hallmark {

/// An entry that the operator signs. Empty `from`: whoever holds the lot by its chain.
struct HandOverOrder {
    std::string lot, kind, from, to, site;
    std::uint64_t units = 0;
    std::vector<std::string> elements;  ///< uniqueIds, for scrap and return.
};
/// Asks where the chain ends, signs what follows, posts it. Exit status as ask_office; Fault where
/// the key is not the credential's or not on P-256.
int hand_over(const OfficeAccess& access, const HandOverOrder& order, Instant now,
              std::ostream& out, std::ostream& err);
/// Posts a document as a party signed it.
int hand_over_document(const OfficeAccess& access, const std::string& lot, const std::string& file,
                       std::ostream& out, std::ostream& err);

[[nodiscard]] OfficeRequest count_lot(const std::string& lot, std::uint64_t units);

/// The report as text, or with --json as it came. 3 where it does not balance, each cause on `err`.
int show_report(const OfficeAccess& access, const std::string& target, std::ostream& out,
                std::ostream& err);
/// The signed report of a lot into a file; its payload is judged as show_report judges.
int save_signed_report(const OfficeAccess& access, const std::string& lot, const std::string& file,
                       std::ostream& out, std::ostream& err);

struct ShiftAsked {
    std::string from, to;  ///< RFC 3339
};
[[nodiscard]] std::string station_report(const std::string& station, const ShiftAsked& shift);
[[nodiscard]] std::string line_report(const std::string& site, const std::string& line,
                                      const ShiftAsked& shift);

}  // namespace hallmark
