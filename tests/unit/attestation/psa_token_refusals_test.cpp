// Tokens of the PSA with one thing wrong at a time.
#include "station/simulator/soft_cbor.h"
#include "tests/unit/attestation/psa_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

Bytes number(std::int64_t value) {
    return soft_cbor_number(value);
}
Bytes octets(std::size_t count, unsigned char first = 1) {
    Bytes all(count, 9);
    if (count > 0) all[0] = first;
    return soft_cbor_bytes(all);
}
Bytes text(std::string_view value) {
    return soft_cbor_text(value);
}
Bytes component(std::vector<std::pair<std::int64_t, Bytes>> attributes) {
    std::vector<std::pair<Bytes, Bytes>> pairs;
    for (const auto& [key, value] : attributes)
        pairs.emplace_back(number(key), value);
    return soft_cbor_map(pairs);
}
SoftReport instead(std::int64_t key, Bytes value) {
    return {.instead = {{key, std::move(value)}}};
}
SoftReport without(std::int64_t key) {
    return {.instead = {{key, {}}}};
}
SoftReport more(std::int64_t key, Bytes value) {
    return {.more = {{key, std::move(value)}}};
}
SoftReport enveloped(const std::function<void(SoftEnvelope&)>& change) {
    SoftReport how;
    change(how.envelope);
    return how;
}
SoftReport software(std::vector<Bytes> list) {
    return instead(2399, soft_cbor_array(list));
}

struct WrongPsa {
    std::string name;
    std::string detail;
    SoftReport how;
    SoftPsaForm form = SoftPsaForm::tfm;
};
class PsaTokenRefuses : public PsaTest, public ::testing::WithParamInterface<WrongPsa> {};

TEST_P(PsaTokenRefuses, it_for_its_own_reason) {
    platform = SoftPsaPlatform(maker, GetParam().form);
    make();
    ASSERT_TRUE(judge().has_value()) << "good until then";
    make(GetParam().how);
    expect_refused(GetParam().detail);
}

constexpr auto named = [](const ::testing::TestParamInfo<WrongPsa>& row) { return row.param.name; };
const auto iot_1 = SoftPsaForm::iot_profile_1;
const auto draft = SoftPsaForm::psa_2_0_0;

