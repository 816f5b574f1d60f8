// The Open Profile's layers in CBOR, with one thing wrong at a time.
#include "tests/unit/attestation/open_dice_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class OpenDiceCborRefuses : public OpenDice, public ::testing::WithParamInterface<WrongOpenDice> {};
TEST_P(OpenDiceCborRefuses, it_for_its_own_reason) {
    SoftOpenLayers how;
    GetParam().change(how);
    make_cbor(how);
    expect_refused(GetParam().detail);
}

std::function<void(SoftOpenLayers&)> leaf_with(Bytes label, Bytes value) {
    return [=](SoftOpenLayers& how) {
        how.leaf.more_claims = concat({label, value});
        how.leaf.more_pairs = 1;
    };
}
std::function<void(SoftOpenLayers&)> leaf_with(std::int64_t label, Bytes value) {
    return leaf_with(soft_cbor_number(label), std::move(value));
}

INSTANTIATE_TEST_SUITE_P(OneThingWrong, OpenDiceCborRefuses, ::testing::ValuesIn(wrong_in_both),
                         wrongs_name);
INSTANTIATE_TEST_SUITE_P(
    OneThingOfTheTokenWrong, OpenDiceCborRefuses,
    ::testing::Values(
        WrongOpenDice{"another_keys_signature",
                      "open-dice: a certificate is not signed by the next one's key",
                      [](SoftOpenLayers& how) { how.leaf.another_key_signs = true; }},
        WrongOpenDice{"another_keys_signature_below",
                      "open-dice: a certificate is not signed by the next one's key",
                      [](SoftOpenLayers& how) { how.first.another_key_signs = true; }},
        WrongOpenDice{"an_issuer_that_may_not_certify",
                      "open-dice: an issuer's key is not for certificates",
                      [](SoftOpenLayers& how) { how.first.key_usage = {0x01}; }},
        WrongOpenDice{"key_usage_from_the_other_end",
                      "open-dice: an issuer's key is not for certificates",
                      [](SoftOpenLayers& how) {
                          how.first.key_usage = {0x00, 0x20};
                      }},
        WrongOpenDice{"no_key_usage", "open-dice: the key usage is missing or malformed",
                      [](SoftOpenLayers& how) { how.leaf.key_usage = {}; }},
        WrongOpenDice{"mode_of_two_octets", missing, leaf_mode({1, 1})},
        WrongOpenDice{"unknown_number", "open-dice: an unknown claim",
                      leaf_with(-4670555, soft_cbor_number(1))},
        WrongOpenDice{"unknown_text", "open-dice: an unknown claim",
                      leaf_with(soft_cbor_text("mode"), soft_cbor_number(1))},
        WrongOpenDice{"a_claim_twice", "open-dice: the payload is no map",
                      leaf_with(-4670551, soft_cbor_bytes(Bytes{1}))},
        WrongOpenDice{"code_descriptor_that_is_text", missing,
                      leaf_with(-4670546, soft_cbor_text("a"))},
        WrongOpenDice{"authority_descriptor_that_is_a_number", missing,
                      leaf_with(-4670550, soft_cbor_number(1))},
        WrongOpenDice{"configuration_hash_that_is_text", missing,
                      leaf_with(-4670547, soft_cbor_text("a"))},
        WrongOpenDice{"profile_that_is_octets", missing,
                      leaf_with(-4670554, soft_cbor_bytes(Bytes{65}))},
        WrongOpenDice{"expired", "open-dice: a certificate has expired",
                      leaf_with(4, soft_cbor_number(1'700'000'000))},
        WrongOpenDice{"not_yet_valid", "open-dice: a certificate is not yet valid",
                      leaf_with(5, soft_cbor_number(2'000'000'000))},
        WrongOpenDice{"a_date_that_is_none", "open-dice: a date is malformed",
                      leaf_with(6, soft_cbor_text("now"))},
        WrongOpenDice{"a_negative_date", "open-dice: a date is malformed",
                      leaf_with(4, soft_cbor_number(-1))},
        WrongOpenDice{"no_map", "open-dice: the payload is no map", leaf_is(soft_cbor_number(1))},
        WrongOpenDice{"no_subject", "open-dice: issuer or subject is missing",
                      leaf_is(soft_cbor_map({{soft_cbor_number(1), soft_cbor_text("a")}}))},
        WrongOpenDice{"no_key", "open-dice: the key is no COSE_Key",
                      leaf_is(soft_cbor_map({{soft_cbor_number(1), soft_cbor_text("a")},
                                             {soft_cbor_number(2), soft_cbor_text("b")}}))}),
    wrongs_name);

}  // namespace
}  // namespace hallmark
