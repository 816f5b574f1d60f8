// One thing wrong, one refusal, with its own reason. Each row changes one thing in evidence that is
// otherwise good, before it is signed (prepare) or after (spoil).
#include "tests/unit/attestation/tpm2_scene.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct Row {
    std::string name;
    std::string detail;  ///< What the refusal's detail starts with.
    std::function<void(Recipe&)> prepare;
    std::function<void(Scene&)> spoil;
};

class Tpm2Refusal : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Refusal, has_its_own_reason) {
    Recipe recipe;
    if (GetParam().prepare) GetParam().prepare(recipe);
    Scene scene = make_scene(recipe);
    if (GetParam().spoil) GetParam().spoil(scene);
    const auto element = judge(scene);
    ASSERT_FALSE(element.has_value());
    EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
    EXPECT_EQ(element.error().detail.substr(0, GetParam().detail.size()), GetParam().detail);
}

constexpr auto named = [](const ::testing::TestParamInfo<Row>& row) { return row.param.name; };

std::function<void(Recipe&)> ak_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](Recipe& r) { r.ak_fields.attributes = (r.ak_fields.attributes | set) & ~clear; };
}
std::function<void(Recipe&)> leaf_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](Recipe& r) { r.leaf_fields.attributes = (r.leaf_fields.attributes | set) & ~clear; };
}
std::function<void(Recipe&)> certificate(std::function<void(SoftCertificate&)> change) {
    return [=](Recipe& r) { change(r.certificate); };
}
std::function<void(Recipe&)> attest(std::function<void(SoftAttest&)> change) {
    return [=](Recipe& r) { r.attest = change; };
}
constexpr std::uint32_t bit(unsigned number) {
    return 1u << number;
}

