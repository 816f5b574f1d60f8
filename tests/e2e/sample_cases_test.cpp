// Somebody else's evidence, read where it lies: each case of the samples' own list ends as the list
// says.
#include "server/evidence_commands.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

namespace fs = std::filesystem;

const Instant today = from_rfc3339("2026-11-23T12:00:00Z").value();

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

Outcome run(const EvidenceVerifyArguments& arguments) {
    std::ostringstream out, err;
    const int status = evidence_verify(arguments, out, err);
    return {status, out.str(), err.str()};
}

Outcome run(const ChainVerifyArguments& arguments) {
    std::ostringstream out, err;
    const int status = chain_verify(arguments, out, err);
    return {status, out.str(), err.str()};
}

// -------------------------------------------------------------------------------------------------

fs::path samples() {
    const char* named = std::getenv("HALLMARK_SAMPLES");
    return named ? fs::path(named) : fs::path(HALLMARK_SOURCE_DIR) / ".." / "shared" / "samples";
}

struct Case {
    std::string id;
    std::string command;
    std::map<std::string, std::string> options;
    int status = 0;
    std::string why;
};

std::map<std::string, std::string> options_from(const std::string& text) {
    std::map<std::string, std::string> options;
    std::istringstream words(text);
    std::string last;
    for (std::string word; words >> word;) {
        if (word.starts_with("--")) {
            last = word;
            options[last];
        } else {
            options[last] = word;
        }
    }
    return options;
}

std::vector<Case> read_cases() {
    std::vector<Case> cases;
    std::ifstream file(samples() / "cases.tsv");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("#")) continue;
        std::istringstream fields(line);
        Case one;
        std::string arguments, status;
        std::getline(fields, one.id, '\t');
        std::getline(fields, one.command, '\t');
        std::getline(fields, arguments, '\t');
        std::getline(fields, status, '\t');
        std::getline(fields, one.why, '\t');
        one.options = options_from(arguments);
        one.status = std::stoi(status);
        cases.push_back(std::move(one));
    }
    return cases;
}

Outcome run(const Case& one) {
    const auto text = [&](const char* name) -> std::optional<std::string> {
        const auto found = one.options.find(name);
        if (found == one.options.end()) return std::nullopt;
        return found->second;
    };
    const auto path = [&](const char* name) {
        const auto relative = text(name);
        return relative ? std::optional((samples() / *relative).string()) : std::nullopt;
    };
    if (one.command == "chain") {
        return run(ChainVerifyArguments{.roots = path("--roots").value(),
                                        .intermediates = path("--intermediates"),
                                        .leaf = path("--leaf").value(),
                                        .purpose = text("--purpose"),
                                        .at = text("--at"),
                                        .json = false,
                                        .now = today});
    }
    EvidenceVerifyArguments arguments;
    arguments.format = text("--format").value();
    arguments.roots = path("--roots").value();
    arguments.evidence = path("--evidence").value();
    arguments.nonce = text("--nonce");
    arguments.key = path("--key");
    arguments.any_nonce = text("--any-nonce").has_value();
    arguments.any_activation = text("--any-activation").has_value();
    arguments.at = text("--at");
    arguments.now = today;
    return run(arguments);
}

/// What must stand in the refusal for it to be this case's own.
std::string reason_of(const std::string& id) {
    static const std::map<std::string, std::string> reasons{
        {"tpm2-certify-other-nonce", "nonce: not the one"},
        {"tpm2-certify-activation-asked", "usage: "},
        {"tpm2-certify-nononce", "nonce: not the one"},
        {"tpm2-certify-wrong-root", "no path to a pinned root"},
        {"tpm2-forged-by-unrestricted", "signer: not a restricted key"},
        {"tpm2-imported", "key: imported: fixedTPM, fixedParent, sensitiveDataOrigin clear"},
        {"tpm2-duplicable", "key: duplicable: fixedTPM, fixedParent clear"},
        {"tpm2-quote", "type: 0x8018 is a quote"},
        {"tpm2-decrypt-only", "key: cannot sign"},
        {"tpm2-other-key", "name: the certified Name"},
        {"yubikey-piv-invalidchain", "slot: not signed by the key above it"},
        {"android-key-strongbox-expired", "chain: expired"},
        {"android-key-software-root", "chain: no path to a pinned root"},
        {"android-key-unlocked", "boot: bootloader unlocked"},
        {"android-key-tags", "leaf: not signed by the key above it"},
        {"webauthn-packed-self-es256", "statement: self attestation proves nothing"},
        {"webauthn-none-es256", "statement: no attestation"},
        {"webauthn-tpm-es256", "key: imported: fixedTPM, fixedParent, sensitiveDataOrigin clear"},
        {"webauthn-fido-u2f-es256", "statement: not taken: fido-u2f"},
        {"pkix-key-attestation-no-key", "key: none: platform claims alone"},
        {"pkix-key-attestation-key1", "key: extractable is true"},
        {"chain-ek-as-client", "chain: key usage"},
        {"chain-ca-as-ek", "chain: an authority"},
    };
    const auto found = reasons.find(id);
    return found == reasons.end() ? "" : found->second;
}

TEST(SampleCases, end_with_the_status_and_the_reason_that_their_list_gives) {
    if (!fs::exists(samples() / "cases.tsv")) GTEST_SKIP() << "no samples at " << samples();
    const auto cases = read_cases();
    EXPECT_GE(cases.size(), 33u);
    for (const Case& one : cases) {
        const Outcome outcome = run(one);
        EXPECT_EQ(outcome.status, one.status) << one.id << " (" << one.why << "): " << outcome.err;
        if (one.status == 0) {
            EXPECT_FALSE(outcome.out.empty()) << one.id;
            EXPECT_TRUE(outcome.err.empty()) << one.id << ": " << outcome.err;
            continue;
        }
        EXPECT_TRUE(outcome.out.empty()) << one.id;
        ASSERT_NE(reason_of(one.id), "") << one.id << " has no reason here";
        EXPECT_NE(outcome.err.find(reason_of(one.id)), std::string::npos)
            << one.id << ": " << outcome.err;
    }
}

}  // namespace
}  // namespace hallmark
