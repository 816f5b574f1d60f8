// The auditor's side of the record, read only: events, one device's timeline, one certificate's
// whole record.
#pragma once

#include "ca/audit/search.h"
#include "db/certificate_record.h"

namespace hallmark {

struct CertificateHistory {
    CertificateRecord record;
    std::vector<EventRow> events;
};

class History {
public:
    explicit History(Database& database) : database_(database) {}

    [[nodiscard]] Result<AuditPage> search(const AuditQuery& query);
    /// All pages, at most 10,000 events. Reason: not_found when nothing ever happened to it.
    [[nodiscard]] Result<std::vector<EventRow>> timeline(const DeviceId& device);
    [[nodiscard]] Result<CertificateHistory> certificate(const Serial& serial);

private:
    Database& database_;
};

}  // namespace hallmark
