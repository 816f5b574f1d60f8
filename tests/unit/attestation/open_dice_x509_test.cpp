// The Open Profile's layers in X.509, with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/open_dice_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class OpenDiceX509Refuses : public OpenDice, public ::testing::WithParamInterface<WrongOpenDice> {};
TEST_P(OpenDiceX509Refuses, it_for_its_own_reason) {
    SoftOpenLayers how;
    GetParam().change(how);
    make_x509(how);
    expect_refused(GetParam().detail);
}

Bytes extension_of(std::initializer_list<ByteView> fields) {
    return der(tag::sequence, concat(fields));
}
Bytes octets_field(unsigned number) {
    return der(tag::context(number, true), der_octet_string(Bytes(64, 1)));
}
Bytes mode_field(Bytes mode) {
    return der(tag::context(6, true), std::move(mode));
}
const Bytes normal = der(tag::enumerated, Bytes{1});

INSTANTIATE_TEST_SUITE_P(OneThingWrong, OpenDiceX509Refuses, ::testing::ValuesIn(wrong_in_both),
                         wrongs_name);
INSTANTIATE_TEST_SUITE_P(
    OneThingOfTheExtensionWrong, OpenDiceX509Refuses,
    ::testing::Values(
        WrongOpenDice{"not_critical", "open-dice: the extension is not critical",
                      [](SoftOpenLayers& how) { how.leaf.critical = false; }},
        WrongOpenDice{"another_name", "open-dice: not named by the identifier of its key",
                      [](SoftOpenLayers& how) { how.leaf.named = "another"; }},
        WrongOpenDice{"another_name_below", "open-dice: not named by the identifier of its key",
                      [](SoftOpenLayers& how) { how.first.named = std::string(40, 'a'); }},
        WrongOpenDice{"another_keys_signature", "chain: no path to a pinned root (bad signature)",
                      [](SoftOpenLayers& how) { how.leaf.another_key_signs = true; }},
        WrongOpenDice{"another_keys_signature_below",
                      "chain: no path to a pinned root (bad signature)",
                      [](SoftOpenLayers& how) { how.first.another_key_signs = true; }},
        WrongOpenDice{"no_sequence", "open-dice: not exactly one DER SEQUENCE",
                      leaf_is(der_null())},
        WrongOpenDice{"trailing", "open-dice: not exactly one DER SEQUENCE",
                      leaf_is(concat({extension_of({octets_field(0), octets_field(3),
                                                    octets_field(4), mode_field(normal)}),
                                      Bytes{0}}))},
        WrongOpenDice{"empty", missing, leaf_is(extension_of({}))},
        WrongOpenDice{
            "implicit_tags", "open-dice: a field that is not known, or out of order",
            leaf_is(extension_of({der(tag::context(0, false), Bytes(64, 1)), octets_field(3),
                                  octets_field(4), mode_field(normal)}))},
        WrongOpenDice{"out_of_order", "open-dice: a field that is not known, or out of order",
                      leaf_is(extension_of({octets_field(0), octets_field(4), octets_field(3),
                                            mode_field(normal)}))},
        WrongOpenDice{"field_8", "open-dice: a field that is not known, or out of order",
                      leaf_is(extension_of({octets_field(0), octets_field(3), octets_field(4),
                                            mode_field(normal), octets_field(8)}))},
        WrongOpenDice{
            "two_in_a_field", missing,
            leaf_is(extension_of({der(tag::context(0, true),
                                      concat({der_octet_string(Bytes(64, 1)), der_null()})),
                                  octets_field(3), octets_field(4), mode_field(normal)}))},
        WrongOpenDice{
            "text_for_octets", missing,
            leaf_is(extension_of({der(tag::context(0, true), der_utf8(std::string(64, 'a'))),
                                  octets_field(3), octets_field(4), mode_field(normal)}))},
        WrongOpenDice{
            "no_configuration", missing,
            leaf_is(extension_of({octets_field(0), octets_field(4), mode_field(normal)}))},
        WrongOpenDice{"boolean_mode", missing,
                      leaf_is(extension_of({octets_field(0), octets_field(3), octets_field(4),
                                            mode_field(der_boolean(true))}))},
        WrongOpenDice{"negative_mode", missing, leaf_mode({0xFF})},
        WrongOpenDice{"integer_mode_debug", "mode: debug",
                      leaf_is(extension_of({octets_field(0), octets_field(3), octets_field(4),
                                            mode_field(der_integer(2))}))}),
    wrongs_name);

}  // namespace
}  // namespace hallmark
