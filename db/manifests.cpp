#include "db/manifests.h"

#include "db/columns.h"

namespace hallmark {

// The number is arbitrary and ours: "manifest" in ASCII.
constexpr const char* lock_imports_sql = R"sql(
    SELECT pg_try_advisory_xact_lock(x'6d616e6966657374'::bigint)
)sql";
bool Manifests::lock_imports() {
    return tx_.raw().exec1(lock_imports_sql)[0].as<bool>();
}

constexpr const char* find_manifest_sql = R"sql(
    SELECT vendor, format, signer_sha256, bytes, units, keys, lot, imported_by, micros(imported_at)
    FROM manifest
    WHERE sha256 = $1
)sql";
std::optional<ManifestRow> Manifests::find(const Digest& sha256) {
    const pqxx::result rows = tx_.raw().exec_params(find_manifest_sql, bytea(sha256));
    if (rows.empty()) return std::nullopt;
    const pqxx::row row = rows[0];
    return ManifestRow{.sha256 = sha256,
                       .vendor = VendorId(row[0].as<std::string>()),
                       .format = row[1].as<std::string>(),
                       .signer_sha256 = digest_in(row[2]),
                       .bytes = row[3].as<std::uint64_t>(),
                       .units = row[4].as<std::uint64_t>(),
                       .keys = row[5].as<std::uint64_t>(),
                       .lot = LotId(row[6].as<std::string>()),
                       .imported_by = row[7].as<std::string>(),
                       .imported_at = instant_in(row[8])};
}

constexpr const char* insert_arrival_sql = R"sql(
    INSERT INTO manifest_arrival (sha256, vendor, lot)
    VALUES ($1, $2, $3)
)sql";
// A COPY is short; what is asked once at the commit grows with the manifest.
constexpr const char* take_time_sql = R"sql(
    SET LOCAL statement_timeout = '15min'
)sql";
void Manifests::arrive(const Digest& sha256, const VendorId& vendor, const LotId& lot) {
    tx_.raw().exec0(take_time_sql);
    tx_.raw().exec_params0(insert_arrival_sql, bytea(sha256), vendor.get(), lot.get());
}

constexpr const char* insert_manifest_sql = R"sql(
    INSERT INTO manifest (sha256, vendor, format, signer_sha256, bytes, units, keys, lot,
                          imported_by, imported_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::timestamptz)
)sql";
void Manifests::insert(const ManifestRow& row) {
    tx_.raw().exec_params0(insert_manifest_sql, bytea(row.sha256), row.vendor.get(), row.format,
                           bytea(row.signer_sha256), row.bytes, row.units, row.keys, row.lot.get(),
                           row.imported_by, to_rfc3339(row.imported_at));
}

constexpr const char* has_keyless_sql = R"sql(
    SELECT EXISTS (SELECT FROM manifest WHERE lot = $1 AND keys = 0)
)sql";
bool Manifests::has_keyless(const LotId& lot) {
    return tx_.raw().exec_params1(has_keyless_sql, lot.get())[0].as<bool>();
}

}  // namespace hallmark
