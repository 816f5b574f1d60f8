// What an ATECC608 says of a key in it, good and with one thing wrong at a time.
#include "ca/attestation/microchip.h"

#include "tests/unit/attestation/microchip_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

using Microchip = MicrochipTest;

TEST_F(Microchip, says_where_the_key_lives) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "microchip-atecc608");
    EXPECT_EQ(claims.vendor, "microchip");
    EXPECT_EQ(claims.model, std::nullopt);
    EXPECT_EQ(claims.element_serial, SeSerial("0123A1B2C3D4E5F601"));
    EXPECT_EQ(claims.public_key, spki_of(leaf.get()));
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(claims.firmware, std::nullopt);
    EXPECT_EQ(claims.lifecycle, std::nullopt);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"profile", "trustflex"}, {"slot", "2"}, {"slot_locked", "yes"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, sha256(spki_of(attestation_key.get())));
}

TEST_F(Microchip, takes_the_primary_key_which_cannot_change_and_needs_no_lock) {
    make({.telling = {.slot = 0, .slot_config = 0x0085, .key_config = 0x0053, .is_locked = false}});
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail[1].second, "0");
    EXPECT_EQ(element->claims.detail[2].second, "no");
}

TEST_F(Microchip, takes_either_random_mode_of_nonce) {
    make({.telling = {.nonce_mode = 0x01}});
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(Microchip, binds_the_first_twenty_octets_of_the_nonce) {
    make();
    expected.nonce->at(31) = 9;
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
    expected.nonce->at(19) = 9;
    expect_refused("nonce: not the one that was asked for");
}

TEST_F(Microchip, says_that_nobody_asked_for_a_nonce) {
    make();
    expected.nonce.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
}

/// Slot 0 of a TNG part: its key signs what it is given, so that all of this could be its holder's
/// own words.
TEST_F(Microchip, takes_a_certificate_of_no_attestation_slot_for_the_element_and_not_for_the_key) {
    for (const SoftDeviceCertificate& how :
         {SoftDeviceCertificate{.after = ""},
          SoftDeviceCertificate{.before = "", .after = " ATECC"}}) {
        make({.certificate = how});
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        const Claims& claims = element->claims;
        EXPECT_EQ(claims.assurance, Assurance::hw_identity_only);
        EXPECT_EQ(claims.element_serial, SeSerial("0123A1B2C3D4E5F601"));
        EXPECT_EQ(claims.origin, "");
        EXPECT_EQ(claims.exportable, std::nullopt);
        EXPECT_TRUE(claims.usage.empty());
        EXPECT_TRUE(claims.detail.empty());
        EXPECT_EQ(claims.freshness, "nonce");
        EXPECT_EQ(element->element_key, sha256(spki_of(attestation_key.get())));
    }
}

TEST_F(Microchip, believes_a_part_under_a_profile_of_ones_own_and_no_more_than_that_says) {
    AteccProfile own{.name = "gateway",
                     .certificate_suffix = " attestation",
                     .compressed_template = 5,
                     .attestation_slot = 7,
                     .is_internal_only = true,
                     .attested = {{.number = 3, .slot_config = 0x0081, .key_config = 0x0033}}};
    make({.telling = {.slot = 3, .signing_slot = 7, .slot_config = 0x0081, .key_config = 0x0033},
          .certificate = {.after = " attestation"}});
    const auto assurance = [&] {
        const auto element =
            MicrochipVerifier(chains, {own}).verify(evidence, pin, expected, noon());
        EXPECT_TRUE(element.has_value()) << element.error().detail;
        return element.has_value() ? element->claims.assurance : Assurance::platform_only;
    };
    EXPECT_EQ(assurance(), Assurance::hw_key_attested);
    own.is_internal_only = false;
    EXPECT_EQ(assurance(), Assurance::hw_identity_only);
    const auto unknown = MicrochipVerifier(chains).verify(evidence, pin, expected, noon());
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().detail,
              "certificate: not named after a serial number and a known slot");
}

TEST_F(Microchip, takes_no_profile_that_speaks_of_the_device_key) {
    // Were it to stand there, slot 0's certificates would speak for slot 1.
    AteccProfile loose = known_profiles().front();
    for (const std::string suffix : {"", " ATECC"}) {
        loose.certificate_suffix = suffix;
        make({.certificate = {.after = suffix}});
        const auto element =
            MicrochipVerifier(chains, {loose}).verify(evidence, pin, expected, noon());
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.assurance, Assurance::hw_identity_only);
    }
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(AteccRecipe&)> change;
};
class MicrochipRefuses : public Microchip, public ::testing::WithParamInterface<Wrong> {};

