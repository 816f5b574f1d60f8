// What the tcg-csr-idevid verifier takes and refuses: who asks, which TPM, which attestation key,
// what it says of the signing key, and the round of activation.
#include "ca/attestation/tcg_csr_idevid.h"

#include "tests/unit/attestation/idevid_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class IdevidRules : public IdevidTest, public ::testing::WithParamInterface<IdevidRow> {};

TEST_P(IdevidRules, have_their_own_reasons) {
    IdevidRecipe recipe;
    GetParam().prepare(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

std::function<void(IdevidRecipe&)> attest(std::function<void(SoftAttest&)> change) {
    return [=](IdevidRecipe& r) { r.attest = change; };
}
std::function<void(IdevidRecipe&)> self_attest(std::function<void(SoftAttest&)> change) {
    return [=](IdevidRecipe& r) { r.self_attest = change; };
}
std::function<void(IdevidRecipe&)> contents(std::function<void(TcgCsrContents&)> change) {
    return [=](IdevidRecipe& r) { r.contents = change; };
}
std::function<void(IdevidRecipe&)> request(std::function<void(TcgCsrRequest&)> change) {
    return [=](IdevidRecipe& r) { r.request = change; };
}
std::function<void(IdevidRecipe&)> certificate(std::function<void(SoftCertificate&)> change) {
    return [=](IdevidRecipe& r) { change(r.certificate); };
}
std::function<void(IdevidRecipe&)> iak_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](IdevidRecipe& r) {
        r.iak_fields.attributes = (r.iak_fields.attributes | set) & ~clear;
    };
}
std::function<void(IdevidRecipe&)> leaf_bits(std::uint32_t set, std::uint32_t clear) {
    return [=](IdevidRecipe& r) {
        r.leaf_fields.attributes = (r.leaf_fields.attributes | set) & ~clear;
    };
}
constexpr std::uint32_t bit(unsigned number) {
    return 1u << number;
}
SoftObject stranger() {
    return soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
}

