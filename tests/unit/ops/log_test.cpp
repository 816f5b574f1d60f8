#include "server/ops/log.h"

#include "ca/domain/fault.h"
#include "server/ops/health.h"
#include "server/ops/json_line.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

class StoppedClock final : public Clock {
public:
    Instant now() const override { return *from_rfc3339("2026-11-23T10:11:12Z"); }
};

struct WrittenLog {
    testing::TempDir folder;
    StoppedClock clock;
    std::filesystem::path file = folder.path() / "log.jsonl";
    Log log{{.level = LogLevel::info, .file = file.string()}, clock};

    std::vector<boost::json::object> lines() {
        log.flush();
        std::ifstream stream(file);
        std::vector<boost::json::object> parsed;
        for (std::string line; std::getline(stream, line);)
            parsed.push_back(boost::json::parse(line).as_object());
        return parsed;
    }
};

TEST(Log, writes_one_json_object_a_line) {
    WrittenLog written;
    written.log.info("server.started", {{"door", "factory"}, {"request_id", "an-id"}});
    const auto lines = written.lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(boost::json::serialize(lines[0]),
              R"({"time":"2026-11-23T10:11:12Z","level":"info","event":"server.started",)"
              R"("door":"factory","request_id":"an-id"})");
}

TEST(Log, stays_valid_whatever_a_caller_wrote) {
    WrittenLog written;
    const std::vector<std::string> hostile{"\"}\n{\"level\":\"error\"",
                                           std::string("nul\0nul", 7),
                                           "\x1b[2J",
                                           "\xff\xfe",
                                           "\xc3",
                                           "\xed\xa0\x80",
                                           "\xf5\x80\x80\x80",
                                           "\xc2\x85",
                                           "\\",
                                           "\xe2\x82\xac",
                                           "{}%n%s{0}"};
    for (const std::string& text : hostile)
        written.log.error(text, {{text, text}});
    const auto lines = written.lines();
    ASSERT_EQ(lines.size(), hostile.size());
    EXPECT_EQ(lines[0].at("event").as_string(), hostile[0]);
    EXPECT_EQ(lines[1].at("event").as_string(), hostile[1]);
    EXPECT_EQ(lines[3].at("event").as_string(), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(lines[9].at("event").as_string(), "\xe2\x82\xac");
    std::ifstream stream(written.file);
    const std::string all(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(all.find('\x1b'), std::string::npos);
}

TEST(Log, keeps_its_own_members_from_being_overwritten) {
    WrittenLog written;
    written.log.warning("a", {{"level", "debug"}, {"event", "b"}});
    const auto lines = written.lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].at("level").as_string(), "warning");
    EXPECT_EQ(lines[0].at("field_level").as_string(), "debug");
    EXPECT_EQ(lines[0].at("event").as_string(), "a");
}

TEST(Log, bounds_a_value) {
    WrittenLog written;
    written.log.info("a", {{"text", std::string(100'000, 'x')}});
    EXPECT_EQ(written.lines()[0].at("text").as_string().size(), 4096u);
}

TEST(Log, says_more_when_its_level_is_turned_up) {
    WrittenLog written;
    written.log.write(LogLevel::debug, "unheard");
    written.log.set_level(LogLevel::debug);
    written.log.write(LogLevel::debug, "heard");
    const auto lines = written.lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].at("event").as_string(), "heard");
}

TEST(Log, goes_on_in_a_new_file_after_rotation) {
    WrittenLog written;
    written.log.info("old");
    std::filesystem::rename(written.file, written.folder.path() / "log.1");
    written.log.reopen();
    written.log.info("new");
    const auto lines = written.lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0].at("event").as_string(), "new");
}

TEST(Log, fails_at_once_where_it_cannot_write) {
    const StoppedClock clock;
    EXPECT_THROW(Log({.level = LogLevel::info, .file = "/proc/none/log"}, clock), Fault);
}

TEST(LogLevels, have_names) {
    for (const LogLevel level :
         {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
        EXPECT_EQ(log_level_from(name_of(level)), level);
    }
    EXPECT_EQ(log_level_from("loud"), std::nullopt);
}

TEST(Health, is_ready_when_every_check_says_so) {
    bool database = true;
    const Health health({{"database", [&] { return database; }}, {"to\"ken", [] { return true; }}});
    EXPECT_EQ(health.live().status, 200);
    EXPECT_EQ(health.ready().status, 200);
    EXPECT_EQ(health.ready().body,
              R"({"status":"ready","checks":{"database":"ok","to\"ken":"ok"}})");
    database = false;
    EXPECT_EQ(health.ready().status, 503);
    EXPECT_EQ(health.ready().body,
              R"({"status":"unready","checks":{"database":"failed","to\"ken":"ok"}})");
    EXPECT_EQ(health.live().status, 200);
}

TEST(Health, counts_a_check_that_throws_as_failed_and_hides_why) {
    const Health health({{"token", []() -> bool { throw Fault("pin=1234"); }}});
    EXPECT_EQ(health.ready().status, 503);
    EXPECT_EQ(health.ready().body.find("1234"), std::string::npos);
}

}  // namespace
}  // namespace hallmark
