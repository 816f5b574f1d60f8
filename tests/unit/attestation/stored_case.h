// How a test that refuses evidence becomes a case of tests/data/attestation: with
// HALLMARK_STORE_CASES=<folder> in the environment it writes the case's files anew.
#pragma once

#include "tests/support/evidence_case.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace hallmark::testing {

/// "another_f9_key" of "OneThingWrong/YubikeyPivRefuses.it_for_its_own_reason/another_f9_key"; for
/// a test without parameter its own name.
[[nodiscard]] inline std::string name_of_running_case() {
    const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string name = info->name();
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? name : name.substr(slash + 1);
}

/// Writes the running test's case where cases are being stored; the first of each detail, since
/// what a loop refuses for one reason is one case. Not what no document can say.
inline void store_case(const StoredCase& one) {
    const char* const folder = std::getenv("HALLMARK_STORE_CASES");
    if (!folder || !is_document(one.evidence)) return;
    const std::string name = one.detail.empty() ? "good" : name_of_running_case();
    static std::set<std::string> stored;
    if (!stored.insert(one.evidence.format + " " + name + ": " + one.detail).second) return;
    std::filesystem::path at = std::filesystem::path(folder) / one.evidence.format / name;
    const std::filesystem::path first = at;
    for (int number = 2; std::filesystem::exists(at); ++number)
        at = first.string() + "_" + std::to_string(number);
    write_case(at, one);
}

}  // namespace hallmark::testing