INSTANTIATE_TEST_SUITE_P(
    Freshness, Tpm2Refusal,
    ::testing::Values(
        Row{"other_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data[5] ^= 1; }),
            {}},
        Row{"longer_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data.push_back(0); }),
            {}},
        Row{"shorter_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) { a.extra_data.resize(16); }),
            {}},
        Row{"empty_nonce", "nonce: empty", attest([](SoftAttest& a) { a.extra_data.clear(); }), {}},
        Row{"constant_nonce",
            "nonce: not the one",
            attest([](SoftAttest& a) {
                a.extra_data = {0x00, 0xFF, 0x55, 0xAA};
            }),
            {}},
        Row{"empty_nonce_expected",
            "nonce: none was asked for",
            {},
            [](Scene& s) { s.expected.nonce = Bytes{}; }},
        Row{"empty_nonce_both_sides", "nonce: empty",
            attest([](SoftAttest& a) { a.extra_data.clear(); }),
            [](Scene& s) { s.expected.nonce = Bytes{}; }},
        Row{"empty_nonce_where_any_will_do", "nonce: empty",
            attest([](SoftAttest& a) { a.extra_data.clear(); }),
            [](Scene& s) { s.expected.nonce.reset(); }},
        Row{"nonce_of_the_other_door",
            "nonce: not the one",
            {},
            [](Scene& s) {
                s.expected.nonce = challenge_nonce("field", s.expected.challenge, *s.expected.spki);
            }},
        Row{"replayed_for_another_challenge",
            "nonce: not the one",
            {},
            [](Scene& s) {
                s.expected.challenge = random_bytes(32);
                s.expected.nonce =
                    challenge_nonce("factory", s.expected.challenge, *s.expected.spki);
            }},
        Row{"replayed_for_another_key",
            "nonce: not the one",
            {},
            [](Scene& s) {
                const SoftObject other = soft_object(SoftKeyKind::ec_p256, {});
                s.expected.spki = other.spki();
                s.expected.nonce = challenge_nonce("factory", s.expected.challenge, other.spki());
            }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Statement, Tpm2Refusal,
    ::testing::Values(
        Row{"magic",
            "malformed: TPMS_ATTEST: the magic",
            attest([](SoftAttest& a) { a.magic ^= 1; }),
            {}},
        Row{"quote", "type: 0x8018 is a quote", attest([](SoftAttest& a) { a.type = 0x8018; }), {}},
        Row{"time", "type: 0x8019", attest([](SoftAttest& a) { a.type = 0x8019; }), {}},
        Row{"nv", "type: 0x8014", attest([](SoftAttest& a) { a.type = 0x8014; }), {}},
        Row{"creation_without_its_data", "type: 0x801a", [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.drop("creation_data"); }},
        Row{"certify_with_creation_data",
            "type: 0x8017",
            {},
            [](Scene& s) { s.add("creation_data", Bytes(64, 0)); }},
        Row{"safe_is_two",
            "malformed: TPMS_ATTEST: safe",
            attest([](SoftAttest& a) { a.safe = 2; }),
            {}},
        Row{"attest_trails",
            "malformed: TPMS_ATTEST: octets trail",
            {},
            [](Scene& s) { s.value("attest").push_back(0); }},
        Row{"attest_cut",
            "malformed: TPMS_ATTEST: cut short",
            {},
            [](Scene& s) { s.value("attest").pop_back(); }},
        Row{"attest_in_tpm2b",
            "malformed: TPMS_ATTEST: the magic",
            {},
            [](Scene& s) {
                Bytes& octets = s.value("attest");
                const Bytes size{static_cast<unsigned char>(octets.size() >> 8),
                                 static_cast<unsigned char>(octets.size())};
                octets.insert(octets.begin(), size.begin(), size.end());
            }},
        Row{"name_of_another_key",
            "name: the certified Name",
            attest([](SoftAttest& a) { a.name = soft_object(SoftKeyKind::ec_p256, {}).name(); }),
            {}},
        Row{"name_with_size_hashed",
            "name: the certified Name",
            [](Recipe& r) { r.attest = [](SoftAttest& a) { a.name[2] ^= 0x80; }; },
            {}},
        Row{"name_is_a_handle",
            "name: the certified Name",
            attest([](SoftAttest& a) {
                a.name = {0x80, 0, 0, 1};
            }),
            {}},
        Row{"name_empty",
            "name: the certified Name",
            attest([](SoftAttest& a) { a.name.clear(); }),
            {}},
        Row{"qualified_signer_empty",
            "name: qualifiedSigner",
            attest([](SoftAttest& a) { a.qualified_signer.clear(); }),
            {}},
        Row{"qualified_signer_of_other_algorithm",
            "name: qualifiedSigner",
            attest([](SoftAttest& a) {
                a.qualified_signer = concat({Bytes{0x00, 0x0C}, Bytes(48, 1)});
            }),
            {}},
        Row{"qualified_name_short",
            "name: qualifiedName",
            attest([](SoftAttest& a) { a.qualified_name_or_hash.pop_back(); }),
            {}},
        Row{"creation_hash",
            "creation: creationHash",
            [](Recipe& r) {
                r.creation = true;
                r.attest = [](SoftAttest& a) { a.qualified_name_or_hash[0] ^= 1; };
            },
            {}},
        Row{"creation_data_changed", "creation: creationHash", [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.value("creation_data")[20] ^= 1; }},
        Row{"creation_data_without_size", "malformed: TPM2B_CREATION_DATA: octets trail",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) {
                Bytes& octets = s.value("creation_data");
                octets.erase(octets.begin(), octets.begin() + 2);
            }},
        Row{"creation_data_trails_inside", "malformed: TPM2B_CREATION_DATA: octets trail inside",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) {
                Bytes& octets = s.value("creation_data");
                octets.push_back(0);
                ++octets[1];
            }},
        Row{"creation_data_trails", "malformed: TPM2B_CREATION_DATA: octets trail",
            [](Recipe& r) { r.creation = true; },
            [](Scene& s) { s.value("creation_data").push_back(0); }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Signature, Tpm2Refusal,
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
    Signer, Tpm2Refusal,
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
    Leaf, Tpm2Refusal,
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
            "key: the attested key is not the requested one",
            {},
            [](Scene& s) { s.expected.spki = soft_object(SoftKeyKind::ec_p256, {}).spki(); }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    EkCertificate, Tpm2Refusal,
    ::testing::Values(Row{"usage_missing",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages.clear(); }),
                          {}},
                      Row{"usage_of_an_ak",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages = {"2.23.133.8.3"}; }),
                          {}},
                      Row{"any_usage_alone",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages = {"2.5.29.37.0"}; }),
                          {}},
                      Row{"any_usage_beside",
                          "c",
                          certificate([](SoftCertificate& c) {
                              c.usages.push_back("2.5.29.37.0");
                          }),
                          {}},
                      Row{"ak_usage_beside",
                          "c",
                          certificate([](SoftCertificate& c) {
                              c.usages.push_back("2.23.133.8.3");
                          }),
                          {}},
                      Row{"constraints_missing",
                          "c",
                          certificate([](SoftCertificate& c) { c.ca.reset(); }),
                          {}},
                      Row{"is_a_ca", "c", certificate([](SoftCertificate& c) { c.ca = true; }), {}},
                      Row{"key_usage_missing",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage = false; }),
                          {}},
                      Row{"key_usage_of_a_signer",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage_bit = 0; }),
                          {}},
                      Row{"key_usage_of_rsa",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage_bit = 2; }),
                          {}},
                      Row{"family_1_2",
                          "certificate: not of a TPM 2.0",
                          certificate([](SoftCertificate& c) { c.family = "1.2"; }),
                          {}},
                      Row{"names_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) {
                              c.manufacturer = c.model = c.version = std::nullopt;
                          }),
                          {}},
                      Row{"manufacturer_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.manufacturer.reset(); }),
                          {}},
                      Row{"model_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.model.reset(); }),
                          {}},
                      Row{"version_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.version.reset(); }),
                          {}},
                      Row{"manufacturer_unknown",
                          "certificate: unknown TPM manufacturer",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:41414141"; }),
                          {}},
                      Row{"manufacturer_malformed",
                          "certificate: unknown TPM manufacturer",
                          certificate([](SoftCertificate& c) { c.manufacturer = "53544D20"; }),
                          {}},
                      Row{"model_strange",
                          "certificate: a strange TPM model",
                          certificate([](SoftCertificate& c) { c.model = "A\nB"; }),
                          {}},
                      Row{"two_directory_names",
                          "certificate: two directoryNames",
                          certificate([](SoftCertificate& c) { c.second_directory_name = true; }),
                          {}},
                      Row{"unknown_critical_extension",
                          "chain: ",
                          certificate([](SoftCertificate& c) {
                              c.unknown_critical_extension = "1.3.6.1.4.1.99999.1";
                          }),
                          {}},
                      Row{"expired",
                          "chain: ",
                          certificate(
                              [](SoftCertificate& c) {
                                  c.not_after = from_rfc3339("2025-06-01T00:00:00Z").value();
                              }),
                          {}},
                      Row{"not_yet_valid",
                          "chain: ",
                          certificate(
                              [](SoftCertificate& c) {
                                  c.not_before = from_rfc3339("2030-01-01T00:00:00Z").value();
                              }),
                          {}},
                      Row{"rsa_1024",
                          "chain: ",
                          [](Recipe& r) { r.ek = SoftKeyKind::rsa_1024; },
                          {}},
                      Row{"of_another_vendor",
                          "vendor: the certificate names infineon",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:49465800"; }),
                          {}},
                      Row{"of_a_simulator",
                          "vendor: the certificate names swtpm",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:00001014"; }),
                          {}},
                      Row{"under_another_root",
                          "chain: no path to a pinned root",
                          {},
                          [](Scene& s) { s.pin.anchors.roots = {SoftVendor("Other").root()}; }},
                      Row{"trails",
                          "chain: ",
                          {},
                          [](Scene& s) { s.value("ek_chain").push_back(1); }},
                      Row{"signature_broken",
                          "chain: ",
                          {},
                          [](Scene& s) { s.value("ek_chain").back() ^= 1; }},
                      Row{"intermediate_missing",
                          "chain: no path to a pinned root",
                          {},
                          [](Scene& s) {
                              for (EvidenceMember& member : s.evidence.members) {
                                  if (member.name == "ek_chain") member.values.resize(1);
                              }
                          }}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Activation, Tpm2Refusal,
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

