// A YubiKey's slot attestation, good and with one thing wrong at a time. Root, f9 and slot are made
// here, with the extensions that Yubico's page on PIV attestation lists.
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

constexpr const char* arc = "1.3.6.1.4.1.41482.3.";

Extension yubico(int number, Bytes value) {
    return {.oid = arc + std::to_string(number), .critical = false, .value = std::move(value)};
}

/// What stands in the two certificates and in the request; the defaults are a good YubiKey 5 NFC.
struct Recipe {
    std::string slot_name = "YubiKey PIV Attestation 9a";
    std::string f9_name = "Yubico PIV Attestation";
    std::vector<Extension> slot_extensions{yubico(3, {5, 4, 3}),
                                           yubico(7, {0x02, 0x03, 0x12, 0x34, 0x56}),
                                           yubico(8, {2, 1}), yubico(9, {1})};
    std::vector<Extension> f9_extensions{yubico(3, {5, 4, 3}), basic_constraints(true, 0)};
    TestKey slot_key = make_ec_key();
    Instant slot_until = instant("2040-01-01T00:00:00Z");
    bool another_f9_signs = false;
    bool break_slot = false, break_f9 = false;
    std::optional<std::string> issuer_name;  ///< That the slot's certificate names.
    std::optional<std::string> challenge_password;
};

class YubikeyPiv : public FormatTest {
protected:
    YubikeyPiv() : FormatTest("yubikey-piv") {
        pin.vendor = VendorId("yubico");
        pin.anchors.roots = {root.certificate};
    }

    TestAuthority root = make_root("Yubico PIV Root CA Serial 263751");
    TestKey f9_key = make_ec_key();

    void make(const Recipe& recipe) {
        CertificateSpec f9;
        f9.subject = common_name(recipe.f9_name);
        f9.issuer = root.name;
        f9.spki = f9_key.spki();
        f9.extensions = recipe.f9_extensions;
        f9.break_signature = recipe.break_f9;
        CertificateSpec slot;
        slot.subject = common_name(recipe.slot_name);
        slot.issuer = common_name(recipe.issuer_name.value_or(recipe.f9_name));
        slot.spki = recipe.slot_key.spki();
        slot.extensions = recipe.slot_extensions;
        slot.not_after = recipe.slot_until;
        slot.break_signature = recipe.break_slot;
        evidence = {
            .format = "yubikey-piv",
            .members = {{.name = "chain",
                         .values = {make_certificate(
                                        slot, recipe.another_f9_signs ? make_ec_key() : f9_key),
                                    make_certificate(f9, root.key)},
                         .is_list = true}}};
        expected.spki = recipe.slot_key.spki();
        expected.challenge_password = recipe.challenge_password.value_or(to_base64(nonce));
    }
    std::vector<Bytes>& chain() { return evidence.members.front().values; }
};

TEST_F(YubikeyPiv, says_what_the_slots_certificate_says) {
    const Recipe recipe;
    make(recipe);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "yubikey-piv");
    EXPECT_EQ(claims.vendor, "yubico");
    EXPECT_EQ(claims.model, "USB-A keychain");
    EXPECT_EQ(claims.element_serial, SeSerial("1193046"));
    EXPECT_EQ(claims.public_key, recipe.slot_key.spki());
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.firmware, "5.4.3");
    EXPECT_EQ(claims.freshness, "csr");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(root.certificate));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"pin_policy", "once"}, {"slot", "9a"}, {"touch_policy", "never"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, f9_key.public_key().digest());
}

TEST_F(YubikeyPiv, says_that_nobody_asked_for_a_nonce) {
    make({});
    expected.nonce.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
}

TEST_F(YubikeyPiv, takes_what_the_first_units_with_attestation_leave_out) {
    Recipe recipe;
    recipe.slot_extensions = {yubico(3, {4, 3, 1}), yubico(8, {1, 1})};
    recipe.f9_extensions = {yubico(3, {4, 3, 1})};
    make(recipe);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.element_serial, std::nullopt);
    EXPECT_EQ(element->claims.model, std::nullopt);
}

