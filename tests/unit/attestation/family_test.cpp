// One pin at a time, never their union.
#include "tests/unit/attestation/tpm2_scene.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Family : public ::testing::Test {
protected:
    ChainValidator chains;
    EvidenceFamily family = make_family(chains);
    SoftVendor infineon{"Infineon"};
    Scene scene = make_scene();

    [[nodiscard]] Result<VerifiedElement> verify(const std::vector<VendorPin>& pins) const {
        return family.verify(scene.evidence, pins, scene.expected, scene.now);
    }
};

TEST_F(Family, finds_the_pin_that_the_chain_leads_to_wherever_it_stands) {
    const VendorPin first = pin_of(infineon, "infineon");
    const VendorPin second = pin_of(stm(), "stm");
    for (const auto& pins : {std::vector{first, second}, std::vector{second, first}}) {
        const auto element = verify(pins);
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.vendor, "stm");
        EXPECT_EQ(element->claims.anchor, sha256(stm().root()));
    }
}

TEST_F(Family, does_not_let_one_vendors_root_speak_for_another_vendors_elements) {
    // Both are pinned, but the STM root stands under the name of Infineon alone.
    const auto element = verify({pin_of(stm(), "infineon"), pin_of(infineon, "stm")});
    ASSERT_FALSE(element.has_value());
    EXPECT_EQ(element.error().detail, "chain: no path to a pinned root");
}

TEST_F(Family, refuses_what_no_pin_of_the_format_stands_for) {
    VendorPin other_format = pin_of(stm(), "stm");
    other_format.format = "webauthn";
    for (const auto& pins : {std::vector<VendorPin>{}, std::vector{other_format}}) {
        const auto element = verify(pins);
        ASSERT_FALSE(element.has_value());
        EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
        EXPECT_EQ(element.error().detail, "chain: no vendor is pinned for this format");
    }
}

TEST_F(Family, does_not_go_on_to_the_next_pin_after_a_refusal_that_is_not_about_the_pin) {
    scene.expected.nonce = Bytes(32, 1);
    const auto element = verify({pin_of(stm(), "stm"), pin_of(infineon, "infineon")});
    ASSERT_FALSE(element.has_value());
    EXPECT_EQ(element.error().detail, "nonce: not the one that was asked for");
}

TEST_F(Family, refuses_a_format_that_it_does_not_know_and_never_guesses_one) {
    scene.evidence.format = "tpm3";
    const auto element = verify({pin_of(stm(), "stm")});
    ASSERT_FALSE(element.has_value());
    EXPECT_EQ(element.error().detail, "format: unknown");
    EXPECT_EQ(family.find("tpm3"), nullptr);
    const auto opening = family.open({scene.evidence}, {pin_of(stm(), "stm")}, scene.now);
    ASSERT_FALSE(opening.has_value());
    EXPECT_EQ(opening.error().detail, "format: unknown");
}

TEST_F(Family, opens_for_the_vendor_whose_root_it_is) {
    for (const char* name : {"key_public", "attest", "signature", "activation"})
        scene.drop(name);
    const auto opening = family.open(
        {scene.evidence}, {pin_of(infineon, "infineon"), pin_of(stm(), "stm")}, scene.now);
    ASSERT_TRUE(opening.has_value()) << opening.error().detail;
    EXPECT_EQ(opening->ak_name, scene.ak.name());
    EXPECT_EQ(opening->ek_certificate, scene.expected.ek_certificate);
    ASSERT_TRUE(opening->activation_secret.has_value());
    EXPECT_EQ(opening->activation_secret->size(), 32u);
}

TEST_F(Family, knows_which_formats_have_an_activation) {
    ASSERT_NE(family.find("tpm2"), nullptr);
    EXPECT_TRUE(family.find("tpm2")->has_activation());
}

}  // namespace
}  // namespace hallmark