TEST_P(MicrochipRefuses, it_for_its_own_reason) {
    AteccRecipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

constexpr auto named = [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; };

std::function<void(AteccRecipe&)> genkey_octet(std::size_t at, unsigned char value) {
    return [=](AteccRecipe& r) { r.telling.genkey_octets[at] = value; };
}
std::function<void(AteccRecipe&)> sign_octet(std::size_t at, unsigned char value) {
    return [=](AteccRecipe& r) { r.telling.sign_octets[at] = value; };
}
/// Where what stands there is drawn anew each time: a whole run, so that it is surely another.
std::map<std::size_t, unsigned char> run_of(std::size_t from, std::size_t to, unsigned char value) {
    std::map<std::size_t, unsigned char> octets;
    for (std::size_t at = from; at < to; ++at)
        octets[at] = value;
    return octets;
}
/// As slot 2 is configured, but for these bits.
std::function<void(AteccRecipe&)> slot_bits(std::uint16_t clear, std::uint16_t set) {
    return [=](AteccRecipe& r) {
        r.telling.slot_config = static_cast<std::uint16_t>((0x2085 & ~clear) | set);
    };
}
std::function<void(AteccRecipe&)> key_config(std::uint16_t value) {
    return [=](AteccRecipe& r) { r.telling.key_config = value; };
}

INSTANTIATE_TEST_SUITE_P(
    ANonce, MicrochipRefuses,
    ::testing::Values(Wrong{"that_the_host_gave", "nonce: not the one",
                            [](AteccRecipe& r) { r.telling.gives_nonce = true; }},
                      Wrong{"of_another_mode", "nonce: not the one",
                            [](AteccRecipe& r) { r.telling.nonce_mode = 0x02; }},
                      Wrong{"of_a_part_that_is_not_configured",
                            "nonce: of a part whose configuration",
                            [](AteccRecipe& r) { r.telling.is_unconfigured = true; }},
                      Wrong{"of_nobodys", "nonce: not the one",
                            [](AteccRecipe& r) { r.telling.genkey_octets = run_of(0, 32, 0x00); }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    AGenkeyMessage, MicrochipRefuses,
    ::testing::Values(
        Wrong{"of_another_command", "genkey: not GenKey's opcode", genkey_octet(32, 0x15)},
        Wrong{"that_made_the_key_in_one_breath", "genkey: not a digest of a private key's",
              [](AteccRecipe& r) { r.telling.genkey_mode = 0x0C; }},
        Wrong{"of_a_stored_public_key", "genkey: not a digest of a private key's",
              [](AteccRecipe& r) { r.telling.genkey_mode = 0x10; }},
        Wrong{"of_a_slot_that_there_is_not", "genkey: no slot",
              [](AteccRecipe& r) { r.telling.slot = 16; }},
        Wrong{"of_a_slot_with_a_second_octet", "genkey: no slot", genkey_octet(35, 0x01)},
        Wrong{"with_another_end_of_the_serial", "genkey: another serial", genkey_octet(36, 0xEE)},
        Wrong{"with_another_start_of_the_serial", "genkey: another serial", genkey_octet(37, 0x02)},
        Wrong{"with_another_second_of_the_serial", "genkey: another serial",
              genkey_octet(38, 0x24)},
        Wrong{"with_a_first_zero_that_is_none", "genkey: an octet that is zero",
              genkey_octet(39, 1)},
        Wrong{"with_a_last_zero_that_is_none", "genkey: an octet that is zero",
              genkey_octet(63, 1)},
        Wrong{"of_a_point_off_the_curve",
              "key: ", [](AteccRecipe& r) { r.telling.genkey_octets = run_of(64, 128, 0xFF); }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    ASignedMessage, MicrochipRefuses,
    ::testing::Values(
        Wrong{"over_another_genkey", "sign_internal: not over this GenKey",
              [](AteccRecipe& r) { r.telling.sign_octets = run_of(0, 32, 0x00); }},
        Wrong{"of_another_command", "sign_internal: not Sign's opcode", sign_octet(32, 0x40)},
        Wrong{"with_three_octets_of_the_serial", "sign_internal: not internal with the full",
              [](AteccRecipe& r) {
                  r.telling.sign_mode = 0x00;
                  r.telling.whole_serial = false;
              }},
        Wrong{"of_an_external_signature", "sign_internal: not internal", sign_octet(33, 0xC0)},
        Wrong{"from_the_digest_buffer", "sign_internal: not internal", sign_octet(33, 0x60)},
        Wrong{"by_a_slot_that_there_is_not", "sign_internal: no slot", sign_octet(34, 0x11)},
        Wrong{"by_a_slot_with_a_second_octet", "sign_internal: no slot", sign_octet(35, 0x01)},
        Wrong{"over_a_given_nonce", "sign_internal: over a nonce that was given",
              sign_octet(40, 0x52)},
        Wrong{"over_gendig", "sign_internal: over what GenDig made", sign_octet(40, 0x62)},
        Wrong{"without_genkey", "sign_internal: not over what GenKey made", sign_octet(40, 0x02)},
        Wrong{"without_mac", "sign_internal: over what no MAC", sign_octet(40, 0xC2)},
        Wrong{"of_another_slot", "sign_internal: over another slot", sign_octet(40, 0x43)},
        Wrong{"with_a_use_flag", "sign_internal: an octet that is zero", sign_octet(41, 0xFF)},
        Wrong{"with_an_update_count", "sign_internal: an octet that is zero", sign_octet(42, 0x01)},
        Wrong{"with_a_lock_that_is_neither", "sign_internal: neither locked", sign_octet(52, 0x02)},
        Wrong{"to_invalidate", "sign_internal: made to invalidate", sign_octet(53, 0x01)},
        Wrong{"with_something_behind", "sign_internal: an octet that is zero", sign_octet(54, 1)},
        Wrong{"by_another_key", "signature: not by the certified key",
              [](AteccRecipe& r) { r.telling.another_key_signs = true; }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    ASlot, MicrochipRefuses,
    ::testing::Values(
        Wrong{"that_attests_itself", "slot: attests itself",
              [](AteccRecipe& r) { r.telling.slot = 1; }},
        Wrong{"of_a_public_key", "slot: holds no private key", key_config(0x0072)},
        Wrong{"of_a_symmetric_key", "slot: not for a P-256 key", key_config(0x007F)},
        Wrong{"that_can_be_read", "slot: can be read", slot_bits(0x0080, 0)},
        Wrong{"that_can_be_read_encrypted", "slot: can be read", slot_bits(0, 0x0040)},
        Wrong{"that_signs_nothing_but_its_state", "slot: signs no messages", slot_bits(0x0005, 2)},
        Wrong{"that_takes_imports", "slot: takes keys from outside", slot_bits(0, 0x4000)},
        Wrong{"that_is_not_locked", "slot: not locked",
              [](AteccRecipe& r) { r.telling.is_locked = false; }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    AProfile, MicrochipRefuses,
    ::testing::Values(Wrong{"another_slot_signs", "profile: signed by another slot",
                            [](AteccRecipe& r) { r.telling.signing_slot = 0; }},
                      Wrong{"a_slot_without_a_place_in_it", "profile: this part keeps no such key",
                            [](AteccRecipe& r) { r.telling.slot = 5; }},
                      Wrong{"another_slot_config", "profile: the slot is configured otherwise",
                            slot_bits(0x0004, 0)},
                      Wrong{"another_key_config", "profile: the slot is configured otherwise",
                            key_config(0x0033)}),
    named);

/// The key is somebody's own, written into a slot for public keys, and its digest was taken in mode
/// 10, whose caller chooses what GenKey's message says of mode and slot.
TEST_F(Microchip, refuses_a_foreign_key_that_was_stored_as_a_public_one) {
    AteccRecipe foreign;
    foreign.telling.public_key_slot = 14;
    foreign.telling.slot_config = 0x1F0D;
    foreign.telling.key_config = 0x0012;
    make(foreign);
    expect_refused("sign_internal: over another slot than GenKey's message names");
    foreign.telling.slot = 14;  // Now both say so, and the slot's configuration gives it away.
    make(foreign);
    expect_refused("slot: holds no private key");
}

TEST_F(Microchip, refuses_the_certified_key_itself_under_another_slots_name) {
    EVP_PKEY_up_ref(attestation_key.get());
    leaf = PkeyPtr(attestation_key.get());
    expected.spki = spki_of(leaf.get());
    make();
    expect_refused("key: the certified key itself");
}

TEST_F(Microchip, refuses_another_key_and_another_nonce) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
    expected.spki = spki_of(leaf.get());
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one that was asked for");
    for (const std::size_t size : {0, 19}) {
        expected.nonce = Bytes(size, 7);
        expect_refused("nonce: none was asked for");
    }
}

}  // namespace
}  // namespace hallmark
