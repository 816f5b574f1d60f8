// How our values stand in columns. For the .cpp files of this room alone: it shows libpqxx.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "db/database.h"

#include <cstdint>
#include <string>

#include <pqxx/pqxx>

namespace hallmark {

/// A bytea parameter; libpqxx sends it in binary.
[[nodiscard]] inline pqxx::binarystring bytea(ByteView bytes) {
    return pqxx::binarystring(static_cast<const void*>(bytes.data()), bytes.size());
}

[[nodiscard]] inline Bytes bytes_in(const pqxx::field& field) {
    const pqxx::binarystring value(field);
    return Bytes(value.begin(), value.end());
}

[[nodiscard]] inline Digest digest_in(const pqxx::field& field) {
    const auto digest = digest_from_bytes(bytes_in(field));
    if (!digest) throw pqxx::conversion_error("not 32 bytes");
    return *digest;
}

/// From a column selected as micros(column), microseconds since the epoch.

[[nodiscard]] inline Instant instant_in(const pqxx::field& field) {
    return Instant(std::chrono::microseconds(field.as<long long>()));
}

/// Runs a statement that the connection parses and plans once. `sql` is a constant of the program:
/// its address is its name.
template <typename... Arguments>
pqxx::result run_prepared(Tx& tx, const char* sql, const Arguments&... arguments) {
    const std::string name = "s" + std::to_string(reinterpret_cast<std::uintptr_t>(sql));
    tx.raw().conn().prepare(name, sql);
    return tx.raw().exec_prepared(name, arguments...);
}

}  // namespace hallmark
