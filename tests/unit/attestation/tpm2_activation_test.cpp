// The tie between AK and EK: the challenge that opens it and the proof that closes it.
#include "tests/unit/attestation/tpm2_refusal.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Tpm2Activation : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Activation, has_its_own_reason) {
    expect_row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Activation, Tpm2Activation,
    ::testing::Values(
        Row{"missing", "activation: missing", {}, [](Scene& s) { s.drop("activation"); }},
        Row{"flipped",
            "activation: not made with",
            {},
            [](Scene& s) { s.value("activation")[0] ^= 1; }},
        Row{"cut",
            "activation: not made with",
            {},
            [](Scene& s) { s.value("activation").pop_back(); }},
        Row{"the_secret_itself",
            "activation: not made with",
            {},
            [](Scene& s) { s.value("activation") = *s.expected.activation_secret; }},
        Row{"with_another_secret",
            "activation: not made with",
            {},
            [](Scene& s) { s.renew_activation(random_bytes(32)); }},
        Row{"replayed_for_another_request",
            "activation: not made with",
            {},
            [](Scene& s) { s.expected.csr_sha256[0] ^= 1; }},
        Row{"replayed_for_another_challenge",
            "activation: not made with",
            {},
            [](Scene& s) { s.expected.challenge[0] ^= 1; }},
        Row{"challenge_named_another_ak",
            "activation: the challenge was opened for another",
            {},
            [](Scene& s) { s.expected.ak_name->back() ^= 1; }},
        Row{"challenge_named_another_ek",
            "activation: the challenge was opened for another",
            {},
            [](Scene& s) { (*s.expected.ek_certificate)[0] ^= 1; }},
        Row{"somebody_elses_ek",
            "activation: the challenge was opened for another",
            {},
            [](Scene& s) {
                const SoftTpm other(stm(), SoftKeyKind::ec_p256);
                s.drop("ek_chain");
                s.evidence.members.push_back({"ek_chain", other.ek_chain(), true});
            }},
        Row{"secret_not_kept",
            "activation: the challenge was not opened",
            {},
            [](Scene& s) { s.expected.activation_secret.reset(); }},
        Row{"secret_empty",
            "activation: the challenge was not opened",
            {},
            [](Scene& s) { s.expected.activation_secret = Bytes{}; }},
        Row{"name_not_kept",
            "activation: the challenge was not opened",
            {},
            [](Scene& s) { s.expected.ak_name.reset(); }},
        Row{"certificate_not_kept",
            "activation: the challenge was not opened",
            {},
            [](Scene& s) { s.expected.ek_certificate.reset(); }}),
    named);

class Tpm2OpenRefusal : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2OpenRefusal, seals_nothing) {
    Scene scene = scene_of(GetParam());
    for (const char* name : {"key_public", "attest", "signature", "activation"})
        scene.drop(name);
    if (GetParam().spoil) GetParam().spoil(scene);
    const ChainValidator chains;
    expect_refusal(Tpm2Verifier(chains).open({scene.evidence}, scene.pin, scene.now), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Challenge, Tpm2OpenRefusal,
    ::testing::Values(
        Row{"unrestricted", "signer: not a restricted key", ak_bits(0, bit(16)), {}},
        Row{"not_fixed", "signer: not bound", ak_bits(0, bit(1)), {}},
        Row{"wrong_root",
            "chain: no path",
            {},
            [](Scene& s) { s.pin.anchors.roots = {SoftVendor("Other").root()}; }},
        Row{"other_vendor",
            "vendor: ",
            certificate([](SoftCertificate& c) { c.manufacturer = "id:414D4400"; }),
            {}},
        Row{"evidence_members",
            "member: unknown: attest",
            {},
            [](Scene& s) { s.add("attest", Bytes(1, 1)); }},
        Row{"no_ak", "member: missing: ak_public", {}, [](Scene& s) { s.drop("ak_public"); }},
        Row{"malformed_ak",
            "malformed: TPMT_PUBLIC",
            {},
            [](Scene& s) { s.value("ak_public").pop_back(); }}),
    named);

}  // namespace
}  // namespace hallmark
