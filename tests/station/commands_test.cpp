#include "station/commands.h"

#include "ca/json/json.h"
#include "station/files.h"
#include "tests/support/pki.h"
#include "tests/support/swtpm.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Ran {
    int status = 0;
    std::string out;
    std::string err;
};

Ran ran(std::vector<std::string> words) {
    words.insert(words.begin(), {"hallmark-station"});
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    const SystemClock clock;
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status =
        run_station(static_cast<int>(arguments.size()), arguments.data(), clock, "9.9");
    return {status, ::testing::internal::GetCapturedStdout(),
            ::testing::internal::GetCapturedStderr()};
}

TEST(StationProgram, says_what_it_is_and_how_it_is_used) {
    EXPECT_EQ(ran({"--version"}).out, "hallmark-station 9.9\n");
    EXPECT_EQ(ran({"--help"}).status, exit_done);
    EXPECT_NE(ran({"provision", "--help"}).out.find("--tcti"), std::string::npos);
}

TEST(StationProgram, calls_a_wrong_command_line_usage) {
    EXPECT_EQ(ran({}).status, exit_usage);
    EXPECT_EQ(ran({"provision"}).status, exit_usage);
    EXPECT_EQ(ran({"prevision"}).status, exit_usage);
    EXPECT_EQ(ran({"provision", "--unknown"}).status, exit_usage);
}

TEST(StationProgram, calls_an_absent_tpm_a_fault) {
    const TempDir folder;
    const std::string pem = (folder.path() / "any.pem").string();
    replace_file(pem, to_pem(make_root("any").certificate, "CERTIFICATE"));
    const std::vector<std::string> words{"provision", "--url",  "https://localhost:1",
                                         "--ca",      pem,      "--credential",
                                         pem,         "--key",  pem,
                                         "--product", "sensor", "--element",
                                         "tpm2",      "--tcti", "swtpm:path=/nonexistent",
                                         "--json"};
    const Ran fault = ran(words);
    EXPECT_EQ(fault.status, exit_fault);
    EXPECT_TRUE(fault.out.empty());
    // tpm2-tss may have logged lines of its own before ours.
    const std::size_t end = fault.err.find_last_not_of('\n');
    const std::size_t before = fault.err.rfind('\n', end);
    const std::size_t from = before == std::string::npos ? 0 : before + 1;
    const auto told = parse_json(fault.err.substr(from, end + 1 - from));
    ASSERT_TRUE(told) << fault.err;
    EXPECT_TRUE(told->as_object().contains("fault"));
    std::vector<std::string> wrong = words;
    wrong.insert(wrong.end(), {"--key-handle", "0x81800000"});  // The platform's, not the owner's.
    EXPECT_EQ(ran(wrong).status, exit_usage);
}

TEST(StationProgram, writes_the_manifest_that_the_vendor_of_a_tpm_would_send) {
    const SwtpmCa ca;
    const Swtpm tpm(ca);
    const TempDir folder;
    const auto file = [&](const char* name) { return (folder.path() / name).string(); };
    const TestKey signer = make_ec_key();
    replace_file(file("signer.pem"), to_pem(self_signed("signer", signer), "CERTIFICATE"));
    replace_file(file("signer.key"), signer.private_pem());
    const Ran done = ran({"example-manifest", "--tcti", tpm.tcti(), "--unique-id",
                          "0123456789abcdef01", "--signer-certificate", file("signer.pem"),
                          "--signer-key", file("signer.key"), "--out", file("manifest.json")});
    ASSERT_EQ(done.status, exit_done) << done.err;
    const auto manifest = parse_json(read_file(file("manifest.json")));
    ASSERT_TRUE(manifest);
    ASSERT_EQ(manifest->as_array().size(), 1u);
    const auto payload = from_base64url(
        std::string_view(manifest->as_array()[0].as_object().at("payload").as_string()));
    const auto entry = parse_json(as_text(payload.value()));
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->as_object().at("publicKeySet").as_object().at("keys").as_array().size(), 2u);
    EXPECT_EQ(ran({"example-manifest", "--tcti", "a", "--tcti", "b", "--unique-id", "01",
                   "--signer-certificate", file("signer.pem"), "--signer-key", file("signer.key"),
                   "--out", file("other.json")})
                  .status,
              exit_usage);
}

}  // namespace
}  // namespace hallmark
