#include "db/import_jobs.h"

#include "db/columns.h"

namespace hallmark {

constexpr const char* insert_job_sql = R"sql(
    INSERT INTO import_job (id, epoch, vendor, lot, format, octets, asked_by, asked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz)
)sql";
void ImportJobs::insert(const ImportJobRow& job) {
    tx_.raw().exec_params0(insert_job_sql, job.id, job.epoch, job.vendor.get(), job.lot.get(),
                           job.format, job.octets, job.asked_by, to_rfc3339(job.asked_at));
}

constexpr const char* find_job_sql = R"sql(
    SELECT j.epoch, j.vendor, j.lot, j.format, j.octets, j.asked_by, micros(j.asked_at), j.state,
           j.octets_read, j.units_verified, j.manifest, m.units, m.keys, m.lot, j.repeated, j.reason
    FROM import_job j
    LEFT JOIN manifest m ON m.sha256 = j.manifest
    WHERE j.id = $1
)sql";
std::optional<ImportJobRow> ImportJobs::find(const std::string& id) {
    const pqxx::result rows = tx_.raw().exec_params(find_job_sql, id);
    if (rows.empty()) return std::nullopt;
    const pqxx::row row = rows[0];
    ImportJobRow job{.id = id,
                     .epoch = row[0].as<std::int64_t>(),
                     .vendor = VendorId(row[1].as<std::string>()),
                     .lot = LotId(row[2].as<std::string>()),
                     .format = row[3].as<std::string>(),
                     .octets = row[4].as<std::uint64_t>(),
                     .asked_by = row[5].as<std::string>(),
                     .asked_at = instant_in(row[6]),
                     .state = row[7].as<std::string>(),
                     .octets_read = row[8].as<std::uint64_t>(),
                     .units_verified = row[9].as<std::uint64_t>(),
                     .reason = row[15].as<std::string>("")};
    if (row[10].is_null()) return job;
    job.manifest = digest_in(row[10]);
    job.units = row[11].as<std::uint64_t>();
    job.keys = row[12].as<std::uint64_t>();
    job.imported_into = row[13].as<std::string>();
    job.repeated = row[14].as<bool>();
    return job;
}

constexpr const char* start_job_sql = R"sql(
    UPDATE import_job
    SET state = 'running'
    WHERE id = $1 AND state = 'queued'
)sql";
bool ImportJobs::start(const std::string& id) {
    return tx_.raw().exec_params(start_job_sql, id).affected_rows() == 1;
}

constexpr const char* tell_job_sql = R"sql(
    UPDATE import_job
    SET octets_read = $2, units_verified = $3
    WHERE id = $1 AND state = 'running'
)sql";
bool ImportJobs::tell(const std::string& id, std::uint64_t octets_read,
                      std::uint64_t units_verified) {
    return tx_.raw().exec_params(tell_job_sql, id, octets_read, units_verified).affected_rows() ==
           1;
}

constexpr const char* finish_job_sql = R"sql(
    UPDATE import_job j
    SET state = 'done', ended_at = clock_timestamp(), manifest = m.sha256, repeated = $3,
        octets_read = j.octets,
        units_verified = CASE WHEN $3 THEN j.units_verified ELSE m.units END
    FROM manifest m
    WHERE j.id = $1 AND j.state = 'running' AND m.sha256 = $2
)sql";
bool ImportJobs::finish(const std::string& id, const Digest& manifest, bool repeated) {
    return tx_.raw().exec_params(finish_job_sql, id, bytea(manifest), repeated).affected_rows() ==
           1;
}

constexpr const char* refuse_job_sql = R"sql(
    UPDATE import_job
    SET state = 'refused', ended_at = clock_timestamp(), reason = $2
    WHERE id = $1 AND state = 'running'
)sql";
bool ImportJobs::refuse(const std::string& id, std::string_view reason) {
    return tx_.raw().exec_params(refuse_job_sql, id, std::string(reason)).affected_rows() == 1;
}

constexpr const char* interrupt_job_sql = R"sql(
    UPDATE import_job
    SET state = 'interrupted', ended_at = clock_timestamp()
    WHERE id = $1 AND ended_at IS NULL
)sql";
bool ImportJobs::interrupt(const std::string& id) {
    return tx_.raw().exec_params(interrupt_job_sql, id).affected_rows() == 1;
}

constexpr const char* interrupt_lost_sql = R"sql(
    UPDATE import_job
    SET state = 'interrupted', ended_at = clock_timestamp()
    FROM epoch
    WHERE epoch.id = import_job.epoch AND import_job.ended_at IS NULL AND epoch.id <> $2
        AND (epoch.node = $1 OR epoch.beat_at < clock_timestamp() - interval '10 seconds')
)sql";
std::uint64_t ImportJobs::interrupt_lost(const std::string& node, std::int64_t epoch) {
    return tx_.raw().exec_params(interrupt_lost_sql, node, epoch).affected_rows();
}

}  // namespace hallmark
