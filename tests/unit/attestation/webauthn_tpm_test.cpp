// The "tpm" statement of an attestation object: what WebAuthn asks of it and what this house asks
// of a TPM's key besides, one thing wrong at a time. And credential keys of the other kinds.
#include "ca/attestation/webauthn_object.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_authenticator.h"
#include "station/simulator/soft_cbor.h"
#include "station/simulator/soft_tpm.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

SoftCertificate ak_certificate() {
    SoftCertificate certificate;
    certificate.usages = {"2.23.133.8.3"};
    certificate.key_usage_bit = 0;
    return certificate;
}

/// What stands in the object; the defaults are true.
struct Recipe {
    SoftTemplate leaf;
    SoftCertificate certificate = ak_certificate();
    std::string version = "2.0";
    std::int64_t algorithm = -7;
    std::optional<Bytes> extra_data;  ///< Else the digest of what WebAuthn has signed.
    std::uint16_t type = 0x8017;
    bool another_area = false;  ///< pubArea of another key.
    bool another_name = false;  ///< Another key certified.
    bool another_signer = false;
};

class WebauthnTpm : public FormatTest {
protected:
    WebauthnTpm() : FormatTest("webauthn") {
        pin.vendor = VendorId("stm");
        pin.anchors.roots = {maker.root()};
    }
    void make(const Recipe& recipe) {
        const SoftObject leaf = soft_object(SoftKeyKind::ec_p256, recipe.leaf);
        const SoftObject other = soft_object(SoftKeyKind::ec_p256, {}, 1);
        // The authenticator's data and the client's are the same in every kind of statement.
        const SoftAuthenticator plain{SoftAuthenticatorMaker()};
        const SoftAttestationObject packed = plain.attest(leaf.key.get(), nonce);
        const Bytes data = parse_cbor(packed.object)->find("authData")->octets;
        Bytes meant = data;
        append(meant, ByteView(sha256(packed.client_data)));
        SoftAttest attest =
            soft_certify_attest(ak, recipe.another_name ? other : leaf,
                                recipe.extra_data.value_or(to_bytes(sha256(meant))));
        attest.type = recipe.type;
        const Bytes info = attest.bytes();
        const Bytes statement = soft_cbor_map(
            {{soft_cbor_text("ver"), soft_cbor_text(recipe.version)},
             {soft_cbor_text("alg"), soft_cbor_number(recipe.algorithm)},
             {soft_cbor_text("x5c"),
              soft_cbor_array({soft_cbor_bytes(maker.certify(ak.spki(), recipe.certificate)),
                               soft_cbor_bytes(maker.intermediate())})},
             {soft_cbor_text("sig"),
              soft_cbor_bytes(sign_sha256((recipe.another_signer ? other : ak).key.get(), info))},
             {soft_cbor_text("certInfo"), soft_cbor_bytes(info)},
             {soft_cbor_text("pubArea"),
              soft_cbor_bytes((recipe.another_area ? other : leaf).public_area())}});
        const Bytes object = soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text("tpm")},
                                            {soft_cbor_text("attStmt"), statement},
                                            {soft_cbor_text("authData"), soft_cbor_bytes(data)}});
        evidence.members = {{.name = "attestation_object", .values = {object}},
                            {.name = "client_data", .values = {packed.client_data}}};
        expected.spki = leaf.spki();
    }

    SoftVendor maker{"STM"};
    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
};

