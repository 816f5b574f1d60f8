#include "ca/audit/search.h"

#include <charconv>

namespace hallmark {
namespace {

constexpr std::uint32_t largest_page = 1000;

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

}  // namespace

Result<AuditPage> search_events(Tx& tx, const AuditQuery& query) {
    if (query.limit == 0 || query.limit > largest_page) {
        return Refusal{Reason::malformed_request, "limit is not within 1 to 1000"};
    }
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
