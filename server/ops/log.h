// The log: one JSON object a line, to standard error or a file. What happened, where to look
// further; never a secret, never a body. It is for operators and no record: the audit log is that.
#pragma once

#include "ca/domain/clock.h"

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hallmark {

enum class LogLevel { debug, info, warning, error };
[[nodiscard]] std::string_view name_of(LogLevel level) noexcept;
[[nodiscard]] std::optional<LogLevel> log_level_from(std::string_view name) noexcept;

struct LogOptions {
    LogLevel level = LogLevel::info;
    std::string file = {};  ///< Empty: standard error. A file is appended to.
};

struct LogField {
    std::string_view name;
    std::string_view value;
};

/// While it lives, every line that this thread writes bears the request's id.
class RequestScope {
public:
    explicit RequestScope(std::string_view request_id);
    ~RequestScope();
    RequestScope(const RequestScope&) = delete;
    RequestScope& operator=(const RequestScope&) = delete;
};

class Log {
public:
    /// `clock` outlives this. Throws Fault where the file cannot be opened.
    Log(const LogOptions& options, const Clock& clock);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// {"time":"...","level":"info","event":"server.started","door":"factory"}
    /// Values are cut at 4096 octets; names that the line has already (time, level, event) are
    /// prefixed with "field_".
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

    void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::error, event, fields);
    }

    /// From any thread; SIGHUP brings a new level.
    void set_level(LogLevel level);
    /// Opens the file again by its name, for whoever rotates it. Throws Fault.
    void reopen();
    void flush();

private:
    struct Sink;
    std::unique_ptr<Sink> sink_;
};

}  // namespace hallmark
