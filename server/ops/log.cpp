#include "server/ops/log.h"

#include "ca/domain/fault.h"
#include "server/ops/json_line.h"

#include <algorithm>
#include <array>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace hallmark {
namespace {

constexpr std::size_t value_limit = 4096;
constexpr std::array level_names{std::string_view("debug"), std::string_view("info"),
                                 std::string_view("warning"), std::string_view("error")};

spdlog::level::level_enum as_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            break;
    }
    return spdlog::level::err;
}

std::shared_ptr<spdlog::logger> open(const LogOptions& options) {
    try {
        spdlog::sink_ptr sink;
        if (options.file.empty()) {
            sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        } else {
            sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
        }
        auto logger = std::make_shared<spdlog::logger>("hallmark", std::move(sink));
        logger->set_pattern("%v");
        logger->set_level(as_spdlog(options.level));
        logger->flush_on(spdlog::level::info);
        return logger;
    } catch (const spdlog::spdlog_ex& failure) {
        // The library's own exceptions stay in this room.
        throw Fault(std::string("cannot open the log: ") + failure.what());
    }
}

void add_member(std::string& line, std::string_view name, std::string_view value) {
    line += line.size() > 1 ? "," : "";
    line += json_string(name) + ":" + json_string(value.substr(0, value_limit));
}

bool is_taken(std::string_view name) {
    return name == "time" || name == "level" || name == "event";
}

/// Of the request whose handler runs on this thread; empty outside of one.
thread_local std::string current_request;

}  // namespace

RequestScope::RequestScope(std::string_view request_id) {
    current_request = request_id;
}
RequestScope::~RequestScope() {
    current_request.clear();
}

std::string_view name_of(LogLevel level) noexcept {
    return level_names.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> log_level_from(std::string_view name) noexcept {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (level_names.at(i) == name) return static_cast<LogLevel>(i);
    }
    return std::nullopt;
}

struct Log::Sink {
    LogOptions options;
    const Clock& clock;
    mutable std::mutex mutex;
    std::shared_ptr<spdlog::logger> logger;

    std::shared_ptr<spdlog::logger> now() const {
        const std::lock_guard lock(mutex);
        return logger;
    }
};

Log::Log(const LogOptions& options, const Clock& clock)
    : sink_(new Sink{.options = options, .clock = clock, .mutex = {}, .logger = open(options)}) {}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    const auto logger = sink_->now();
    if (!logger->should_log(as_spdlog(level))) return;
    std::string line = "{";
    add_member(line, "time", to_rfc3339(sink_->clock.now()));
    add_member(line, "level", name_of(level));
    add_member(line, "event", event);
    const bool names_request = std::any_of(fields.begin(), fields.end(), [](const LogField& field) {
        return field.name == "request_id";
    });
    if (!names_request && !current_request.empty()) add_member(line, "request_id", current_request);
    for (const LogField& field : fields) {
        const std::string name = (is_taken(field.name) ? "field_" : "") + std::string(field.name);
        add_member(line, name, field.value);
    }
    line += "}";
    logger->log(as_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void Log::set_level(LogLevel level) {
    const std::lock_guard lock(sink_->mutex);
    sink_->options.level = level;
    sink_->logger->set_level(as_spdlog(level));
}

void Log::reopen() {
    const std::lock_guard lock(sink_->mutex);
    sink_->logger = open(sink_->options);
}

void Log::flush() {
    sink_->now()->flush();
}

}  // namespace hallmark
