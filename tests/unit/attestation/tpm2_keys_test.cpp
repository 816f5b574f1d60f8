// What an attestation key and a leaf key must be.
#include "tests/unit/attestation/tpm2_refusal.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Tpm2Keys : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Keys, has_its_own_reason) {
    expect_row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Signer, Tpm2Keys,
    ::testing::Values(
        Row{"unrestricted", "signer: not a restricted key", ak_bits(0, bit(16)), {}},
        Row{"cannot_sign", "signer: cannot sign", ak_bits(0, bit(18)), {}},
        Row{"decrypts", "signer: decrypt is set", ak_bits(bit(17), 0), {}},
        Row{"not_fixed_tpm",
            "signer: not bound to its TPM: fixedTPM clear",
            ak_bits(0, bit(1)),
            {}},
        Row{"not_fixed_parent",
            "signer: not bound to its TPM: fixedParent clear",
            ak_bits(0, bit(4)),
            {}},
        Row{"imported",
            "signer: not bound to its TPM: sensitiveDataOrigin clear",
            ak_bits(0, bit(5)),
            {}},
        Row{"encrypted_duplication",
            "signer: encryptedDuplication is set",
            ak_bits(bit(11), 0),
            {}},
        Row{"st_clear", "signer: stClear is set", ak_bits(bit(2), 0), {}},
        Row{"x509_sign", "signer: x509sign is set", ak_bits(bit(19), 0), {}},
        Row{"reserved_bit",
            "malformed: TPMT_PUBLIC: a reserved attribute",
            ak_bits(bit(20), 0),
            {}},
        Row{"reserved_bit_zero",
            "malformed: TPMT_PUBLIC: a reserved attribute",
            ak_bits(bit(0), 0),
            {}},
        Row{"scheme_null",
            "signer: no signature scheme",
            [](Recipe& r) {
                r.ak_fields.scheme = {0, 0x10};
            },
            {}},
        Row{"scheme_sha1",
            "signer: neither SHA-256 nor SHA-384",
            [](Recipe& r) {
                r.ak_fields.scheme = {0, 0x18, 0, 0x04};
            },
            {}},
        Row{"scheme_of_another_type",
            "signer: no signature scheme",
            {},
            [](Scene& s) {
                s.ak.fields.scheme = {0, 0x14, 0, 0x0B};
                s.value("ak_public") = s.ak.public_area();
            }},
        Row{"symmetric",
            "signer: a signing key with a symmetric algorithm",
            [](Recipe& r) { r.ak_fields.symmetric = {0, 6, 0, 128, 0, 0x43}; },
            {}},
        Row{"name_sha1",
            "name: the signer's nameAlg is SHA-1",
            [](Recipe& r) { r.ak_fields.name_alg = 0x0004; },
            {}},
        Row{"p521",
            "signer: key: neither P-256 nor P-384",
            [](Recipe& r) { r.ak = SoftKeyKind::ec_p521; },
            {}},
        Row{"rsa_1024", "signer: key: ", [](Recipe& r) { r.use_ak(SoftKeyKind::rsa_1024); }, {}},
        Row{"other_curve_named",
            "malformed: TPMT_PUBLIC",
            {},
            [](Scene& s) { s.value("ak_public")[1] = 0x25; }},
        Row{"point_off_the_curve",
            "signer: key: ",
            {},
            [](Scene& s) { s.value("ak_public").back() ^= 1; }},
        Row{"in_tpm2b",
            "malformed: TPMT_PUBLIC",
            {},
            [](Scene& s) {
                Bytes& octets = s.value("ak_public");
                octets.insert(octets.begin(), {0, static_cast<unsigned char>(octets.size())});
            }},
        Row{"trails",
            "malformed: TPMT_PUBLIC: octets trail",
            {},
            [](Scene& s) { s.value("ak_public").push_back(0); }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Leaf, Tpm2Keys,
    ::testing::Values(
        Row{"imported",
            "key: imported: fixedTPM, fixedParent, sensitiveDataOrigin clear",
            leaf_bits(0, bit(1) | bit(4) | bit(5)),
            {}},
        Row{"origin_lost", "key: imported: sensitiveDataOrigin clear", leaf_bits(0, bit(5)), {}},
        Row{"duplicable",
            "key: duplicable: fixedTPM, fixedParent clear",
            leaf_bits(0, bit(1) | bit(4)),
            {}},
        Row{"not_fixed_tpm", "key: duplicable: fixedTPM clear", leaf_bits(0, bit(1)), {}},
        Row{"not_fixed_parent", "key: duplicable: fixedParent clear", leaf_bits(0, bit(4)), {}},
        Row{"cannot_sign", "key: cannot sign", leaf_bits(bit(17), bit(18)), {}},
        Row{"decrypts_too", "key: decrypt is set", leaf_bits(bit(17), 0), {}},
        Row{"restricted", "key: restricted", leaf_bits(bit(16), 0), {}},
        Row{"encrypted_duplication", "key: encryptedDuplication is set", leaf_bits(bit(11), 0), {}},
        Row{"st_clear", "key: stClear is set", leaf_bits(bit(2), 0), {}},
        Row{"x509_sign", "key: x509sign is set", leaf_bits(bit(19), 0), {}},
        Row{"reserved_bit",
            "malformed: TPMT_PUBLIC: a reserved attribute",
            leaf_bits(bit(31), 0),
            {}},
        Row{"name_sha1",
            "name: the key's nameAlg is SHA-1",
            [](Recipe& r) { r.leaf_fields.name_alg = 0x0004; },
            {}},
        Row{"scheme_sha1",
            "key: a scheme with SHA-1",
            [](Recipe& r) {
                r.leaf_fields.scheme = {0, 0x18, 0, 0x04};
            },
            {}},
        Row{"scheme_ecdh",
            "key: a scheme that is no signature",
            [](Recipe& r) {
                r.leaf_fields.scheme = {0, 0x19, 0, 0x0B};
            },
            {}},
        Row{"rsa_oaep",
            "key: a scheme that is no signature",
            [](Recipe& r) {
                r.leaf = SoftKeyKind::rsa_2048;
                r.leaf_fields.scheme = {0, 0x17, 0, 0x0B};
            },
            {}},
        Row{"symmetric",
            "key: a signing key with a symmetric algorithm",
            [](Recipe& r) { r.leaf_fields.symmetric = {0, 6, 0, 128, 0, 0x43}; },
            {}},
        Row{"p521",
            "key: neither P-256 nor P-384",
            [](Recipe& r) { r.leaf = SoftKeyKind::ec_p521; },
            {}},
        Row{"curve_of_another_size", "key: ", [](Recipe& r) { r.leaf_fields.curve = 0x0004; }, {}},
        Row{"curve_unknown",
            "key: neither P-256 nor P-384",
            [](Recipe& r) { r.leaf_fields.curve = 0x0010; },
            {}},
        Row{"rsa_1024", "key: ", [](Recipe& r) { r.leaf = SoftKeyKind::rsa_1024; }, {}},
        Row{"rsa_exponent_3",
            "key: ",
            [](Recipe& r) {
                r.leaf = SoftKeyKind::rsa_2048;
                r.leaf_fields.exponent = 3;
            },
            {}},
        Row{"policy_of_wrong_length",
            "malformed: TPMT_PUBLIC: authPolicy",
            [](Recipe& r) { r.leaf_fields.auth_policy = Bytes(20, 1); },
            {}},
        Row{"public_of_another_key",
            "name: the certified Name",
            {},
            [](Scene& s) {
                const SoftObject other = soft_object(SoftKeyKind::ec_p256, {});
                s.value("key_public") = other.public_area();
                s.expected.spki = other.spki();
            }},
        Row{"not_the_requested_one",
            "key: the attested key is not the request's",
            {},
            [](Scene& s) { s.expected.spki = soft_object(SoftKeyKind::ec_p256, {}).spki(); }}),
    named);

}  // namespace
}  // namespace hallmark
