// What an operator's commands ask of the office door: one request each, its answer printed, an exit
// status out.
#pragma once

#include "server/client/client.h"
#include "server/config/cli_config.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct OfficeRequest {
    std::string method;
    std::string target;  ///< Path and query, encoded.
    std::string body;
};

struct OfficeAccess {
    CliConfig at;
    bool json = false;  ///< The answer as it came; else a form for people.
};

struct OfficeAnswer {
    int status = 0;  ///< An exit status; where it is not 0 the problem stands on `err`.
    std::string body;
};
/// As ask_office, for whoever does more with the answer than print it.
[[nodiscard]] OfficeAnswer fetch_from_office(const OfficeAccess& access,
                                             const OfficeRequest& request, std::ostream& err);

/// 0 done, 1 no answer or a fault there, 2 what is missing to ask at all, 3 refused (the problem on
/// `err`).
int ask_office(const OfficeAccess& access, const OfficeRequest& request, std::ostream& out,
               std::ostream& err);

/// Whether there is enough to ask at all; else says on `err` what is missing.
[[nodiscard]] bool can_ask(const CliConfig& at, std::ostream& err);
[[nodiscard]] HttpsClient office_client(const CliConfig& at);
/// Its two halves. Nullopt: what is missing was said on `err`; the exit status is then 2.
[[nodiscard]] std::optional<ClientAnswer> call_office(const OfficeAccess& access,
                                                      const OfficeRequest& request,
                                                      std::ostream& err);
/// Prints the answer, or its problem; the exit status.
int tell_answer(const OfficeAccess& access, const ClientAnswer& answer, std::ostream& out,
                std::ostream& err);

// The requests. PEM files are read here; a file that cannot be read throws Fault.
struct VendorAddition {
    std::string vendor, format;
    std::vector<std::string> roots, intermediates, exceptions;  ///< The first two are PEM files.
};
[[nodiscard]] OfficeRequest add_vendor(const VendorAddition& vendor);
[[nodiscard]] OfficeRequest apply_policy_file(const std::string& file);
struct IntermediateAddition {
    std::string id, key_uri, algorithm, certificate, chain;  ///< The last two are PEM files.
    std::vector<std::string> products;
    std::string signs_from, signs_until;
};
[[nodiscard]] OfficeRequest add_intermediate_file(const IntermediateAddition& intermediate);
struct StationAddition {
    std::string id, site;
    std::vector<std::string> products;
    std::string certificate;  ///< PEM file
    std::string expires, source, line;
    std::string proof;  ///< File; empty: none.
};
[[nodiscard]] OfficeRequest add_station(const StationAddition& station);
[[nodiscard]] OfficeRequest allot_lot(const std::string& lot, const std::string& product,
                                      const std::string& site, const std::string& line = {});
/// A write without a body of its own: "/v1/lots/l-1/release".
[[nodiscard]] OfficeRequest act_on(const std::string& target);
[[nodiscard]] OfficeRequest look_at(const std::string& target);
struct Retirement {
    std::string serial, reason;
};
[[nodiscard]] OfficeRequest retire_serial(const Retirement& retirement);
/// Filters by name, empty ones left out.
[[nodiscard]] OfficeRequest search_audit(
    const std::vector<std::pair<std::string, std::string>>& filters);

/// One segment of a path, percent-encoded.
[[nodiscard]] std::string segment(std::string_view text);

}  // namespace hallmark
