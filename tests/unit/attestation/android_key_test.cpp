// An Android device's attestation of a key in its StrongBox, good and with one thing wrong at a
// time.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/android_scene.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

using Recipe = AndroidRecipe;

TEST_F(AndroidKeyTest, says_what_the_hardware_vouches_for) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "android-key");
    EXPECT_EQ(claims.vendor, "google");
    EXPECT_EQ(claims.model, "Example Box 1");
    EXPECT_EQ(claims.element_serial, std::nullopt);
    EXPECT_EQ(claims.public_key, *expected.spki);
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.firmware, "16.0.0");
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(google.root()));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"boot_patch_level", "20251105"},
        {"brand", "example"},
        {"device", "box"},
        {"manufacturer", "Example"},
        {"os_patch_level", "202511"},
        {"product", "box"},
        {"provisioning", "remote"},
        {"revocation", "checked"},
        {"security_level", "strongbox"},
        {"vendor_patch_level", "20251105"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key,
              parse_public_key(parse_certificate(chain()[1])->spki)->digest());
}

TEST_F(AndroidKeyTest, takes_attesters_of_the_factory) {
    make({.attester = {.remote = false}});
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail.at(6),
              (std::pair<std::string, std::string>("provisioning", "factory")));
}

TEST_F(AndroidKeyTest, takes_the_root_at_the_end_of_the_chain) {
    make();
    chain().push_back(google.root());
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(AndroidKeyTest, says_that_revocation_was_not_asked_for) {
    make();
    pin.status = nullptr;
    expected.revocation_unchecked = true;
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail.at(7),
              (std::pair<std::string, std::string>("revocation", "unchecked")));
}

