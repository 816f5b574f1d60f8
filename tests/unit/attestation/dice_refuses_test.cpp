// A device with TCG's DICE, with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/dice_scene.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftDiceLayers&)> change;
};
class DiceRefuses : public Dice, public ::testing::WithParamInterface<Wrong> {};

TEST_P(DiceRefuses, it_for_its_own_reason) {
    SoftDiceLayers how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

/// A flag of the first layer or the alias': bit n, first octet.
std::function<void(SoftDiceLayers&)> alias_flags(Bytes content) {
    return [=](SoftDiceLayers& how) { how.alias.flags = content; };
}
Bytes unknown_critical() {
    return soft_extension("2.23.133.5.4.99", true, der_null());
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, DiceRefuses,
    ::testing::Values(
        Wrong{"not_configured", "flags: notConfigured", alias_flags({7, 0x80})},
        Wrong{"not_secure", "flags: notSecure", alias_flags({6, 0x40})},
        Wrong{"recovery", "flags: recovery", alias_flags({5, 0x20})},
        Wrong{"debug", "flags: debug", alias_flags({4, 0x10})},
        Wrong{"debug_of_a_fixed_width", "flags: debug", alias_flags({0, 0x10, 0, 0, 1})},
        Wrong{"debug_below", "flags: debug",
              [](SoftDiceLayers& how) {
                  how.first.flags = Bytes{4, 0x10};
              }},
        Wrong{"debug_of_one_target_of_two", "flags: debug",
              [](SoftDiceLayers& how) {
                  SoftTcbInfo second;
                  second.flags = Bytes{4, 0x10};
                  how.alias_says = soft_tcb_info_extension({how.alias, second});
              }},
        Wrong{"debug_that_the_mask_claims", "flags: debug",
              [](SoftDiceLayers& how) {
                  how.alias.flags = Bytes{4, 0x10};
                  how.alias.flags_mask = Bytes{4, 0x10};
              }},
        Wrong{"not_replay_protected", "flags: notReplayProtected", alias_flags({3, 0x08})},
        Wrong{"not_integrity_protected", "flags: notIntegrityProtected", alias_flags({2, 0x04})},
        Wrong{"not_runtime_measured", "flags: notRuntimeMeasured", alias_flags({1, 0x02})},
        Wrong{"not_immutable", "flags: notImmutable", alias_flags({0, 0x01})},
        Wrong{"not_tcb", "flags: notTcb", alias_flags({7, 0, 0x80})},
        Wrong{"unknown_flag", "flags: one that is not known", alias_flags({6, 0, 0x40})},
        Wrong{"mask_without_flags", "flags: a mask without flags",
              [](SoftDiceLayers& how) {
                  how.alias.flags.reset();
                  how.alias.flags_mask = Bytes{4, 0xF0};
              }},
        Wrong{"no_measurement", "layers: one without a measurement",
              [](SoftDiceLayers& how) { how.alias.digest.reset(); }},
        Wrong{"digest_of_another_length", "tcb-info: a digest is malformed",
              [](SoftDiceLayers& how) { how.alias.digest = Bytes(31, 1); }},
        Wrong{"silent_layer_below", "layers: one says nothing",
              [](SoftDiceLayers& how) { how.first_says = Bytes(); }},
        Wrong{"nothing_but_a_ueid", "layers: none is measured",
              [](SoftDiceLayers& how) {
                  how.first_says = soft_ueid_extension(some_ueid);
                  how.alias_says = soft_ueid_extension(some_ueid);
              }},
        Wrong{"measured_twice", "layers: a certificate measures twice",
              [](SoftDiceLayers& how) {
                  how.alias_says = concat({soft_tcb_info_extension({how.alias}),
                                           soft_tcb_info_extension({how.alias, how.alias})});
              }},
        Wrong{"of_riots_looks", "tcb-info: a field that is not known",
              [](SoftDiceLayers& how) {
                  how.alias_says =
                      soft_riot_extension(how.first_says.value_or(Bytes{0x30, 0}), Bytes(32, 1));
              }},
        Wrong{"another_ueid_above", "ueid: two of them",
              [](SoftDiceLayers& how) {
                  how.alias_says = concat(
                      {soft_tcb_info_extension({how.alias}), soft_ueid_extension(Bytes(17, 1))});
              }},
        Wrong{"an_empty_ueid", "tcb-info: the UEID is malformed",
              [](SoftDiceLayers& how) {
                  how.alias_says =
                      concat({soft_tcb_info_extension({how.alias}), soft_ueid_extension({})});
              }},
        Wrong{
            "unknown_critical_extension", "chain: unknown critical extension 2.23.133.5.4.99",
            [](SoftDiceLayers& how) {
                how.alias_says = concat({soft_tcb_info_extension({how.alias}), unknown_critical()});
            }},
        Wrong{
            "unknown_critical_extension_below", "chain: unknown critical extension",
            [](SoftDiceLayers& how) {
                how.first_says = concat({soft_tcb_info_extension({how.first}), unknown_critical()});
            }},
        Wrong{"alias_for_key_agreement", "layers: the attested key is not for signatures",
              [](SoftDiceLayers& how) { how.alias_usage = 4; }},
        Wrong{"unmeasured_authority", "layers: the key is an authority's that nobody measured",
              [](SoftDiceLayers& how) {
                  how.alias_says = Bytes();
                  how.alias_is_authority = true;
                  how.alias_usage = 5;
              }},
        Wrong{"alias_that_another_key_certified", "chain: no path to a pinned root (bad signature)",
              [](SoftDiceLayers& how) { how.another_key_signs = true; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(Dice, refuses_another_nonce_and_another_key) {
    make();
    expected.nonce = Bytes(32, 8);
    expect_refused("signature: not by the attested key over this nonce");
    expected.nonce = Bytes();
    expect_refused("nonce: none was asked for");
    expected.nonce = nonce;
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(Dice, refuses_a_signature_by_another_key_over_other_octets_and_in_another_form) {
    make();
    const Bytes good = signature();
    signature() = SoftDice::answer(device.device_id().get(), nonce);
    expect_refused("signature: not by the attested key");
    signature() = sign_sha256(alias.get(), nonce);
    expect_refused("signature: not by the attested key");
    signature() = *ecdsa_raw_from_der(good, 32);
    expect_refused("signature: not by the attested key");
    signature() = concat({good, Bytes{0}});
    expect_refused("signature: not by the attested key");
    signature() = good;
    EXPECT_TRUE(judge().has_value());
}

TEST_F(Dice, refuses_another_makers_root) {
    make();
    pin.anchors.roots = {SoftDiceMaker().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Dice, refuses_layers_of_another_device_below_its_alias) {
    const SoftDice other(maker, Bytes(17, 2));
    make();
    chain() = {chain()[0], other.chain(spki_of(alias.get()))[1], other.certificate()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Dice, refuses_a_key_that_its_alias_certified) {
    // An end entity's certificate cannot stand above another one, whatever that one says.
    make();
    const PkeyPtr outside = soft_p256_key();
    const auto genuine = parse_certificate(chain().front());
    ASSERT_TRUE(genuine.has_value());
    std::vector<Bytes> forged = chain();
    forged.insert(
        forged.begin(),
        soft_certificate({.issuer = genuine->subject,
                          .subject = soft_name("Example alias 2"),
                          .spki = spki_of(outside.get()),
                          .extensions = concat({soft_authority_key_identifier(spki_of(alias.get())),
                                                soft_tcb_info_extension({SoftTcbInfo()})}),
                          .not_before = genuine->not_before,
                          .not_after = genuine->not_after},
                         alias.get()));
    show(forged);
    expected.spki = spki_of(outside.get());
    expect_refused("chain: not a CA (issuer)");
}

TEST_F(Dice, refuses_its_devices_own_key_as_the_attested_one) {
    const Bytes says = soft_tcb_info_extension({SoftTcbInfo()});
    show({maker.certify(spki_of(alias.get()), says)});
    expect_refused("device: its own key is the attested one");
}

TEST_F(Dice, refuses_a_pin_that_holds_a_layer_of_the_device) {
    make();
    pin.anchors.intermediates = {chain()[1]};
    expect_refused("device: a pinned authority speaks of it");
}

TEST_F(Dice, refuses_chains_without_a_layer) {
    show({maker.branch().root()});
    expect_refused("layers: none is measured");
}

TEST_F(Dice, refuses_other_members_and_the_lack_of_them) {
    make();
    const Evidence good = evidence;
    evidence.members.push_back({.name = "cbor_chain", .values = {Bytes{0x80}}, .is_list = true});
    expect_refused("member: both chain and cbor_chain");
    evidence.members = {good.members.back()};
    expect_refused("member: missing: chain");
    evidence = good;
    evidence.members.push_back({.name = "statement", .values = {Bytes{1}}});
    expect_refused("member: unknown: statement");
    evidence = good;
    evidence.members.push_back(good.members.back());
    expect_refused("member: twice: signature");
    evidence = good;
    evidence.members.front().is_list = false;
    expect_refused("member: in another form: chain");
}

}  // namespace
}  // namespace hallmark
