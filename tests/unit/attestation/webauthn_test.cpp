// An authenticator's attestation object, good and with one thing wrong at a time.
#include "ca/crypto/hash.h"
#include "station/simulator/soft_authenticator.h"
#include "station/simulator/soft_cbor.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Webauthn : public FormatTest {
protected:
    Webauthn() : FormatTest("webauthn") { pin.anchors.roots = {maker.root()}; }

    SoftAuthenticatorMaker maker;
    SoftAuthenticator authenticator{maker};
    PkeyPtr credential = soft_p256_key();

    void show(const SoftAttestationObject& made) {
        evidence = {.format = "webauthn",
                    .members = {{.name = "attestation_object", .values = {made.object}},
                                {.name = "client_data", .values = {made.client_data}}}};
        expected.nonce = nonce;
        expected.spki = spki_of(credential.get());
    }
    void make(const SoftCredential& how = {}) {
        show(authenticator.attest(credential.get(), nonce, how));
    }
};

TEST_F(Webauthn, says_what_a_packed_statement_proves) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "webauthn");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "aaguid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
    EXPECT_EQ(claims.public_key, spki_of(credential.get()));
    EXPECT_EQ(claims.element_serial, std::nullopt);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(element->element_key, sha256(spki_of(authenticator.attestation_key().get())));
}

TEST_F(Webauthn, opens_a_challenge_with_no_members) {
    EXPECT_TRUE(family.open({.evidence = {.format = "webauthn", .members = {}}}, {pin}, noon())
                    .has_value());
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftCredential&)> change;
};
class WebauthnRefuses : public Webauthn, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WebauthnRefuses, it_for_its_own_reason) {
    SoftCredential how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, WebauthnRefuses,
    ::testing::Values(Wrong{"self_attestation", "statement: self attestation proves nothing",
                            [](SoftCredential& c) { c.has_certificate = false; }},
                      Wrong{"none", "statement: no attestation",
                            [](SoftCredential& c) { c.format = "none"; }},
                      Wrong{"fido_u2f", "statement: not taken: fido-u2f",
                            [](SoftCredential& c) { c.format = "fido-u2f"; }},
                      Wrong{"apple", "statement: not taken: apple",
                            [](SoftCredential& c) { c.format = "apple"; }},
                      Wrong{"compound", "statement: not taken: compound",
                            [](SoftCredential& c) { c.format = "compound"; }},
                      Wrong{"packed_called_tpm", "statement: its members",
                            [](SoftCredential& c) { c.format = "tpm"; }},
                      Wrong{"member_too_many", "statement: its members",
                            [](SoftCredential& c) { c.extra_member = true; }},
                      Wrong{"algorithm_that_is_not_taken", "signature: algorithm not taken",
                            [](SoftCredential& c) { c.algorithm = -65535; }},
                      Wrong{"algorithm_of_another_key", "signature: not by the key",
                            [](SoftCredential& c) { c.algorithm = -257; }},
                      Wrong{"another_client_data_signed", "signature: not by the key",
                            [](SoftCredential& c) {
                                c.client_data_signed = Bytes{'{', '}'};
                            }},
                      Wrong{"another_model", "certificate: for another model",
                            [](SoftCredential& c) { c.aaguid = Bytes(16, 0x5A); }},
                      Wrong{"an_assertion", "client-data: not of a credential's creation",
                            [](SoftCredential& c) { c.type = "webauthn.get"; }},
                      Wrong{"no_credential", "object: no attested credential data",
                            [](SoftCredential& c) { c.flags = 0x05; }},
                      Wrong{"octets_behind", "object: octets behind",
                            [](SoftCredential& c) { c.behind_authenticator_data = {0x00}; }},
                      Wrong{"extensions_that_are_none", "object: the extensions are malformed",
                            [](SoftCredential& c) { c.flags = 0xC5; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(Webauthn, refuses_another_challenge) {
    make();
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
}

TEST_F(Webauthn, refuses_another_key_than_the_requests) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(Webauthn, refuses_another_vendors_root) {
    make();
    pin.anchors.roots = {SoftAuthenticatorMaker().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Webauthn, refuses_certificates_of_the_root_that_are_for_something_else) {
    const Bytes spki = spki_of(authenticator.attestation_key().get());
    const auto with = [&](std::string_view unit, bool ca) {
        return SoftAuthenticator(
            private_from_der(private_der(authenticator.attestation_key().get())),
            maker.certify(spki, SoftAuthenticator::aaguid(), unit, ca));
    };
    show(with("Firmware Signing", false).attest(credential.get(), nonce));
    expect_refused("certificate: not named for authenticator attestation");
    show(with("Authenticator Attestation", true).attest(credential.get(), nonce));
    expect_refused("certificate: not marked as an end entity's");
}

TEST_F(Webauthn, refuses_what_is_no_object_and_no_client_data) {
    make();
    const SoftAttestationObject good{evidence.members[0].values[0], evidence.members[1].values[0]};
    SoftAttestationObject bad = good;
    bad.object.pop_back();
    show(bad);
    expect_refused("object: not one CBOR map");
    bad.object = soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text("packed")},
                                {soft_cbor_text("attStmt"), soft_cbor_map({})},
                                {soft_cbor_text("authData"), soft_cbor_text("text")}});
    show(bad);
    expect_refused("object: fmt, attStmt and authData");
    bad.object = soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text("packed")},
                                {soft_cbor_text("attStmt"), soft_cbor_map({})},
                                {soft_cbor_text("authData"), soft_cbor_bytes(Bytes(54, 0xFF))}});
    show(bad);
    expect_refused("object: the authenticator data are too short");
    bad = good;
    bad.client_data = to_bytes("[]");
    show(bad);
    expect_refused("client-data: not one JSON object");
    bad.client_data = to_bytes(R"({"type":"webauthn.create"})");
    show(bad);
    expect_refused("client-data: no challenge");
    bad.client_data = to_bytes(R"({"type":"webauthn.create","challenge":"*"})");
    show(bad);
    expect_refused("client-data: the challenge is no base64url");
}

TEST_F(Webauthn, never_takes_good_evidence_of_one_format_under_anothers_name) {
    make();
    for (const std::string other : {"tpm2", "yubikey-piv"}) {
        Evidence renamed = evidence;
        renamed.format = other;
        VendorPin as_other = pin;
        as_other.format = other;
        const auto element = family.verify(renamed, {as_other}, expected, noon());
        ASSERT_FALSE(element.has_value()) << other;
        EXPECT_EQ(element.error().detail.substr(0, 8), "member: ");
    }
}

}  // namespace
}  // namespace hallmark
