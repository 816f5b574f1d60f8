// Good tcg-csr-idevid evidence with every claim it makes, the round that it needs, both encodings
// of signatures, and what was expected of it otherwise.
#include "ca/attestation/tcg_csr_idevid.h"
#include "tests/unit/attestation/idevid_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

std::string detail_of(const Claims& claims, std::string_view name) {
    for (const auto& [key, value] : claims.detail) {
        if (key == name) return value;
    }
    return "absent";
}

TEST_F(IdevidTest, claims_what_the_evidence_proves_and_nothing_more) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "tcg-csr-idevid");
    EXPECT_EQ(claims.vendor, "stm");
    EXPECT_EQ(claims.model, "SOFT33");  // The EK certificate's, not the host's.
    EXPECT_FALSE(claims.element_serial.has_value());
    EXPECT_EQ(claims.public_key, leaf.spki());
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_FALSE(claims.firmware.has_value());
    EXPECT_FALSE(claims.lifecycle.has_value());
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.tpm_residency,
              (TpmResidency{.resident = true, .fixed = true, .restricted = false}));
    EXPECT_EQ(claims.anchor, sha256(idevid_maker().root()));
    EXPECT_EQ(element->element_key, element_key);
    EXPECT_EQ(detail_of(claims, "activation"), "proven");
    EXPECT_EQ(detail_of(claims, "ak_name"), to_hex(iak.name()));
    EXPECT_EQ(detail_of(claims, "ek_certificate"), to_hex(ByteView(*expected.ek_certificate)));
    EXPECT_EQ(detail_of(claims, "attested_by"), "certify");
    EXPECT_EQ(detail_of(claims, "key_name"), to_hex(leaf.name()));
    EXPECT_EQ(detail_of(claims, "tpm_kind"), "discrete");
    EXPECT_EQ(detail_of(claims, "tpm_residency"), "resident fixed");
    EXPECT_EQ(detail_of(claims, "tpm_version"), "id:00010203");
    EXPECT_EQ(detail_of(claims, "iak_self_certified"), "yes");
    EXPECT_EQ(detail_of(claims, "stated_model"), "Board 7");
    EXPECT_EQ(detail_of(claims, "stated_serial"), "B7-0001");
}

struct Kinds {
    SoftKeyKind ek, iak, leaf;
};

TEST_F(IdevidTest, is_taken_with_every_kind_of_key) {
    for (const Kinds& kinds :
         {Kinds{SoftKeyKind::ec_p384, SoftKeyKind::ec_p384, SoftKeyKind::ec_p384},
          Kinds{SoftKeyKind::rsa_2048, SoftKeyKind::rsa_2048, SoftKeyKind::rsa_2048},
          Kinds{SoftKeyKind::rsa_3072, SoftKeyKind::ec_p256, SoftKeyKind::rsa_3072}}) {
        IdevidRecipe recipe;
        recipe.ek = kinds.ek;
        recipe.use_iak(kinds.iak);
        recipe.leaf = kinds.leaf;
        make(recipe);
        const auto element = judge();
        EXPECT_TRUE(element.has_value()) << element.error().detail;
    }
}

TEST_F(IdevidTest, is_taken_by_the_signing_keys_own_scheme) {
    IdevidRecipe recipe;
    recipe.leaf_fields.scheme = {0x00, 0x18, 0x00, 0x0C};
    make(recipe);
    EXPECT_TRUE(judge().has_value());
    recipe.leaf = SoftKeyKind::rsa_2048;
    recipe.leaf_fields.scheme = {0x00, 0x16, 0x00, 0x0B};
    make(recipe);
    EXPECT_TRUE(judge().has_value());
}

TEST_F(IdevidTest, is_taken_without_the_attestation_keys_word_on_itself) {
    IdevidRecipe recipe;
    recipe.contents = [](TcgCsrContents& contents) {
        contents.attest_certify_info.clear();
        contents.attest_certify_signature.clear();
    };
    make(recipe);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(detail_of(element->claims, "iak_self_certified"), "no");
}

TEST_F(IdevidTest, is_taken_with_the_attestation_key_certified_by_itself) {
    IdevidRecipe recipe;
    recipe.self_attest = [](SoftAttest& attest) { attest.type = 0x8017; };
    make(recipe);
    EXPECT_TRUE(judge().has_value());
}

TEST_F(IdevidTest, says_what_the_command_line_left_unchecked) {
    make();
    std::erase_if(evidence.members, [](const auto& m) { return m.name == "activation"; });
    expected.nonce.reset();
    expected.activation_secret.reset();
    expected.ek_certificate.reset();
    expected.ak_name.reset();
    expected.activation_unchecked = true;
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
    EXPECT_EQ(detail_of(element->claims, "activation"), "unchecked");
    EXPECT_EQ(element->claims.tpm_residency, TpmResidency{});
    EXPECT_EQ(detail_of(element->claims, "tpm_residency"), "absent");
}

class IdevidEncoding : public IdevidTest {
protected:
    [[nodiscard]] std::string answer(TpmSignatureEncoding encoding) const {
        const auto element =
            TcgCsrIdevidVerifier(chains, encoding).verify(evidence, pin, expected, noon());
        return element ? "taken" : element.error().detail;
    }
    /// ECDSA as DER, RSA as PKCS#1 makes it; SHA-256 throughout.
    static Bytes sign_bare(const SoftObject& signer, ByteView message) {
        return sign_sha256(signer.key.get(), message);
    }
};

TEST_F(IdevidEncoding, is_the_one_that_was_chosen) {
    IdevidRecipe recipe;
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::tpmt), "taken");
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "malformed: no DER Ecdsa-Sig-Value");
    recipe.sign = sign_bare;
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "taken");
    EXPECT_EQ(answer(TpmSignatureEncoding::tpmt).substr(0, 25), "malformed: TPMT_SIGNATURE");
}