TEST_F(YubikeyPiv, takes_intermediates_between_f9_and_the_root) {
    const TestAuthority upper = make_intermediate(root, "Yubico Attestation Intermediate A 1", 1);
    make({});
    CertificateSpec f9;
    f9.subject = common_name("Yubico PIV Attestation");
    f9.issuer = upper.name;
    f9.spki = f9_key.spki();
    f9.extensions = Recipe().f9_extensions;
    chain() = {chain().front(), make_certificate(f9, upper.key), upper.certificate,
               root.certificate};
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(YubikeyPiv, opens_a_challenge_with_no_members_and_answers_none) {
    const auto opening =
        family.open({.evidence = {.format = "yubikey-piv", .members = {}}}, {pin}, noon());
    ASSERT_TRUE(opening.has_value());
    EXPECT_TRUE(opening->answer.empty());
    make({});
    EXPECT_FALSE(family.open({.evidence = evidence}, {pin}, noon()).has_value());
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(Recipe&)> change;
};
class YubikeyPivRefuses : public YubikeyPiv, public ::testing::WithParamInterface<Wrong> {};

TEST_P(YubikeyPivRefuses, it_for_its_own_reason) {
    Recipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

std::function<void(Recipe&)> slot_extension(std::size_t at, Bytes value) {
    return [=](Recipe& r) { r.slot_extensions[at].value = value; };
}
std::function<void(Recipe&)> without_slot_extension(int at) {
    return [=](Recipe& r) { r.slot_extensions.erase(r.slot_extensions.begin() + at); };
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, YubikeyPivRefuses,
    ::testing::Values(
        Wrong{"another_f9_key", "slot: not signed by the key above it",
              [](Recipe& r) { r.another_f9_signs = true; }},
        Wrong{"slot_signature", "slot: not signed by the key above it",
              [](Recipe& r) { r.break_slot = true; }},
        Wrong{"f9_signature", "chain: ", [](Recipe& r) { r.break_f9 = true; }},
        Wrong{"f9_replaced_by_its_owner", "f9: not named",
              [](Recipe& r) { r.f9_name = "YubiKey PIV Attestation 9a"; }},
        Wrong{"f9_that_is_an_end_entitys", "f9: not an authority's",
              [](Recipe& r) {
                  r.f9_extensions = {yubico(3, {5, 4, 3}), basic_constraints(false)};
              }},
        Wrong{
            "f9_that_may_not_sign_certificates", "f9: not an authority's",
            [](Recipe& r) { r.f9_extensions.push_back(key_usage({KeyUsage::digital_signature})); }},
        Wrong{"another_issuer_name", "slot: issued under another name",
              [](Recipe& r) { r.issuer_name = "Yubico PIV Attestation B"; }},
        Wrong{"a_name_that_is_no_slots", "slot: not named",
              [](Recipe& r) { r.slot_name = "YubiKey PIV Attestation 9f"; }},
        Wrong{"the_attestation_slot_itself", "slot: not named",
              [](Recipe& r) { r.slot_name = "YubiKey PIV Attestation f9"; }},
        Wrong{"an_openpgp_attestation", "slot: not named",
              [](Recipe& r) { r.slot_name = "YubiKey OPGP Attestation SIG"; }},
        Wrong{"no_firmware", "slot: no firmware version", without_slot_extension(0)},
        Wrong{"firmware_of_two_octets", "slot: the firmware version", slot_extension(0, {5, 4})},
        Wrong{"firmware_before_attestation", "firmware: older", slot_extension(0, {4, 2, 8})},
        Wrong{"serial_that_is_no_integer", "slot: the serial",
              slot_extension(1, {0x04, 0x01, 0x01})},
        Wrong{"serial_with_more_behind", "slot: the serial",
              slot_extension(1, {0x02, 0x01, 0x01, 0x00})},
        Wrong{"negative_serial", "slot: the serial", slot_extension(1, {0x02, 0x01, 0x80})},
        Wrong{"no_policies", "slot: no PIN and touch policy", without_slot_extension(2)},
        Wrong{"unknown_pin_policy", "slot: an unknown PIN", slot_extension(2, {9, 1})},
        Wrong{"unknown_touch_policy", "slot: an unknown PIN", slot_extension(2, {1, 0})},
        Wrong{"form_factor_of_two_octets", "slot: the form factor", slot_extension(3, {1, 1})},
        Wrong{"an_authority", "slot: an authority",
              [](Recipe& r) { r.slot_extensions.push_back(basic_constraints(true)); }},
        Wrong{
            "unknown_critical_extension", "slot: unknown critical extension",
            [](Recipe& r) {
                r.slot_extensions.push_back({.oid = "1.2.3.4", .critical = true, .value = {5, 0}});
            }},
        Wrong{"expired_slot", "slot: not valid now",
              [](Recipe& r) { r.slot_until = instant("2025-01-01T00:00:00Z"); }},
        Wrong{"rsa_of_a_weak_firmware", "firmware: makes weak RSA keys",
              [](Recipe& r) {
                  r.slot_key = shared_rsa_key();
                  r.slot_extensions[0].value = {4, 3, 4};
              }},
        Wrong{"a_curve_that_is_not_taken",
              "key: ", [](Recipe& r) { r.slot_key = make_ec_key_on("P-224"); }},
        Wrong{"nonce_of_another_challenge", "nonce: the request's is not",
              [](Recipe& r) { r.challenge_password = to_base64(Bytes(32, 8)); }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(YubikeyPiv, refuses_a_request_that_carries_no_nonce) {
    make({});
    expected.challenge_password.reset();
    expect_refused("nonce: the format carries none");
}

TEST_F(YubikeyPiv, refuses_another_key_than_the_requests) {
    make({});
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(YubikeyPiv, refuses_a_chain_that_leads_to_another_vendors_root) {
    make({});
    pin.anchors.roots = {make_root("Yubico PIV Root CA Serial 263751").certificate};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(YubikeyPiv, refuses_what_an_attested_key_signed_as_if_it_were_f9) {
    // The slot's key makes a certificate of a key outside, and its own attestation is put above it.
    Recipe genuine;
    make(genuine);
    CertificateSpec forged;
    forged.subject = common_name("YubiKey PIV Attestation 9c");
    forged.issuer = common_name(genuine.slot_name);
    const TestKey outside = make_ec_key();
    forged.spki = outside.spki();
    forged.extensions = genuine.slot_extensions;
    chain().insert(chain().begin(), make_certificate(forged, genuine.slot_key));
    expected.spki = outside.spki();
    expect_refused("f9: not named");
}

TEST_F(YubikeyPiv, refuses_chains_that_are_too_short_and_too_long) {
    make({});
    const std::vector<Bytes> good = chain();
    chain() = {good[0]};
    expect_refused("member: chain has 1");
    chain() = {good[0], good[1], good[1], good[1], good[1], good[1]};
    expect_refused("member: chain has 6");
}

}  // namespace
}  // namespace hallmark
