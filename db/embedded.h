// The schema's SQL as the build found it; cmake/embed.cmake writes the definitions. Read by
// migrate.cpp alone.
#pragma once

#include <span>

namespace hallmark {

struct EmbeddedMigration {
    int number;
    const char* name;    ///< File name without its suffix.
    const char* sha256;  ///< Lower-case hex, of the file's bytes.
    const char* sql;
};

[[nodiscard]] const char* embedded_bootstrap() noexcept;
[[nodiscard]] const char* embedded_roles() noexcept;
/// In ascending order of their file names.
[[nodiscard]] std::span<const EmbeddedMigration> embedded_migrations() noexcept;

}  // namespace hallmark
