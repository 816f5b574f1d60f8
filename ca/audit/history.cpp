#include "ca/audit/history.h"

namespace hallmark {
namespace {

constexpr std::size_t timeline_limit = 10'000;

}  // namespace

Result<AuditPage> History::search(const AuditQuery& query) {
    return database_.transact([&](Tx& tx) { return search_events(tx, query); });
}

Result<std::vector<EventRow>> History::timeline(const DeviceId& device) {
    std::vector<EventRow> events;
    std::string cursor;
    do {
        HALLMARK_TRY(page, database_.transact(
                               [&](Tx& tx) { return hallmark::timeline(tx, device, cursor); }));
        events.insert(events.end(), page.rows.begin(), page.rows.end());
        cursor = page.next;
    } while (!cursor.empty() && events.size() < timeline_limit);
    if (events.empty()) return Refusal{Reason::not_found, "audit: no such device"};
    return events;
}

Result<CertificateHistory> History::certificate(const Serial& serial) {
    return database_.transact([&](Tx& tx) -> Result<CertificateHistory> {
        auto record = find_certificate_record(tx, serial);
        if (!record) return Refusal{Reason::not_found, "audit: no such serial"};
        AuditQuery query;
        query.keys.serial = to_hex(serial.get());
        HALLMARK_TRY(page, search_events(tx, query));
        return CertificateHistory{.record = std::move(*record), .events = std::move(page.rows)};
    });
}

}  // namespace hallmark
