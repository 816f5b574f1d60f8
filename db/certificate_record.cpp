#include "db/certificate_record.h"

#include "db/columns.h"

namespace hallmark {

constexpr const char* record_sql = R"sql(
    SELECT c.state, c.device, c.element, c.product, c.station, c.lot, c.policy_sha256, c.intermediate,
           b.manifest_sha256, sha256(b.request), b.claims, b.certificate,
           micros(c.recorded_at), micros(i.at), micros(e.at), e.reason
    FROM credential c
    LEFT JOIN credential_body b ON b.intermediate = c.intermediate AND b.serial = c.serial
    LEFT JOIN installation i ON i.serial = c.serial
    LEFT JOIN ending e ON e.serial = c.serial
    WHERE c.serial = $1
)sql";
std::optional<CertificateRecord> find_certificate_record(Tx& tx, const Serial& serial) {
    const pqxx::result rows = tx.raw().exec_params(record_sql, bytea(serial.get()));
    if (rows.empty()) return std::nullopt;
    const pqxx::row row = rows[0];
    CertificateRecord record;
    record.serial = serial;
    record.state = row[0].as<std::string>();
    record.device = DeviceId(row[1].as<std::string>());
    record.element = ElementId(row[2].as<std::string>());
    record.product = ProductId(row[3].as<std::string>());
    record.station = StationId(row[4].as<std::string>());
    record.lot = LotId(row[5].as<std::string>());
    record.policy = digest_in(row[6]);
    record.intermediate = IntermediateId(row[7].as<std::string>());
    if (!row[8].is_null()) record.manifest = digest_in(row[8]);
    if (!row[9].is_null()) record.request = digest_in(row[9]);
    if (!row[10].is_null()) record.claims = row[10].as<std::string>();
    if (!row[11].is_null()) record.certificate = bytes_in(row[11]);
    if (!row[12].is_null()) record.issued_at = instant_in(row[12]);
    if (!row[13].is_null()) record.installed_at = instant_in(row[13]);
    if (!row[14].is_null()) record.ended_at = instant_in(row[14]);
    if (!row[15].is_null()) record.reason = row[15].as<std::string>();
    return record;
}

}  // namespace hallmark
