// A device with the Open Profile for DICE and what it shows, for tests to change one thing of.
#pragma once

#include "station/simulator/soft_cbor.h"
#include "station/simulator/soft_dice.h"
#include "station/simulator/soft_open_dice.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark::testing {

class OpenDice : public FormatTest {
protected:
    OpenDice() : FormatTest("dice") { pin.anchors.roots = {device.root()}; }

    SoftOpenDice device;
    PkeyPtr leaf = soft_p256_key();

    void show(const std::string& member, std::vector<Bytes> chain) {
        evidence = {
            .format = "dice",
            .members = {{.name = member, .values = std::move(chain), .is_list = true},
                        {.name = "signature", .values = {SoftDice::answer(leaf.get(), nonce)}}}};
        expected.spki = spki_of(leaf.get());
    }
    void make_x509(const SoftOpenLayers& how = {}) {
        show("chain", device.x509_chain(spki_of(leaf.get()), how));
    }
    void make_cbor(const SoftOpenLayers& how = {}) {
        show("cbor_chain", device.cbor_chain(leaf.get(), how));
    }
    std::vector<Bytes>& chain() { return evidence.members.front().values; }

    void expect_good_claims() {
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        const Claims& claims = element->claims;
        EXPECT_EQ(claims.format, "dice");
        EXPECT_EQ(claims.vendor, "example");
        EXPECT_EQ(claims.model, std::nullopt);
        EXPECT_EQ(claims.element_serial, std::nullopt);
        EXPECT_EQ(claims.public_key, spki_of(leaf.get()));
        EXPECT_EQ(claims.origin, "derived");
        EXPECT_EQ(claims.exportable, false);
        EXPECT_EQ(claims.firmware, "2.1");
        EXPECT_EQ(claims.lifecycle, "production");
        EXPECT_EQ(claims.freshness, "nonce");
        EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
        EXPECT_EQ(claims.anchor, sha256(device.root()));
        const Bytes configuration =
            soft_cbor_map({{soft_cbor_number(-70002), soft_cbor_text("bl")},
                           {soft_cbor_number(-70003), soft_cbor_text("2.1")},
                           {soft_cbor_number(-70005), soft_cbor_number(9)}});
        std::vector<std::pair<std::string, std::string>> detail;
        for (const std::string layer : {"layer-0.", "layer-1."}) {
            detail.emplace_back(layer + "authority", to_hex(Bytes(64, 0xA0)));
            detail.emplace_back(layer + "code", to_hex(Bytes(64, 0xC0)));
            detail.emplace_back(layer + "configuration", to_hex(ByteView(sha256(configuration))));
            detail.emplace_back(layer + "component", "bl");
            detail.emplace_back(layer + "security-version", "9");
            detail.emplace_back(layer + "version", "2.1");
        }
        detail.emplace_back("profile", "open-dice");
        EXPECT_EQ(claims.detail, detail);
        EXPECT_EQ(element->element_key, sha256(spki_of(device.uds().get())));
    }
};

/// One thing wrong, and the detail that says so.
struct WrongOpenDice {
    std::string name;
    std::string detail;
    std::function<void(SoftOpenLayers&)> change;
};
inline constexpr auto wrongs_name = [](const ::testing::TestParamInfo<WrongOpenDice>& row) {
    return row.param.name;
};

inline std::function<void(SoftOpenLayers&)> leaf_mode(Bytes mode) {
    return [=](SoftOpenLayers& how) { how.leaf.mode = mode; };
}
inline constexpr const char* missing = "open-dice: a field is missing or malformed";

inline const std::vector<WrongOpenDice> wrong_in_both{
    WrongOpenDice{"not_configured", "mode: not configured", leaf_mode({0})},
    WrongOpenDice{"debug", "mode: debug", leaf_mode({2})},
    WrongOpenDice{"recovery", "mode: recovery", leaf_mode({3})},
    WrongOpenDice{"a_mode_that_is_none", "mode: not configured", leaf_mode({4})},
    WrongOpenDice{"debug_below", "mode: debug",
                  [](SoftOpenLayers& how) { how.first.mode = Bytes{2}; }},
    WrongOpenDice{"no_mode", missing, [](SoftOpenLayers& how) { how.leaf.mode.reset(); }},
    WrongOpenDice{"no_code_hash", missing, [](SoftOpenLayers& how) { how.leaf.code_hash.reset(); }},
    WrongOpenDice{"no_authority_hash", missing,
                  [](SoftOpenLayers& how) { how.leaf.authority_hash.reset(); }},
    WrongOpenDice{"short_code_hash", "open-dice: a hash of another length",
                  [](SoftOpenLayers& how) { how.leaf.code_hash = Bytes(20, 1); }},
    WrongOpenDice{"short_authority_hash", "open-dice: a hash of another length",
                  [](SoftOpenLayers& how) { how.leaf.authority_hash = Bytes(63, 1); }},
    WrongOpenDice{"short_configuration_hash", "open-dice: a hash of another length",
                  [](SoftOpenLayers& how) { how.leaf.configuration_hash = Bytes(1, 1); }},
    WrongOpenDice{"long_configuration", "open-dice: a longer descriptor than the limit",
                  [](SoftOpenLayers& how) { how.leaf.configuration = Bytes(4097, 1); }},
    WrongOpenDice{"a_profile_that_is_not_printable", missing,
                  [](SoftOpenLayers& how) { how.leaf.profile = "\x01"; }},
    WrongOpenDice{"nothing_measured", "layers: none is measured",
                  [](SoftOpenLayers& how) {
                      how.first.is_measured = how.leaf.is_measured = false;
                      how.leaf.key_usage = {0x01};
                  }},
    WrongOpenDice{"unmeasured_authority", "layers: the key is an authority's that nobody measured",
                  [](SoftOpenLayers& how) { how.leaf.is_measured = false; }},
    WrongOpenDice{"silent_layer_below", "device: the maker's authorities are not all pinned",
                  [](SoftOpenLayers& how) { how.first.is_measured = false; }},
};

inline std::function<void(SoftOpenLayers&)> leaf_is(Bytes value) {
    return [=](SoftOpenLayers& how) { how.leaf.instead = value; };
}

}  // namespace hallmark::testing