TEST_F(WebauthnTpm, is_taken_where_the_key_cannot_leave_the_tpm) {
    make({});
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.vendor, "stm");
    EXPECT_EQ(element->claims.model, "SOFT33");
    EXPECT_EQ(element->element_key, sha256(ak.spki()));
    const std::pair<std::string, std::string> statement{"statement", "tpm"};
    EXPECT_EQ(element->claims.detail.back(), statement);
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(Recipe&)> change;
};
class WebauthnTpmRefuses : public WebauthnTpm, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WebauthnTpmRefuses, it_for_its_own_reason) {
    Recipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, WebauthnTpmRefuses,
    ::testing::Values(
        Wrong{"a_key_that_may_leave", "key: ", [](Recipe& r) { r.leaf.attributes &= ~(1u << 1); }},
        Wrong{"a_key_made_outside", "key: ", [](Recipe& r) { r.leaf.attributes &= ~(1u << 5); }},
        Wrong{"another_version", "statement: its members", [](Recipe& r) { r.version = "1.2"; }},
        Wrong{"algorithm_that_is_not_taken", "signature: algorithm not taken",
              [](Recipe& r) { r.algorithm = -65535; }},
        Wrong{"digest_of_another_algorithm", "statement: not about this",
              [](Recipe& r) { r.algorithm = -35; }},
        Wrong{"another_public_area", "key: the TPM's is not the credential's",
              [](Recipe& r) { r.another_area = true; }},
        Wrong{"another_key_certified", "name: the certified Name",
              [](Recipe& r) { r.another_name = true; }},
        Wrong{"another_authenticator", "statement: not about this",
              [](Recipe& r) { r.extra_data = Bytes(32, 9); }},
        Wrong{"a_quote", "type: not a certification", [](Recipe& r) { r.type = 0x8018; }},
        Wrong{"another_signer", "signature: not by the key of the AK certificate",
              [](Recipe& r) { r.another_signer = true; }},
        Wrong{"an_ek_certificate", "chain: ", [](Recipe& r) { r.certificate = SoftCertificate(); }},
        Wrong{"another_maker",
              "vendor: ", [](Recipe& r) { r.certificate.manufacturer = "id:49465800"; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

/// An attestation object whose credential has this key; what vouches for it is not asked here.
Result<AttestationObject> object_with(const std::vector<std::pair<Bytes, Bytes>>& cose) {
    Bytes data(32, 0);
    append(data, ByteView(Bytes{0x41, 0, 0, 0, 0}));
    append(data, ByteView(Bytes(16, 0)));
    append(data, ByteView(Bytes{0, 0}));
    append(data, ByteView(soft_cbor_map(cose)));
    return parse_attestation_object(
        soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text("packed")},
                       {soft_cbor_text("attStmt"), soft_cbor_map({})},
                       {soft_cbor_text("authData"), soft_cbor_bytes(data)}}));
}

std::vector<std::pair<Bytes, Bytes>> rsa(ByteView modulus, const Bytes& exponent = {1, 0, 1}) {
    const auto number = soft_cbor_number;
    return {{number(1), number(3)},
            {number(3), number(-257)},
            {number(-1), soft_cbor_bytes(modulus)},
            {number(-2), soft_cbor_bytes(exponent)}};
}

TEST(WebauthnKey, of_rsa_is_taken_as_the_request_will_have_it) {
    const Bytes spki = shared_rsa_key().spki();
    // SEQUENCE { algorithm, BIT STRING { SEQUENCE { INTEGER n, INTEGER e } } }: n is the 256 octets
    // before e.
    const Bytes modulus = to_bytes(ByteView(spki).last(256 + 5).first(256));
    const auto object = object_with(rsa(modulus));
    ASSERT_TRUE(object.has_value()) << object.error().detail;
    EXPECT_EQ(object->spki, spki);
}

TEST(WebauthnKey, that_is_weak_or_of_an_unknown_kind_is_refused) {
    Bytes odd(256, 0xF1);
    Bytes even = odd;
    even.back() = 0xF0;
    Bytes short_of_a_bit = odd;
    short_of_a_bit.front() = 0x71;
    const auto number = soft_cbor_number;
    const auto ec = [&](std::int64_t curve, const Bytes& x, const Bytes& y) {
        return std::vector<std::pair<Bytes, Bytes>>{{number(1), number(2)},
                                                    {number(3), number(-7)},
                                                    {number(-1), number(curve)},
                                                    {number(-2), soft_cbor_bytes(x)},
                                                    {number(-3), soft_cbor_bytes(y)}};
    };
    const std::vector<std::pair<std::vector<std::pair<Bytes, Bytes>>, std::string>> rows{
        {rsa(Bytes(128, 0xF1)), "key: the modulus is not an odd one"},
        {rsa(even), "key: the modulus is not an odd one"},
        {rsa(short_of_a_bit), "key: the modulus is not an odd one"},
        {rsa(odd, {3}), "key: the public exponent is not 65537"},
        {rsa(roca_modulus()), "key: the modulus bears the ROCA fingerprint"},
        {ec(3, Bytes(66, 1), Bytes(66, 1)), "key: the curve is not taken"},
        {ec(1, Bytes(32, 1), Bytes(32, 1)), "key: the point is not on the curve"},
        {ec(1, Bytes(33, 1), Bytes(32, 1)), "key: a coordinate is too long"},
        {{{number(1), number(1)}, {number(3), number(-8)}}, "key: a kind that is not taken"},
        {{{number(1), number(2)}}, "key: no algorithm"}};
    for (const auto& [cose, detail] : rows) {
        const auto object = object_with(cose);
        ASSERT_FALSE(object.has_value()) << detail;
        EXPECT_EQ(object.error().detail.substr(0, detail.size()), detail);
    }
}

}  // namespace
}  // namespace hallmark
