// The words of the program, as scripts rely on them: what each answers and with which status it
// ends.
#include "server/command_line.h"

#include "tests/support/pki.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

struct Ended {
    int status = 0;
    std::string out;
    std::string err;
};

Ended run(std::vector<std::string> words) {
    const SystemClock clock;
    words.insert(words.begin(), "hallmark");
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Ended ended;
    ended.status = run_command_line(static_cast<int>(arguments.size()), arguments.data(), clock);
    ended.out = ::testing::internal::GetCapturedStdout();
    ended.err = ::testing::internal::GetCapturedStderr();
    return ended;
}

std::string product(const char* name) {
    return std::string(HALLMARK_SOURCE_DIR) + "/policy/products/" + name;
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

TEST(CommandLine, helpsOnEveryLevel) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                  {"audit", "--help"},
                                                  {"audit", "search", "--help"},
                                                  {"ceremony", "root", "--help"},
                                                  {"evidence", "verify", "--help"}}) {
        const Ended ended = run(words);
        EXPECT_EQ(ended.status, 0) << words.front();
        EXPECT_NE(ended.out.find("Usage"), std::string::npos) << words.front();
    }
    EXPECT_EQ(run({"--version"}).status, 0);
}

TEST(CommandLine, tellsWrongUsageApartFromFaults) {
    EXPECT_EQ(run({}).status, 2);
    EXPECT_EQ(run({"no-such-word"}).status, 2);
    EXPECT_EQ(run({"serve"}).status, 2);
    EXPECT_EQ(run({"serve", "--config", "/no/such/file"}).status, 1);
    EXPECT_EQ(run({"evidence", "verify", "--format", "tpm2"}).status, 2);
}

TEST(CommandLine, asksForTheOfficeDoorBeforeItAsksThere) {
    TempDir home;
    setenv("HOME", home.path().c_str(), 1);
    const Ended ended = run({"station", "list"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_NE(ended.err.find("--url"), std::string::npos);
}

TEST(CommandLine, findsNothingInTheWorkedExamples) {
    for (const char* name :
         {"idevid.toml", "matter-dac.toml", "tpm-gateway.toml", "compressed-sensor.toml"}) {
        EXPECT_EQ(run({"policy", "check", product(name)}).status, 0) << name;
        EXPECT_EQ(run({"policy", "test", product(name)}).status, 0) << name;
    }
}

TEST(CommandLine, refusesAPolicyThatCannotBeRead) {
    TempDir dir;
    write(dir.path() / "bad.toml", "schema = 1\nproduct = \"x\"\nno_such_key = 1\n");
    const Ended ended = run({"policy", "check", (dir.path() / "bad.toml").string()});
    EXPECT_EQ(ended.status, 3);
    EXPECT_NE(ended.err.find("bad.toml"), std::string::npos);
    const Ended json = run({"--json", "policy", "check", (dir.path() / "bad.toml").string()});
    EXPECT_EQ(json.status, 3);
    EXPECT_EQ(json.out.front(), '[');
}

class WithDatabase : public ::testing::Test {
protected:
    void SetUp() override {
        write(config_, "[database]\nconninfo = \"" + Postgres::cluster().empty_database() +
                           "\"\n[hsm]\nmodule = \"/x.so\"\ntoken = \"t\"\npin_file = \"pin\"\n"
                           "[doors.factory]\ncertificate = \"c\"\nkey = \"k\"\n"
                           "[doors.office]\ncertificate = \"c\"\nkey = \"k\"\n");
    }

    std::string certificate(const char* name) {
        const TestKey key = make_ec_key();
        const auto file = dir_.path() / (std::string(name) + ".pem");
        write(file, to_pem(self_signed(name, key), "CERTIFICATE"));
        return file.string();
    }

    TempDir dir_;
    std::string config_ = (dir_.path() / "hallmark.toml").string();
};

TEST_F(WithDatabase, bringsTheSchemaUpOnceAndTellsWhatIsPending) {
    const Ended before = run({"migrate", "--config", config_, "--check"});
    EXPECT_EQ(before.status, 3);
    EXPECT_NE(before.out.find("pending: "), std::string::npos);
    EXPECT_EQ(run({"migrate", "--config", config_}).status, 0);
    EXPECT_EQ(run({"migrate", "--config", config_, "--check"}).status, 0);
    EXPECT_EQ(run({"migrate", "--config", config_}).out, "the schema is up to date\n");
}

TEST_F(WithDatabase, enrolsTwoOperatorsAndNoThird) {
    ASSERT_EQ(run({"migrate", "--config", config_}).status, 0);
    const std::string ada = "ada=" + certificate("ada");
    const std::string grace = "grace=" + certificate("grace");
    EXPECT_EQ(run({"setup", "--config", config_, "--operator", ada}).status, 3);
    EXPECT_EQ(run({"setup", "--config", config_, "--operator", ada, "--operator", grace}).status,
              0);
    const std::string third = "mary=" + certificate("mary");
    EXPECT_EQ(run({"setup", "--config", config_, "--operator", third, "--operator", grace}).status,
              3);
}

TEST_F(WithDatabase, hasNothingToReconcileWhereNothingWasBegun) {
    ASSERT_EQ(run({"migrate", "--config", config_}).status, 0);
    const Ended ended = run({"reconcile", "--config", config_});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "0 settled\n");
}

TEST_F(WithDatabase, refusesToServeOnASchemaThatIsNotItsOwn) {
    const Ended ended = run({"serve", "--config", config_});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find("hallmark migrate"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace hallmark::testing