TEST_F(AndroidKeyTest, takes_the_factorys_expired_attesters_where_the_pin_excuses_them) {
    const Instant ended = instant("2026-01-01T00:00:00Z");
    make({.attester = {.remote = false, .until = ended}});
    expect_refused("chain: expired");
    pin.exceptions = {ChainException::expired_issuers};
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(AndroidKeyTest, refuses_remotely_provisioned_attesters_that_expired_whatever_is_excused) {
    make({.attester = {.until = instant("2026-01-01T00:00:00Z")}});
    pin.exceptions = {ChainException::expired_issuers};
    expect_refused("chain: expired");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(Recipe&)> change;
};
class AndroidKeyRefuses : public AndroidKeyTest, public ::testing::WithParamInterface<Wrong> {};

TEST_P(AndroidKeyRefuses, it_for_its_own_reason) {
    Recipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

std::function<void(Recipe&)> hardware(std::uint32_t number, Bytes value) {
    return [=](Recipe& r) { r.description.hardware[number] = value; };
}
std::function<void(Recipe&)> without(std::uint32_t number) {
    return [=](Recipe& r) { r.description.hardware.erase(number); };
}
std::function<void(Recipe&)> boot(SoftBoot boot) {
    return hardware(704, soft_root_of_trust(boot));
}
Bytes set_of(std::initializer_list<int> numbers) {
    Bytes content;
    for (const int number : numbers)
        append(content, der_integer(number));
    return der(tag::set, content);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, AndroidKeyRefuses,
    ::testing::Values(
        Wrong{"unlocked_bootloader", "boot: bootloader unlocked", boot({.locked = {0x00}})},
        Wrong{"unverified_boot", "boot: bootloader unlocked", boot({.state = 2})},
        Wrong{"self_signed_boot", "boot: not verified with the maker's key", boot({.state = 1})},
        Wrong{"failed_boot", "boot: not verified with the maker's key", boot({.state = 3})},
        Wrong{"unknown_boot_state", "description: an authorization that is malformed",
              boot({.state = 4})},
        Wrong{"boolean_that_is_not_der", "description: an authorization that is malformed",
              boot({.locked = {0x01}})},
        Wrong{"boot_without_its_hash", "description: an authorization that is malformed",
              boot({.hash = false})},
        Wrong{"no_root_of_trust", "boot: no root of trust that hardware vouches for", without(704)},
        Wrong{"root_of_trust_of_software_alone", "boot: no root of trust that hardware vouches for",
              [](Recipe& r) {
                  r.description.hardware.erase(704);
                  r.description.software[704] = soft_root_of_trust({});
              }},
        Wrong{"imported", "key: not generated where it is kept", hardware(702, der_integer(2))},
        Wrong{"securely_imported", "key: not generated where it is kept",
              hardware(702, der_integer(4))},
        Wrong{"derived", "key: not generated where it is kept", hardware(702, der_integer(1))},
        Wrong{"no_origin", "key: not generated where it is kept", without(702)},
        Wrong{"origin_of_software_alone", "key: not generated where it is kept",
              [](Recipe& r) {
                  r.description.hardware.erase(702);
                  r.description.software[702] = der_integer(0);
              }},
        Wrong{"for_agreement_alone", "key: not for signing", hardware(1, set_of({6}))},
        Wrong{"for_attestation_too", "key: for more than signing", hardware(1, set_of({2, 7}))},
        Wrong{"for_no_purpose", "key: not for signing", without(1)},
        Wrong{"rsa_by_its_description", "key: of another algorithm", hardware(2, der_integer(1))},
        Wrong{"no_algorithm", "key: of another algorithm", without(2)},
        Wrong{"a_curve_that_is_not_taken",
              "key: ", [](Recipe& r) { r.spki = make_ec_key_on("P-224").spki(); }},
        Wrong{"trusted_environment", "level: trusted environment and no StrongBox",
              [](Recipe& r) { r.description.attested_by = r.description.kept_in = 1; }},
        Wrong{"software_level", "level: software",
              [](Recipe& r) { r.description.attested_by = r.description.kept_in = 0; }},
        Wrong{"attested_by_another_level", "level: kept elsewhere",
              [](Recipe& r) { r.description.attested_by = 1; }},
        Wrong{"unknown_level", "description: malformed",
              [](Recipe& r) { r.description.kept_in = 3; }},
        Wrong{"attester_of_a_trusted_environment",
              "level: attested by another than StrongBox's key",
              [](Recipe& r) { r.attester.level = "TEE"; }},
        Wrong{"factory_attester_of_a_trusted_environment",
              "level: attested by another than StrongBox's key",
              [](Recipe& r) { r.attester = {.remote = false, .level = "TEE"}; }},
        Wrong{"attester_that_was_itself_attested", "leaf: issued by a key that was itself attested",
              [](Recipe& r) { r.attester.describes_a_key = true; }},
        Wrong{"expired_attester", "chain: expired",
              [](Recipe& r) { r.attester.until = instant("2026-11-23T11:59:58Z"); }},
        Wrong{"tags_out_of_order", "description: authorizations that are not in order",
              [](Recipe& r) { r.description.highest_first = true; }},
        Wrong{"tag_numbers_that_are_not_minimal", "description: an authorization list",
              [](Recipe& r) { r.description.bare_high_tags = true; }},
        Wrong{"unknown_authorization", "description: an unknown authorization",
              hardware(699, der_integer(1))},
        Wrong{"unknown_authorization_of_software", "description: an unknown authorization",
              [](Recipe& r) { r.description.software[15] = der_null(); }},
        Wrong{"authorization_with_more_behind", "description: an authorization that is malformed",
              hardware(505, concat({der_integer(1), der_integer(1)}))},
        Wrong{"empty_authorization", "description: an authorization that is malformed",
              hardware(505, {})},
        Wrong{"purpose_that_is_no_set", "description: an authorization that is malformed",
              hardware(1, der_integer(2))},
        Wrong{"model_that_is_no_text", "description: an authorization that is malformed",
              hardware(717, der_octet_string(Bytes{0x07}))},
        Wrong{"model_that_is_too_long", "description: an authorization that is malformed",
              hardware(717, der_octet_string(Bytes(65, 'a')))},
        Wrong{"negative_os_version", "description: an authorization that is malformed",
              hardware(705, der_integer(-1))},
        Wrong{"description_with_more_behind", "description: malformed",
              [](Recipe& r) { r.description.behind = der_null(); }},
        Wrong{"unknown_version", "description: of an unknown version",
              [](Recipe& r) { r.description.version = 500; }},
        Wrong{"another_nonce", "nonce: not the one",
              [](Recipe& r) { r.description.challenge = Bytes(32, 8); }},
        Wrong{"a_nonce_that_is_cut", "nonce: not the one",
              [](Recipe& r) { r.description.challenge = Bytes(31, 7); }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
