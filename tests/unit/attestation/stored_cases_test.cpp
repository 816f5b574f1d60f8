// Every case that is kept as files ends as it says, by a verifier that has seen none of them be
// made.
#include "tests/support/evidence_case.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;
namespace fs = std::filesystem;

constexpr std::size_t least_cases = 200, least_of_a_format = 10;

TEST(StoredCases, end_as_they_say_and_for_no_other_reason) {
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    std::map<std::string, std::size_t> refused, accepted;
    for (const fs::path& folder :
         case_folders(fs::path(HALLMARK_SOURCE_DIR) / "tests/data/attestation")) {
        const StoredCase one = read_case(folder);
        const std::string format = folder.parent_path().filename();
        EXPECT_EQ(one.pin.format, one.evidence.format);
        const auto element = family.verify(one.evidence, {one.pin}, one.expected, noon());
        if (one.detail.empty()) {
            EXPECT_TRUE(element.has_value()) << folder << ": " << element.error().detail;
            accepted[format] += 1;
            continue;
        }
        ASSERT_FALSE(element.has_value()) << folder;
        EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted) << folder;
        EXPECT_EQ(element.error().detail, one.detail) << folder;
        refused[format] += 1;
    }
    std::size_t all = 0;
    for (const auto& [format, count] : refused) {
        EXPECT_GE(count, least_of_a_format) << format;
        EXPECT_GE(accepted[format], 1u) << format << " has no good evidence to compare with";
        all += count;
    }
    EXPECT_GE(all, least_cases);
}

}  // namespace
}  // namespace hallmark