TEST_F(IdevidEncoding, leaves_rsa_bare) {
    IdevidRecipe recipe;
    recipe.leaf = SoftKeyKind::rsa_2048;
    recipe.use_iak(SoftKeyKind::rsa_2048);
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::tpmt), "taken");
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "request: not as long as the modulus");
    recipe.sign = sign_bare;
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "taken");
}

TEST_F(IdevidEncoding, has_wide_curves_as_well) {
    IdevidRecipe recipe;
    recipe.leaf = SoftKeyKind::ec_p384;
    recipe.sign = sign_bare;
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "taken");
}

TEST_F(IdevidEncoding, follows_the_keys_scheme_and_not_the_signer) {
    IdevidRecipe recipe;
    recipe.leaf_fields.scheme = {0x00, 0x18, 0x00, 0x0C};
    recipe.sign = sign_bare;  // With SHA-256, whatever the scheme says.
    make(recipe);
    EXPECT_EQ(answer(TpmSignatureEncoding::der), "request: does not verify under the signer's key");
}

class IdevidExpected : public IdevidTest {
protected:
    IdevidExpected() { make(); }
};

TEST_F(IdevidExpected, is_another_key) {
    expected.spki = iak.spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(IdevidExpected, is_another_nonce) {
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
}

TEST_F(IdevidExpected, is_a_proof) {
    std::erase_if(evidence.members, [](const auto& m) { return m.name == "activation"; });
    expect_refused("activation: missing");
}

TEST_F(IdevidExpected, is_a_proof_with_the_activated_secret) {
    expected.activation_secret = Bytes(32, 6);
    expect_refused("activation: not made with the activated secret");
    member("activation").push_back(0);
    expect_refused("activation: not made with the activated secret");
}

TEST_F(IdevidExpected, is_a_proof_over_this_request_and_challenge) {
    expected.csr_sha256 = Digest{};
    expect_refused("activation: not made with the activated secret");
    make();
    expected.challenge = Bytes(32, 4);
    expect_refused("activation: not made with the activated secret");
}

TEST_F(IdevidExpected, is_a_proof_over_this_statement) {
    certify_info.push_back(0);
    prove_activation();
    expect_refused("activation: not made with the activated secret");
}

TEST_F(IdevidExpected, is_the_attestation_key_that_was_challenged) {
    expected.ak_name = Bytes(34, 1);
    expect_refused("activation: the challenge was opened for another");
}

TEST_F(IdevidExpected, is_a_challenge_opened_for_an_ek) {
    expected.ek_certificate.reset();
    expect_refused("activation: the challenge was not opened for an EK");
}

TEST_F(IdevidExpected, are_these_members_and_no_others) {
    evidence.members.push_back({.name = "ek_chain", .values = {Bytes(1, 1)}, .is_list = true});
    expect_refused("member: unknown: ek_chain");
    evidence.members.pop_back();
    evidence.members.front().is_list = true;
    expect_refused("member: in another form: csr");
    evidence.members.erase(evidence.members.begin());
    expect_refused("member: missing: csr");
}

TEST_F(IdevidExpected, is_an_issuer_in_the_pin) {
    pin.anchors.intermediates.clear();
    expect_refused("chain: no path to a pinned root");
    pin.anchors.roots = {idevid_maker().intermediate()};
    EXPECT_TRUE(judge().has_value());
    pin.anchors = {.roots = {SoftVendor("Other").root()}, .intermediates = {}};
    expect_refused("chain: no path to a pinned root");
}

class IdevidOpening : public IdevidTest {
protected:
    IdevidOpening() {
        request.evidence = {
            "tcg-csr-idevid",
            {{"ek_chain", tpm.ek_chain(), true}, {"ak_public", {ak.public_area()}, false}}};
    }
    [[nodiscard]] std::string answer() const {
        const auto opening = family.open(request, {pin}, noon());
        return opening ? "opened" : opening.error().detail;
    }
    SoftTpm tpm{idevid_maker(), SoftKeyKind::ec_p256};
    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    ChallengeRequest request;
};

TEST_F(IdevidOpening, seals_a_secret_to_this_ek_for_this_key) {
    const auto opening = family.open(request, {pin}, noon());
    ASSERT_TRUE(opening.has_value()) << opening.error().detail;
    ASSERT_EQ(opening->answer.size(), 2u);
    EXPECT_EQ(opening->answer[0].first, "credential_blob");
    EXPECT_EQ(opening->answer[1].first, "secret");
    EXPECT_EQ(tpm.activate(ak.name(), opening->answer[0].second, opening->answer[1].second),
              opening->activation_secret);
    EXPECT_EQ(opening->ek_certificate, sha256(tpm.ek_chain().front()));
    EXPECT_EQ(opening->ak_name, ak.name());
    EXPECT_EQ(opening->element_key, sha256(tpm.ek_spki()));
}

TEST_F(IdevidOpening, seals_nothing_for_a_key_that_signs_anything) {
    ak.fields.attributes &= ~(1u << 16);
    request.evidence.members[1].values = {ak.public_area()};
    EXPECT_EQ(answer(), "signer: not a restricted key");
}

TEST_F(IdevidOpening, takes_no_issuer_that_the_request_will_not_bring) {
    pin.anchors.intermediates.clear();
    EXPECT_EQ(answer(), "chain: no path to a pinned root");
}

TEST_F(IdevidOpening, knows_no_ak_certificate) {
    request.evidence.members[0].name = "ak_chain";
    EXPECT_EQ(answer(), "member: unknown: ak_chain");
}

}  // namespace
}  // namespace hallmark
