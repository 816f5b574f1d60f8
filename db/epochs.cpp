#include "db/epochs.h"

#include "db/columns.h"

namespace hallmark {

constexpr const char* begin_sql = R"sql(
    INSERT INTO epoch (node) VALUES ($1) RETURNING id
)sql";
std::int64_t Epochs::begin(const std::string& node) {
    return tx_.raw().exec_params1(begin_sql, node)[0].as<std::int64_t>();
}

constexpr const char* beat_sql = R"sql(
    UPDATE epoch
    SET beat_at = clock_timestamp()
    WHERE id = $1 AND beat_at > clock_timestamp() - interval '10 seconds'
)sql";
bool Epochs::beat(std::int64_t epoch) {
    return tx_.raw().exec_params(beat_sql, epoch).affected_rows() == 1;
}

constexpr const char* clock_sql = R"sql(
    SELECT micros(now.at), GREATEST(COALESCE((SELECT micros(max(beat_at)) FROM epoch), 0) - micros(now.at), 0)
    FROM clock_timestamp() AS now (at)
)sql";
Epochs::Clock Epochs::clock() {
    const pqxx::row row = tx_.raw().exec1(clock_sql);
    return {.now = instant_in(row[0]),
            .behind = std::chrono::microseconds(row[1].as<std::int64_t>())};
}

constexpr const char* end_sql = R"sql(
    UPDATE epoch
    SET beat_at = 'epoch'
    WHERE id = $1
)sql";
void Epochs::end(std::int64_t epoch) {
    tx_.raw().exec_params(end_sql, epoch);
}

}  // namespace hallmark
