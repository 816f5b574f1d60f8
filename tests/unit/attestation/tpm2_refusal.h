// The tables of refusals: one thing wrong in evidence that is otherwise good, before it is signed
// (prepare) or after (spoil), and what the refusal's detail starts with.
#pragma once

#include "tests/unit/attestation/stored_case.h"
#include "tests/unit/attestation/tpm2_scene.h"

#include <gtest/gtest.h>

namespace hallmark::testing {

struct Row {
    std::string name;
    std::string detail;
    std::function<void(Recipe&)> prepare;
    std::function<void(Scene&)> spoil;
};

[[nodiscard]] inline Scene scene_of(const Row& row) {
    Recipe recipe;
    if (row.prepare) row.prepare(recipe);
    return make_scene(recipe);
}

template <typename Judged>
void expect_refusal(const Judged& judged, const Row& row) {
    ASSERT_FALSE(judged.has_value());
    EXPECT_EQ(judged.error().reason, Reason::evidence_not_accepted);
    EXPECT_EQ(judged.error().detail.substr(0, row.detail.size()), row.detail);
}

inline void expect_row(const Row& row) {
    Scene scene = scene_of(row);
    if (row.spoil) row.spoil(scene);
    const auto judged = judge(scene);
    expect_refusal(judged, row);
    if (!judged) store_case({scene.evidence, scene.pin, scene.expected, judged.error().detail});
}

inline constexpr auto named = [](const ::testing::TestParamInfo<Row>& row) {
    return row.param.name;
};

inline std::function<void(Recipe&)> ak_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](Recipe& r) { r.ak_fields.attributes = (r.ak_fields.attributes | set) & ~clear; };
}
inline std::function<void(Recipe&)> leaf_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](Recipe& r) { r.leaf_fields.attributes = (r.leaf_fields.attributes | set) & ~clear; };
}
inline std::function<void(Recipe&)> certificate(std::function<void(SoftCertificate&)> change) {
    return [=](Recipe& r) { change(r.certificate); };
}
inline std::function<void(Recipe&)> attest(std::function<void(SoftAttest&)> change) {
    return [=](Recipe& r) { r.attest = change; };
}
[[nodiscard]] constexpr std::uint32_t bit(unsigned number) {
    return 1u << number;
}

}  // namespace hallmark::testing
