// What the tpm2 verifier takes: every combination of key kinds that the house takes, by Certify and
// by CertifyCreation, through the whole round of challenge, activation and evidence.
#include "ca/crypto/certificate.h"
#include "tests/unit/attestation/tpm2_scene.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

const char* name_of_kind(SoftKeyKind kind) {
    switch (kind) {
        case SoftKeyKind::ec_p256:
            return "P256";
        case SoftKeyKind::ec_p384:
            return "P384";
        case SoftKeyKind::ec_p521:
            return "P521";
        case SoftKeyKind::rsa_1024:
            return "RSA1024";
        case SoftKeyKind::rsa_2048:
            return "RSA2048";
        case SoftKeyKind::rsa_3072:
            return "RSA3072";
    }
    return "";
}

struct Kinds {
    SoftKeyKind ek, ak, leaf;
};

class TpmRound : public ::testing::TestWithParam<Kinds> {};

/// As the station plays it: open, activate in the TPM, certify, answer.
TEST_P(TpmRound, proves_a_key_of_this_tpm) {
    const auto [ek_kind, ak_kind, leaf_kind] = GetParam();
    const SoftTpm tpm(stm(), ek_kind);
    const SoftObject ak = soft_object(ak_kind, soft_ak_template(ak_kind), 1);
    const SoftObject leaf = soft_object(leaf_kind, {}, 2);
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    const std::vector<VendorPin> pins{pin_of(stm(), "stm")};
    Scene scene;

    ChallengeRequest request;
    request.evidence = {
        "tpm2", {{"ek_chain", tpm.ek_chain(), true}, {"ak_public", {ak.public_area()}, false}}};
    const auto opening = family.open(request, pins, scene.now);
    ASSERT_TRUE(opening.has_value()) << opening.error().detail;
    ASSERT_EQ(opening->answer.size(), 2u);
    EXPECT_EQ(opening->answer[0].first, "credential_blob");
    EXPECT_EQ(opening->answer[1].first, "secret");
    const auto secret =
        tpm.activate(ak.name(), opening->answer[0].second, opening->answer[1].second);
    ASSERT_TRUE(secret.has_value());
    EXPECT_EQ(*secret, opening->activation_secret);

    Expected& expected = scene.expected;
    expected.challenge = random_bytes(32);
    expected.spki = leaf.spki();
    expected.csr_sha256 = sha256(soft_csr(leaf.key.get()));
    expected.nonce = challenge_nonce("factory", expected.challenge, leaf.spki());
    expected.activation_secret = opening->activation_secret;
    expected.ek_certificate = opening->ek_certificate;
    expected.ak_name = opening->ak_name;
    const SoftStatement statement = soft_certify(ak, leaf, *expected.nonce);
    scene.evidence = request.evidence;
    scene.add("key_public", leaf.public_area());
    scene.add("attest", statement.attest);
    scene.add("signature", statement.signature);
    scene.renew_activation(*secret);

    const auto element = family.verify(scene.evidence, pins, expected, scene.now);
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(tpm.ek_spki()));
    EXPECT_EQ(element->claims.public_key, leaf.spki());
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, TpmRound,
    ::testing::Values(Kinds{SoftKeyKind::ec_p256, SoftKeyKind::ec_p256, SoftKeyKind::ec_p256},
                      Kinds{SoftKeyKind::ec_p384, SoftKeyKind::ec_p256, SoftKeyKind::ec_p384},
                      Kinds{SoftKeyKind::rsa_2048, SoftKeyKind::ec_p256, SoftKeyKind::rsa_2048},
                      Kinds{SoftKeyKind::rsa_2048, SoftKeyKind::rsa_2048, SoftKeyKind::ec_p256},
                      Kinds{SoftKeyKind::rsa_3072, SoftKeyKind::ec_p384, SoftKeyKind::ec_p256},
                      Kinds{SoftKeyKind::ec_p256, SoftKeyKind::rsa_3072, SoftKeyKind::rsa_3072}),
    [](const auto& row) {
        return std::string("EK_") + name_of_kind(row.param.ek) + "_AK_" +
               name_of_kind(row.param.ak) + "_leaf_" + name_of_kind(row.param.leaf);
    });

std::string detail_of(const Claims& claims, std::string_view name) {
    for (const auto& [key, value] : claims.detail) {
        if (key == name) return value;
    }
    return "absent";
}

TEST(Tpm2, claims_what_the_evidence_proves_and_nothing_more) {
    const Scene scene = make_scene();
    const auto element = judge(scene);
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "tpm2");
    EXPECT_EQ(claims.vendor, "stm");
    EXPECT_EQ(claims.model, "SOFT33");
    EXPECT_FALSE(claims.element_serial.has_value());
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_FALSE(claims.firmware.has_value());
    EXPECT_FALSE(claims.lifecycle.has_value());
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.tpm_residency,
              (TpmResidency{.resident = true, .fixed = true, .restricted = false}));
    EXPECT_EQ(claims.anchor, sha256(stm().root()));
    EXPECT_EQ(detail_of(claims, "activation"), "proven");
    EXPECT_EQ(detail_of(claims, "tpm_kind"), "discrete");
    EXPECT_EQ(detail_of(claims, "tpm_residency"), "resident fixed");
    EXPECT_EQ(detail_of(claims, "tpm_version"), "id:00010203");
    EXPECT_EQ(detail_of(claims, "ak_name"), to_hex(scene.ak.name()));
    EXPECT_EQ(detail_of(claims, "ek_certificate"), to_hex(*scene.expected.ek_certificate));
    EXPECT_EQ(detail_of(claims, "attested_by"), "certify");
}