INSTANTIATE_TEST_SUITE_P(
    OuterSignature, IdevidRules,
    ::testing::Values(
        IdevidRow{
            "by_another_key", "request: does not verify under the signer's key",
            request([](TcgCsrRequest& r) { r.signature = soft_sign(stranger(), r.contents); })},
        IdevidRow{"over_other_contents", "request: does not verify under the signer's key",
                  [](IdevidRecipe& r) {
                      r.sign = [](const SoftObject& signer, ByteView message) {
                          Bytes other = to_bytes(message);
                          if (other.size() > 500) other.back() ^= 1;  // csrContents alone.
                          return soft_sign(signer, other);
                      };
                  }},
        IdevidRow{"of_sha1", "request: not in the signer's scheme",
                  request([](TcgCsrRequest& r) { r.signature.at(3) = 0x04; })},
        IdevidRow{"of_another_hash_than_the_keys_scheme", "request: not in the signer's scheme",
                  [](IdevidRecipe& r) {
                      r.leaf_fields.scheme = {0x00, 0x18, 0x00, 0x0C};
                      r.request = [](TcgCsrRequest& out) { out.signature.at(3) = 0x0B; };
                  }},
        IdevidRow{"of_rsa_by_an_ec_key", "request: not in the signer's scheme",
                  request([](TcgCsrRequest& r) {
                      r.signature = Bytes{0x00, 0x14, 0x00, 0x0B, 0x00, 0x01, 0x07};
                  })},
        IdevidRow{"in_der", "malformed: TPMT_SIGNATURE", request([](TcgCsrRequest& r) {
                      r.signature = sign_sha256(stranger().key.get(), r.contents);
                  })},
        IdevidRow{"with_an_octet_behind_it", "malformed: TPMT_SIGNATURE: octets trail",
                  request([](TcgCsrRequest& r) { r.signature.push_back(0); })},
        IdevidRow{"of_length_zero", "malformed: TPMT_SIGNATURE", request([](TcgCsrRequest& r) {
                      r.signature = Bytes{0x00, 0x18, 0x00, 0x0B, 0x00, 0x00, 0x00, 0x00};
                  })}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    EkCertificate, IdevidRules,
    ::testing::Values(
        IdevidRow{"usage_missing",
                  "chain: ", certificate([](SoftCertificate& c) { c.usages.clear(); })},
        IdevidRow{"of_an_ak", "chain: ", certificate([](SoftCertificate& c) {
                      c.usages = {"2.23.133.8.3"};
                      c.key_usage_bit = 0;
                  })},
        IdevidRow{"of_another_vendor", "vendor: the certificate names amd",
                  certificate([](SoftCertificate& c) { c.manufacturer = "id:414D4400"; })},
        IdevidRow{"of_a_simulator", "vendor: the certificate names swtpm",
                  certificate([](SoftCertificate& c) { c.manufacturer = "id:00001014"; })},
        IdevidRow{"expired", "chain: ", certificate([](SoftCertificate& c) {
                      c.not_after = from_rfc3339("2025-06-01T00:00:00Z").value();
                  })},
        IdevidRow{"of_another_maker", "chain: no path to a pinned root",
                  contents([](TcgCsrContents& c) {
                      const SoftVendor other("Other");
                      c.ek_certificate = SoftTpm(other, SoftKeyKind::ec_p256).ek_chain().front();
                  })},
        IdevidRow{"of_another_tpm", "activation: the challenge was opened for another",
                  contents([](TcgCsrContents& c) {
                      c.ek_certificate =
                          SoftTpm(idevid_maker(), SoftKeyKind::ec_p256).ek_chain().front();
                  })},
        IdevidRow{"trails",
                  "chain: ", contents([](TcgCsrContents& c) { c.ek_certificate.push_back(1); })}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    AttestationKey, IdevidRules,
    ::testing::Values(
        IdevidRow{"unrestricted", "signer: not a restricted key", iak_bits(0, bit(16))},
        IdevidRow{"cannot_sign", "signer: cannot sign", iak_bits(0, bit(18))},
        IdevidRow{"decrypts", "signer: decrypt is set", iak_bits(bit(17), 0)},
        IdevidRow{"not_fixed", "signer: not bound to its TPM: fixedTPM", iak_bits(0, bit(1))},
        IdevidRow{"imported", "signer: not bound to its TPM: sensitiveDataOrigin",
                  iak_bits(0, bit(5))},
        IdevidRow{"name_of_sha1", "name: the signer's nameAlg is SHA-1",
                  [](IdevidRecipe& r) { r.iak_fields.name_alg = 0x0004; }},
        IdevidRow{"without_a_scheme", "signer: no signature scheme of its own",
                  [](IdevidRecipe& r) {
                      r.iak_fields.scheme = {0x00, 0x10};
                  }},
        IdevidRow{"reserved_bit", "malformed: TPMT_PUBLIC: a reserved attribute bit",
                  iak_bits(bit(3), 0)},
        IdevidRow{"with_its_size_before_it", "malformed: TPMT_PUBLIC",
                  contents([](TcgCsrContents& c) {
                      c.attest_public = concat({Bytes{0, 90}, c.attest_public});
                  })},
        IdevidRow{"another_than_challenged", "signature: does not verify under the signer's key",
                  contents([](TcgCsrContents& c) { c.attest_public = stranger().public_area(); })}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    Statement, IdevidRules,
    ::testing::Values(
        IdevidRow{"quote", "type: 0x8018 is a quote",
                  attest([](SoftAttest& a) { a.type = 0x8018; })},
        IdevidRow{"creation", "type: 0x801a is another attestation",
                  attest([](SoftAttest& a) { a.type = 0x801A; })},
        IdevidRow{"magic", "malformed: TPMS_ATTEST: the magic",
                  attest([](SoftAttest& a) { a.magic = 0xFF544348; })},
        IdevidRow{"nonce_empty", "nonce: empty",
                  attest([](SoftAttest& a) { a.extra_data.clear(); })},
        IdevidRow{"nonce_constant", "nonce: not the one", attest([](SoftAttest& a) {
                      a.extra_data = {0x00, 0xFF, 0x55, 0xAA};
                  })},
        IdevidRow{"nonce_of_another_challenge", "nonce: not the one",
                  attest([](SoftAttest& a) { a.extra_data = Bytes(32, 8); })},
        IdevidRow{"of_another_key", "name: the certified Name is not this key's",
                  attest([](SoftAttest& a) { a.name = stranger().name(); })},
        IdevidRow{"qualified_signer_is_a_handle", "name: qualifiedSigner",
                  attest([](SoftAttest& a) {
                      a.qualified_signer = {0x40, 0x00, 0x00, 0x0B};
                  })},
        IdevidRow{"by_another_attestation_key", "signature: does not verify",
                  contents([](TcgCsrContents& c) {
                      c.signing_certify_signature = soft_sign(stranger(), c.signing_certify_info);
                  })},
        IdevidRow{"with_its_size_before_it", "malformed: TPMS_ATTEST",
                  contents([](TcgCsrContents& c) {
                      c.signing_certify_info = concat({Bytes{0, 161}, c.signing_certify_info});
                  })},
        IdevidRow{"self_quote", "iak: atCertifyInfo is another attestation",
                  self_attest([](SoftAttest& a) { a.type = 0x8018; })},
        IdevidRow{"self_of_another_key", "iak: atCertifyInfo is of another key",
                  self_attest([](SoftAttest& a) { a.name = stranger().name(); })},
        IdevidRow{"self_by_another_key", "iak: atCertifyInfo is not signed by the key itself",
                  contents([](TcgCsrContents& c) {
                      c.attest_certify_signature = soft_sign(stranger(), c.attest_certify_info);
                  })}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    SigningKey, IdevidRules,
    ::testing::Values(
        IdevidRow{"restricted", "key: restricted", leaf_bits(bit(16), 0)},
        IdevidRow{"imported", "key: imported", leaf_bits(0, bit(5))},
        IdevidRow{"duplicable", "key: duplicable: fixedTPM", leaf_bits(0, bit(1) | bit(4))},
        IdevidRow{"decrypts", "key: decrypt is set", leaf_bits(bit(17), 0)},
        IdevidRow{"gone_with_a_reset", "key: stClear is set", leaf_bits(bit(2), 0)},
        IdevidRow{"signs_certificates", "key: x509sign is set", leaf_bits(bit(19), 0)},
        IdevidRow{"name_of_sha1", "name: the key's nameAlg is SHA-1",
                  [](IdevidRecipe& r) { r.leaf_fields.name_alg = 0x0004; }},
        IdevidRow{"on_another_curve", "key: neither P-256 nor P-384",
                  [](IdevidRecipe& r) { r.leaf = SoftKeyKind::ec_p521; }}),
    idevid_row_name);

}  // namespace
}  // namespace hallmark
