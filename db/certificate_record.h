// One certificate and everything its issuance rested on, read in one statement for auditors.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>

namespace hallmark {

struct CertificateRecord {
    Serial serial;
    std::string state;
    DeviceId device;
    ElementId element;
    ProductId product;
    StationId station;
    LotId lot;
    Digest policy{};
    IntermediateId intermediate;
    std::optional<Digest> manifest;  ///< Absent, like all below, until recorded.
    std::optional<Digest> request;   ///< SHA-256 of the request, evidence included, as received.
    std::optional<std::string> claims;
    std::optional<Bytes> certificate;
    std::optional<Instant> issued_at;
    std::optional<Instant> installed_at;
    std::optional<Instant> ended_at;
    std::optional<std::string> reason;
};

[[nodiscard]] std::optional<CertificateRecord> find_certificate_record(Tx& tx,
                                                                       const Serial& serial);

}  // namespace hallmark