TEST(Tpm2, takes_certify_creation_with_its_creation_data) {
    Recipe recipe;
    recipe.creation = true;
    const auto element = judge(make_scene(recipe));
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(detail_of(element->claims, "attested_by"), "certify-creation");
}

TEST(Tpm2, takes_an_ak_certificate_in_place_of_an_activation) {
    Recipe recipe;
    recipe.ak_certificate = true;
    recipe.certificate.usages = {"2.23.133.8.3"};
    recipe.certificate.key_usage_bit = 0;
    const Scene scene = make_scene(recipe);
    const auto element = judge(scene);
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(scene.ak.spki()));
    EXPECT_EQ(detail_of(element->claims, "activation"), "certificate");
    // Its issuer says that it is an AK, and not that anybody saw it in a TPM.
    EXPECT_EQ(element->claims.tpm_residency, TpmResidency{});
    EXPECT_EQ(detail_of(element->claims, "tpm_residency"), "absent");
}

TEST(Tpm2, believes_the_issuer_of_an_ak_certificate_that_it_saw_the_key_in_a_tpm) {
    Recipe recipe;
    recipe.ak_certificate = true;
    recipe.certificate.usages = {"2.23.133.8.3"};
    recipe.certificate.key_usage_bit = 0;
    recipe.certificate.policies = {"2.23.133.11.1.3", "2.23.133.11.1.1"};
    const auto element = judge(make_scene(recipe));
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.tpm_residency,
              (TpmResidency{.resident = true, .fixed = true, .restricted = false}));
    recipe.certificate.policies = {"2.23.133.11.1.3"};
    const auto other = judge(make_scene(recipe));
    ASSERT_TRUE(other.has_value()) << other.error().detail;
    EXPECT_EQ(other->claims.tpm_residency, TpmResidency{});
}

TEST(Tpm2, says_what_the_command_line_left_unchecked) {
    Scene scene = make_scene();
    scene.drop("activation");
    scene.expected.nonce.reset();
    scene.expected.activation_secret.reset();
    scene.expected.ek_certificate.reset();
    scene.expected.ak_name.reset();
    scene.expected.activation_unchecked = true;
    const auto element = judge(scene);
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
    EXPECT_EQ(detail_of(element->claims, "activation"), "unchecked");
}

TEST(Tpm2, takes_an_ek_certificate_as_nv_pads_it_and_claims_the_certificate_itself) {
    for (const unsigned filler : {0x00u, 0xFFu}) {
        Scene scene = make_scene();
        Bytes& certificate = scene.value("ek_chain");
        certificate.resize(certificate.size() + 40, static_cast<unsigned char>(filler));
        const auto element = judge(scene);
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(detail_of(element->claims, "ek_certificate"),
                  to_hex(*scene.expected.ek_certificate));
    }
}

struct Template {
    std::string name;
    std::function<void(Recipe&)> change;
};

class TpmTemplate : public ::testing::TestWithParam<Template> {};

TEST_P(TpmTemplate, is_taken) {
    Recipe recipe;
    GetParam().change(recipe);
    const auto element = judge(make_scene(recipe));
    EXPECT_TRUE(element.has_value()) << element.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Legal, TpmTemplate,
    ::testing::Values(
        Template{"ak_with_no_da", [](Recipe& r) { r.ak_fields.attributes |= 1u << 10; }},
        Template{"ak_with_policy", [](Recipe& r) { r.ak_fields.auth_policy = Bytes(32, 7); }},
        Template{"ak_with_sha384",
                 [](Recipe& r) {
                     r.ak_fields.scheme = {0, 0x18, 0, 0x0C};
                 }},
        Template{"ak_with_pss",
                 [](Recipe& r) {
                     r.use_ak(SoftKeyKind::rsa_2048);
                     r.ak_fields.scheme = {0, 0x16, 0, 0x0B};
                 }},
        Template{"ak_name_sha384", [](Recipe& r) { r.ak_fields.name_alg = 0x000C; }},
        Template{"leaf_name_sha384", [](Recipe& r) { r.leaf_fields.name_alg = 0x000C; }},
        Template{"leaf_name_sha512", [](Recipe& r) { r.leaf_fields.name_alg = 0x000D; }},
        Template{"leaf_with_scheme",
                 [](Recipe& r) {
                     r.leaf_fields.scheme = {0, 0x18, 0, 0x0B};
                 }},
        Template{"leaf_with_admin_policy",
                 [](Recipe& r) { r.leaf_fields.attributes = 0x000400B2; }},
        Template{"leaf_with_explicit_exponent",
                 [](Recipe& r) {
                     r.leaf = SoftKeyKind::rsa_2048;
                     r.leaf_fields.exponent = 65537;
                 }},
        Template{"san_in_one_rdn", [](Recipe& r) { r.certificate.one_rdn = true; }},
        Template{"manufacturer_in_lower_case",
                 [](Recipe& r) { r.certificate.manufacturer = "id:53544d20"; }},
        Template{"certificate_without_family", [](Recipe& r) { r.certificate.family = ""; }},
        Template{"clock_not_safe",
                 [](Recipe& r) { r.attest = [](SoftAttest& a) { a.safe = 0; }; }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
