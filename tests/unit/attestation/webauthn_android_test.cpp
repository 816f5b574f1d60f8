// The "android-key" statement of an attestation object: what WebAuthn asks of it and what this
// house asks of an Android key besides.
#include "ca/attestation/webauthn_object.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_android.h"
#include "station/simulator/soft_authenticator.h"
#include "station/simulator/soft_cbor.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

/// What stands in the object; the defaults are true.
struct Recipe {
    SoftKeyDescription description = {};  ///< Its challenge is the client data's digest.
    std::int64_t algorithm = -7;
    bool another_key = false;  ///< The chain attests another than the credential's.
    bool another_signer = false;
    bool another_client_data = false;  ///< In the key's challenge.
    bool extra_member = false;
    bool without_chain = false;
};

class WebauthnAndroid : public FormatTest {
protected:
    WebauthnAndroid() : FormatTest("webauthn") {
        pin.anchors.roots = {google.root()};
        auto list = StatusList::parse(R"({"entries": {}})", noon(), std::chrono::hours(1));
        pin.status = std::make_shared<const StatusList>(std::move(list).value());
    }
    void make(Recipe recipe = {}) {
        const PkeyPtr credential = soft_p256_key(), other = soft_p256_key();
        const SoftAuthenticator plain{SoftAuthenticatorMaker()};
        const SoftAttestationObject packed = plain.attest(credential.get(), nonce);
        const Bytes data = parse_cbor(packed.object)->find("authData")->octets;
        const Digest client_data = sha256(packed.client_data);
        Bytes meant = data;
        append(meant, ByteView(client_data));
        recipe.description.challenge =
            recipe.another_client_data ? Bytes(32, 1) : to_bytes(ByteView(client_data));
        std::vector<Bytes> chain;
        for (const Bytes& certificate : SoftAndroid(google).attest(
                 spki_of(recipe.another_key ? other.get() : credential.get()), recipe.description))
            chain.push_back(soft_cbor_bytes(certificate));
        std::vector<std::pair<Bytes, Bytes>> statement{
            {soft_cbor_text("alg"), soft_cbor_number(recipe.algorithm)},
            {soft_cbor_text("sig"),
             soft_cbor_bytes(
                 sign_sha256(recipe.another_signer ? other.get() : credential.get(), meant))}};
        if (!recipe.without_chain)
            statement.emplace_back(soft_cbor_text("x5c"), soft_cbor_array(chain));
        if (recipe.extra_member)
            statement.emplace_back(soft_cbor_text("more"), soft_cbor_number(1));
        const Bytes object = soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text("android-key")},
                                            {soft_cbor_text("attStmt"), soft_cbor_map(statement)},
                                            {soft_cbor_text("authData"), soft_cbor_bytes(data)}});
        evidence.members = {{.name = "attestation_object", .values = {object}},
                            {.name = "client_data", .values = {packed.client_data}}};
        expected.spki = spki_of(credential.get());
    }

    SoftGoogle google;
};

TEST_F(WebauthnAndroid, is_taken_where_the_key_is_a_strongboxs) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.model, "Example Box 1");
    EXPECT_EQ(claims.public_key, *expected.spki);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.anchor, sha256(google.root()));
    const std::pair<std::string, std::string> statement{"statement", "android-key"};
    EXPECT_EQ(std::count(claims.detail.begin(), claims.detail.end(), statement), 1);
    const std::pair<std::string, std::string> level{"security_level", "strongbox"};
    EXPECT_EQ(std::count(claims.detail.begin(), claims.detail.end(), level), 1);
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(Recipe&)> change;
};
class WebauthnAndroidRefuses : public WebauthnAndroid,
                               public ::testing::WithParamInterface<Wrong> {};

TEST_P(WebauthnAndroidRefuses, it_for_its_own_reason) {
    Recipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, WebauthnAndroidRefuses,
    ::testing::Values(
        Wrong{"android_of_another_key", "key: the device's is not the credential's",
              [](Recipe& r) { r.another_key = true; }},
        Wrong{"android_signed_by_another_key", "signature: not by the credential's key",
              [](Recipe& r) { r.another_signer = true; }},
        Wrong{"android_for_another_client_data", "statement: not about this client data",
              [](Recipe& r) { r.another_client_data = true; }},
        Wrong{"android_with_another_member", "statement: its members",
              [](Recipe& r) { r.extra_member = true; }},
        Wrong{"android_without_a_chain", "statement: its members",
              [](Recipe& r) { r.without_chain = true; }},
        Wrong{"android_algorithm_that_is_not_taken", "signature: algorithm not taken",
              [](Recipe& r) { r.algorithm = -65535; }},
        Wrong{"android_of_a_trusted_environment", "level: trusted environment and no StrongBox",
              [](Recipe& r) { r.description.attested_by = r.description.kept_in = 1; }},
        Wrong{"android_key_that_was_imported", "key: not generated where it is kept",
              [](Recipe& r) {
                  r.description.hardware[702] = Bytes{0x02, 0x01, 0x02};
              }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(WebauthnAndroid, needs_the_status_list_too) {
    make();
    pin.status = nullptr;
    expect_refused("revocation: no status list of this vendor is held");
}

}  // namespace
}  // namespace hallmark
