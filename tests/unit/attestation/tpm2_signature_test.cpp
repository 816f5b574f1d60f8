// The signature, and the members that carry the evidence.
#include "tests/unit/attestation/tpm2_refusal.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Tpm2Signature : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Signature, has_its_own_reason) {
    expect_row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Signature, Tpm2Signature,
    ::testing::Values(
        Row{"flipped",
            "signature: does not verify",
            {},
            [](Scene& s) { s.value("signature").back() ^= 1; }},
        Row{"of_other_bytes",
            "signature: does not verify",
            {},
            [](Scene& s) { s.value("signature") = soft_sign(s.ak, s.value("key_public")); }},
        Row{"by_another_key",
            "signature: does not verify",
            {},
            [](Scene& s) {
                const SoftObject other =
                    soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
                s.value("signature") = soft_sign(other, s.value("attest"));
            }},
        Row{"trails",
            "malformed: TPMT_SIGNATURE: octets trail",
            {},
            [](Scene& s) { s.value("signature").push_back(0); }},
        Row{"r_empty",
            "malformed: TPMT_SIGNATURE: a value is empty",
            {},
            [](Scene& s) {
                const Bytes s_value(s.value("signature").begin() + 40, s.value("signature").end());
                s.value("signature") = concat({Bytes{0, 0x18, 0, 0x0B, 0, 0, 0, 32}, s_value});
            }},
        Row{"r_and_s_zero",
            "signature: does not verify",
            {},
            [](Scene& s) { s.value("signature") = Bytes{0, 0x18, 0, 0x0B, 0, 1, 0, 0, 1, 0}; }},
        Row{"der_instead",
            "malformed: TPMT_SIGNATURE: neither",
            {},
            [](Scene& s) {
                s.value("signature") = sign_sha256(s.ak.key.get(), s.value("attest"));
            }},
        Row{"raw_rsa_instead", "malformed: TPMT_SIGNATURE",
            [](Recipe& r) { r.use_ak(SoftKeyKind::rsa_2048); },
            [](Scene& s) {
                s.value("signature")
                    .erase(s.value("signature").begin(), s.value("signature").begin() + 6);
            }},
        Row{"sha1_named",
            "signature: not in the signer's scheme",
            {},
            [](Scene& s) { s.value("signature")[3] = 0x04; }},
        Row{"sha512_named",
            "signature: not in the signer's scheme",
            {},
            [](Scene& s) { s.value("signature")[3] = 0x0D; }},
        Row{"ecdaa_named",
            "malformed: TPMT_SIGNATURE: neither",
            {},
            [](Scene& s) { s.value("signature")[1] = 0x1A; }},
        Row{"pss_for_pkcs1", "signature: not in the signer's scheme",
            [](Recipe& r) { r.use_ak(SoftKeyKind::rsa_2048); },
            [](Scene& s) { s.value("signature")[1] = 0x16; }},
        Row{"rsa_with_leading_zero", "signature: not as long as the modulus",
            [](Recipe& r) { r.use_ak(SoftKeyKind::rsa_2048); },
            [](Scene& s) {
                Bytes& signature = s.value("signature");
                signature.insert(signature.begin() + 6, 0);
                signature[5] = 1;
            }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Members, Tpm2Signature,
    ::testing::Values(
        Row{"unknown", "member: unknown: extra", {}, [](Scene& s) { s.add("extra", Bytes(1, 1)); }},
        Row{"twice",
            "member: twice: attest",
            {},
            [](Scene& s) { s.add("attest", s.value("attest")); }},
        Row{"missing_attest", "member: missing: attest", {}, [](Scene& s) { s.drop("attest"); }},
        Row{"missing_signature",
            "member: missing: signature",
            {},
            [](Scene& s) { s.drop("signature"); }},
        Row{"missing_key",
            "member: missing: key_public",
            {},
            [](Scene& s) { s.drop("key_public"); }},
        Row{"missing_ak", "member: missing: ak_public", {}, [](Scene& s) { s.drop("ak_public"); }},
        Row{"missing_chain", "member: one of", {}, [](Scene& s) { s.drop("ek_chain"); }},
        Row{"list_for_a_string",
            "member: in another form: attest",
            {},
            [](Scene& s) {
                for (EvidenceMember& member : s.evidence.members) {
                    if (member.name == "attest") member.is_list = true;
                }
            }},
        Row{"too_large",
            "member: more octets",
            {},
            [](Scene& s) { s.value("attest").resize(std::size_t{64} * 1024); }}),
    named);

}  // namespace
}  // namespace hallmark
