// What a device with TCG's DICE proves, in all the forms that are taken.
#include "ca/attestation/dice.h"

#include "tests/unit/attestation/dice_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(Dice, says_what_its_layers_say) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "dice");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "DICE-1");
    EXPECT_EQ(claims.element_serial, SeSerial(to_hex(some_ueid)));
    EXPECT_EQ(claims.public_key, spki_of(alias.get()));
    EXPECT_EQ(claims.origin, "derived");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(claims.firmware, "1.4.2");
    EXPECT_EQ(claims.lifecycle, "production");
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    const std::string fwid = "sha-256:" + to_hex(Bytes(32, 0xA1));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"layer-0.fwid", fwid}, {"layer-0.layer", "0"},        {"layer-0.model", "DICE-1"},
        {"layer-0.svn", "7"},   {"layer-0.vendor", "Example"}, {"layer-0.version", "1.4.2"},
        {"layer-1.fwid", fwid}, {"layer-1.layer", "1"},        {"layer-1.model", "DICE-1"},
        {"layer-1.svn", "7"},   {"layer-1.vendor", "Example"}, {"layer-1.version", "1.4.2"},
        {"profile", "tcg"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, device_key());
}

TEST_F(Dice, speaks_for_its_firmware_by_svn_where_there_is_no_version) {
    SoftDiceLayers how;
    how.alias.version.reset();
    make(how);
    EXPECT_EQ(judge().value().claims.firmware, "7");
    how.alias.svn.reset();
    make(how);
    EXPECT_EQ(judge().value().claims.firmware, std::nullopt);
}

TEST_F(Dice, says_nothing_of_its_state_where_a_layer_does_not) {
    SoftDiceLayers how;
    how.first.flags.reset();
    make(how);
    EXPECT_EQ(judge().value().claims.lifecycle, std::nullopt);
}

TEST_F(Dice, claims_no_flag_outside_the_mask) {
    SoftDiceLayers how;
    how.alias.flags = Bytes{4, 0x10};       // debug
    how.alias.flags_mask = Bytes{5, 0xE0};  // notConfigured, notSecure, recovery
    make(how);
    ASSERT_TRUE(judge().has_value()) << judge().error().detail;
    EXPECT_EQ(judge()->claims.lifecycle, std::nullopt);
    how.alias.flags = Bytes{0};
    how.alias.flags_mask = Bytes{4, 0xF0};
    make(how);
    EXPECT_EQ(judge().value().claims.lifecycle, "production");
}

TEST_F(Dice, takes_several_targets_in_one_layer_and_lets_none_speak_for_all) {
    SoftDiceLayers how;
    SoftTcbInfo second;
    second.version = "9";
    second.digest.reset();
    how.alias_says = soft_tcb_info_extension({how.alias, second});
    make(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.firmware, std::nullopt);
    EXPECT_EQ(element->claims.model, "DICE-1");
    const std::pair<std::string, std::string> stated{"layer-1.tcb-1.version", "9"};
    EXPECT_NE(std::find(element->claims.detail.begin(), element->claims.detail.end(), stated),
              element->claims.detail.end());
}

TEST_F(Dice, knows_a_device_whose_certificate_says_nothing_by_its_place) {
    const PkeyPtr key = soft_p256_key();
    const SoftDice other(private_from_der(private_der(key.get())),
                         maker.certify(spki_of(key.get()), {}));
    show(other.chain(spki_of(alias.get())));
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(spki_of(key.get())));
    EXPECT_EQ(element->claims.element_serial, std::nullopt);
}

TEST_F(Dice, knows_a_device_below_an_authority_that_is_pinned_as_well) {
    const SoftDiceMaker branch = maker.branch();
    const SoftDice below(branch, some_ueid);
    show(below.chain(spki_of(alias.get())));
    chain().push_back(branch.root());
    expect_refused("device: the maker's authorities are not all pinned");
    pin.anchors.intermediates = {branch.root()};
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(spki_of(below.device_id().get())));
}

TEST_F(Dice, vouches_less_for_a_key_that_a_layer_certified_of_itself) {
    SoftDiceLayers how;
    how.alias_says = Bytes();
    make(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.assurance, Assurance::hw_identity_only);
    EXPECT_EQ(element->claims.exportable, std::nullopt);
    EXPECT_EQ(element->claims.origin, "derived");
    EXPECT_EQ(element->element_key, device_key());
}

TEST_F(Dice, is_not_asked_to_sign_where_nobody_asked_for_a_nonce) {
    make();
    evidence.members.pop_back();
    expect_refused("signature: none over the nonce");
    expected.nonce.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
}

TEST_F(Dice, of_riots_making_is_taken_of_the_makers_alone_who_are_named_for_it) {
    const DiceVerifier riot(chains, {VendorId("example")});
    SoftDiceLayers how;
    const Bytes digest(32, 0xB2);
    how.first_says = soft_riot_extension(spki_of(device.device_id().get()), digest);
    how.alias_says = soft_riot_extension(spki_of(device.first_layer().get()), digest);
    make(how);
    expect_refused("tcb-info: a field that is not known");
    const auto element = riot.verify(evidence, pin, expected, noon());
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.lifecycle, std::nullopt);
    EXPECT_EQ(element->claims.firmware, std::nullopt);
    EXPECT_EQ(element->element_key, device_key());
    const std::vector<std::pair<std::string, std::string>> detail{
        {"layer-0.fwid", "sha-256:" + to_hex(digest)},
        {"layer-1.fwid", "sha-256:" + to_hex(digest)},
        {"profile", "riot"}};
    EXPECT_EQ(element->claims.detail, detail);

    how.alias_says = soft_riot_extension(spki_of(device.device_id().get()), digest);
    make(how);
    EXPECT_EQ(riot.verify(evidence, pin, expected, noon()).error().detail,
              "layers: another key is named as the one below");
    make();
    EXPECT_EQ(riot.verify(evidence, pin, expected, noon()).error().detail,
              "tcb-info: not RIoT's, version 1");
}

}  // namespace
}  // namespace hallmark