INSTANTIATE_TEST_SUITE_P(
    Envelope, PsaTokenRefuses,
    ::testing::Values(
        WrongPsa{"untagged", "cose: not tagged as COSE_Sign1",
                 enveloped([](SoftEnvelope& e) { e.tag.reset(); })},
        WrongPsa{"mac", "cose: another tag than this format's",
                 enveloped([](SoftEnvelope& e) { e.tag = 17; })},
        WrongPsa{"algorithm_unprotected", "cose: no algorithm in the protected header",
                 enveloped([](SoftEnvelope& e) { e.is_algorithm_protected = false; })},
        WrongPsa{"algorithm_of_another_curve", "signature: its algorithm is not the key's",
                 enveloped([](SoftEnvelope& e) { e.algorithm = -35; })},
        WrongPsa{"algorithm_not_taken", "cose: algorithm not taken",
                 enveloped([](SoftEnvelope& e) { e.algorithm = 5; })},
        WrongPsa{"critical_header", "cose: crit is not taken",
                 enveloped([](SoftEnvelope& e) { e.has_critical = true; })},
        WrongPsa{"unknown_hint", "cose: an unprotected parameter that is not taken",
                 enveloped([](SoftEnvelope& e) { e.has_unknown_hint = true; })},
        WrongPsa{"detached", "cose: the payload is detached",
                 enveloped([](SoftEnvelope& e) { e.is_detached = true; })},
        WrongPsa{"signature_in_der", "signature: not r and s of the curve's length",
                 enveloped([](SoftEnvelope& e) { e.is_signature_der = true; })},
        WrongPsa{"another_keys_signature", "signature: not by this key",
                 enveloped([](SoftEnvelope& e) { e.another_key_signs = true; })},
        WrongPsa{"another_payload_signed", "signature: not by this key",
                 enveloped([](SoftEnvelope& e) { e.payload_signed = Bytes{0xA0}; })},
        WrongPsa{"octets_behind", "cose: not one CBOR item",
                 enveloped([](SoftEnvelope& e) { e.behind = {0}; })},
        WrongPsa{"octets_behind_the_claims", "claims: not one CBOR map", {.behind_claims = {0}}}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Profile, PsaTokenRefuses,
    ::testing::Values(
        WrongPsa{"not_stated", "claims: no profile", without(265)},
        WrongPsa{"old_not_stated", "claims: no profile", without(-75000), iot_1},
        WrongPsa{"another", "profile: not taken",
                 instead(265, text("tag:psacertified.org,2023:psa#aes-mac"))},
        WrongPsa{"of_the_realm", "profile: not taken",
                 instead(265, text("tag:arm.com,2023:cca_platform#1.0.0"))},
        WrongPsa{"an_oid", "claims: profile in another form", instead(265, octets(5))},
        WrongPsa{"security_configuration", "profile: not taken", instead(-75000, text("SILABS_1")),
                 iot_1},
        WrongPsa{"old_name_with_new_claims", "profile: not taken",
                 instead(265, text("PSA_IOT_PROFILE_1"))},
        WrongPsa{"new_name_with_old_claims", "profile: not taken",
                 instead(-75000, text("tag:psacertified.org,2023:psa#tfm")), iot_1},
        WrongPsa{"both_stated", "profile: claims of two profiles",
                 more(-75000, text("PSA_IOT_PROFILE_1"))},
        WrongPsa{"old_nonce_as_well", "profile: claims of two profiles", more(-75008, octets(32))},
        WrongPsa{"new_nonce_as_well", "profile: claims of two profiles", more(10, octets(32)),
                 iot_1},
        WrongPsa{"new_boot_seed_in_old", "profile: claims of two profiles", more(2397, octets(32)),
                 iot_1}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Claims, PsaTokenRefuses,
    ::testing::Values(
        WrongPsa{"nonce_missing", "claims: no nonce", without(10)},
        WrongPsa{"nonce_empty", "claims: nonce in another form", instead(10, octets(0))},
        WrongPsa{"nonce_short", "claims: nonce in another form", instead(10, octets(31))},
        WrongPsa{"nonce_of_33", "claims: nonce in another form", instead(10, octets(33))},
        WrongPsa{"nonce_in_a_list", "claims: nonce in another form",
                 instead(10, soft_cbor_array({octets(32), octets(32)}))},
        WrongPsa{"nonce_of_another", "nonce: not the one that was asked for",
                 instead(10, octets(32))},
        WrongPsa{"nonce_with_more_behind", "nonce: not the one that was asked for",
                 instead(10, soft_cbor_bytes(Bytes(48, 7)))},
        WrongPsa{"old_nonce_missing", "claims: no nonce", without(-75008), iot_1},
        WrongPsa{"claim_twice", "claims: not one CBOR map", more(2395, number(0x3000))},
        WrongPsa{"client_missing", "claims: no client id", without(2394)},
        WrongPsa{"client_in_text", "claims: client id in another form", instead(2394, text("3"))},
        WrongPsa{"client_zero", "client: not of the secure side", instead(2394, number(0))},
        WrongPsa{"client_of_applications", "client: not of the secure side",
                 instead(2394, number(-3))},
        WrongPsa{"client_beyond", "client: not of the secure side",
                 instead(2394, number(0x80000000))},
        WrongPsa{"lifecycle_missing", "claims: no lifecycle", without(2395)},
        WrongPsa{"lifecycle_in_octets", "claims: lifecycle in another form",
                 instead(2395, octets(2))},
        WrongPsa{"lifecycle_unknown", "lifecycle: not secured", instead(2395, number(0))},
        WrongPsa{"lifecycle_assembly", "lifecycle: not secured", instead(2395, number(0x1000))},
        WrongPsa{"lifecycle_provisioning", "lifecycle: not secured", instead(2395, number(0x2FFF))},
        WrongPsa{"lifecycle_non_psa_debug", "lifecycle: not secured",
                 instead(2395, number(0x4000))},
        WrongPsa{"lifecycle_recoverable_debug", "lifecycle: not secured",
                 instead(2395, number(0x5000))},
        WrongPsa{"lifecycle_decommissioned", "lifecycle: not secured",
                 instead(2395, number(0x6000))},
        WrongPsa{"lifecycle_wider", "lifecycle: not secured", instead(2395, number(0x13000))},
        WrongPsa{"lifecycle_provisioning_in_the_old_profile", "lifecycle: not secured",
                 instead(-75002, number(0x2000)), iot_1},
        WrongPsa{"instance_missing", "claims: no instance id", without(256)},
        WrongPsa{"instance_of_another_type", "claims: instance id in another form",
                 instead(256, octets(33, 2))},
        WrongPsa{"instance_short", "claims: instance id in another form", instead(256, octets(32))},
        WrongPsa{"instance_long", "claims: instance id in another form", instead(256, octets(34))},
        WrongPsa{"instance_of_an_eui", "claims: instance id in another form",
                 instead(256, octets(9, 6))},
        WrongPsa{"instance_of_an_eui_under_no_such_certificate",
                 "instance: not the one in the certificate", instead(-75009, octets(9, 6)), iot_1},
        WrongPsa{"instance_of_an_eui_of_another_type", "claims: instance id in another form",
                 instead(-75009, octets(9, 2)), iot_1},
        WrongPsa{"implementation_missing", "claims: no implementation id", without(2396)},
        WrongPsa{"implementation_short", "claims: implementation id in another form",
                 instead(2396, octets(31))},
        WrongPsa{"boot_seed_long", "claims: boot seed in another form", instead(268, octets(33))},
        WrongPsa{"boot_seed_twice", "claims: two boot seeds", more(268, octets(32)), draft},
        WrongPsa{"old_boot_seed_missing", "claims: no boot seed", without(-75004), iot_1},
        WrongPsa{"certification_in_words", "claims: certification reference in another form",
                 instead(2398, text("level 2"))},
        WrongPsa{"certification_with_letters", "claims: certification reference in another form",
                 instead(2398, text("1234567890123-1234x"))},
        WrongPsa{"verifier_in_octets", "claims: verification service in another form",
                 instead(2400, octets(9))}),
    named);

const Bytes hash = soft_cbor_bytes(Bytes(32, 2));

INSTANTIATE_TEST_SUITE_P(
    Software, PsaTokenRefuses,
    ::testing::Values(
        WrongPsa{"none", "claims: no software components", without(2399)},
        WrongPsa{"empty", "claims: software components in another form", software({})},
        WrongPsa{"no_list", "claims: software components in another form",
                 instead(2399, component({{2, hash}, {5, hash}}))},
        WrongPsa{"too_many", "software: more components than the limit",
                 software(std::vector<Bytes>(33, component({{2, hash}, {5, hash}})))},
        WrongPsa{"no_map", "claims: software components in another form", software({hash})},
        WrongPsa{"no_measurement", "claims: no measurement", software({component({{5, hash}})})},
        WrongPsa{"no_signer", "claims: no signer id", software({component({{2, hash}})})},
        WrongPsa{"short_measurement", "claims: measurement in another form",
                 software({component({{2, octets(20)}, {5, hash}})})},
        WrongPsa{"type_with_a_line_break", "claims: measurement type in another form",
                 software({component({{1, text("BL\n")}, {2, hash}, {5, hash}})})},
        WrongPsa{"version_in_numbers", "claims: software version in another form",
                 software({component({{2, hash}, {4, number(1)}, {5, hash}})})},
        WrongPsa{"measurement_twice", "claims: not one CBOR map",
                 software({component({{2, hash}, {2, hash}, {5, hash}})})},
        WrongPsa{"unmeasured",
                 "software: stated to be unmeasured",
                 {.instead = {{-75006, {}}}, .more = {{-75007, number(1)}}},
                 iot_1},
        WrongPsa{"measured_and_unmeasured", "software: stated to be unmeasured",
                 more(-75007, number(1)), iot_1}),
    named);

}  // namespace
}  // namespace hallmark