/// Good but for the row's change: evidence with an AK certificate.
void certified(Recipe& r) {
    r.ak_certificate = true;
    r.certificate.usages = {"2.23.133.8.3"};
    r.certificate.key_usage_bit = 0;
}

INSTANTIATE_TEST_SUITE_P(
    AkCertificate, Tpm2Refusal,
    ::testing::Values(
        Row{"of_another_key", "signer: not the key of the AK certificate", certified,
            [](Scene& s) {
                const SoftObject other =
                    soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
                s.value("ak_public") = other.public_area();
            }},
        Row{"ek_certificate_in_its_place",
            "ch",
            [](Recipe& r) {
                certified(r);
                r.certificate = {};
            },
            {}},
        Row{"in_place_of_an_ek",
            "chain: ",
            [](Recipe& r) {
                r.certificate.usages = {"2.23.133.8.3"};
                r.certificate.key_usage_bit = 0;
            },
            {}},
        Row{"challenge_named_an_ek", "activation: the challenge was opened for another", certified,
            [](Scene& s) { s.expected.ek_certificate = Digest{}; }},
        Row{"challenge_named_another_ak", "activation: the challenge was opened for another",
            certified, [](Scene& s) { s.expected.ak_name = Bytes(34, 1); }},
        Row{"challenge_named_no_ak", "activation: the challenge was opened for another", certified,
            [](Scene& s) { s.expected.ak_name.reset(); }},
        Row{"beside_a_proof", "activation: a proof beside", certified,
            [](Scene& s) { s.add("activation", Bytes(32, 1)); }},
        Row{"beside_an_ek_certificate", "member: one of ek_chain and ak_chain", certified,
            [](Scene& s) {
                s.evidence.members.push_back(
                    {"ek_chain", SoftTpm(stm(), SoftKeyKind::ec_p256).ek_chain(), true});
            }},
        Row{"of_another_vendor",
            "vendor: the certificate names amd",
            [](Recipe& r) {
                certified(r);
                r.certificate.manufacturer = "id:414D4400";
            },
            {}}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Members, Tpm2Refusal,
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

class Tpm2OpenRefusal : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2OpenRefusal, seals_nothing) {
    Recipe recipe;
    if (GetParam().prepare) GetParam().prepare(recipe);
    Scene scene = make_scene(recipe);
    for (const char* name : {"key_public", "attest", "signature", "activation"})
        scene.drop(name);
    if (GetParam().spoil) GetParam().spoil(scene);
    const ChainValidator chains;
    const auto opening = Tpm2Verifier(chains).open({scene.evidence}, scene.pin, scene.now);
    ASSERT_FALSE(opening.has_value());
    EXPECT_EQ(opening.error().reason, Reason::evidence_not_accepted);
    EXPECT_EQ(opening.error().detail.substr(0, GetParam().detail.size()), GetParam().detail);
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
