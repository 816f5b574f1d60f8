#include "ca/audit/search.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace hallmark {
namespace {

constexpr std::uint32_t largest_page = 1000;
constexpr std::size_t longest_key = 256;  // The longest subject that an event may have.

/// A cursor is the number of the last row seen, decimal, without leading zeros.
Result<std::uint64_t> parse_cursor(std::string_view text) {
    if (text.empty()) return std::uint64_t{0};
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    // The column is a bigint.
    if (error != std::errc() || stop != end || text.front() == '0' || number > INT64_MAX) {
        return Refusal{Reason::malformed_request, "cursor is none of ours"};
    }
    return number;
}

/// Every key is printable ASCII, so that anything else is no key. The database takes neither a NUL
/// nor octets that are no UTF-8, and it has no year 0.
Result<Done> check_query(const AuditQuery& query) {
    const EventKeys& keys = query.keys;
    for (const auto& key : {keys.device, keys.serial, keys.element, keys.station, keys.lot,
                            keys.product, keys.policy, query.subject, query.type}) {
        if (!key) continue;
        if (key->size() > longest_key ||
            !std::all_of(key->begin(), key->end(), [](char c) { return c >= 0x20 && c <= 0x7e; })) {
            return Refusal{Reason::malformed_request, "a key that nothing can have"};
        }
    }
    const Instant first = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
    if ((query.from && *query.from < first) || (query.until && *query.until < first)) {
        return Refusal{Reason::malformed_request, "a time before the year 1"};
    }
    return Done{};
}

}  // namespace

Result<AuditPage> search_events(Tx& tx, const AuditQuery& query) {
    if (query.limit == 0 || query.limit > largest_page) {
        return Refusal{Reason::malformed_request, "limit is not within 1 to 1000"};
    }
    HALLMARK_TRY(fit, check_query(query));
    HALLMARK_TRY(after, parse_cursor(query.cursor));
    // One row more than asked for tells whether there is another page.
    AuditPage page{.rows = Events(tx).search({.keys = query.keys,
                                              .subject = query.subject,
                                              .type = query.type,
                                              .from = query.from,
                                              .until = query.until,
                                              .after = after,
                                              .limit = query.limit + 1}),
                   .next = {}};
    if (page.rows.size() > query.limit) {
        page.rows.pop_back();
        page.next = std::to_string(page.rows.back().number);
    }
    return page;
}

Result<AuditPage> timeline(Tx& tx, const DeviceId& device, std::string_view cursor) {
    AuditQuery query;
    query.keys.device = device.get();
    query.limit = largest_page;
    query.cursor = std::string(cursor);
    return search_events(tx, query);
}

}  // namespace hallmark
