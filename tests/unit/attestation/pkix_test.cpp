// What an HSM reports of a key, good and with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_key_attestation.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Pkix : public FormatTest {
protected:
    Pkix() : FormatTest("pkix-key-attestation") { pin.anchors.roots = {maker.root()}; }

    SoftHsmMaker maker;
    SoftKeyAttester attester{maker, "hsm-17"};
    PkeyPtr key = soft_p256_key();

    void make(const SoftKeyReport& how = {}) {
        show(attester.attest(spki_of(key.get()), nonce, how));
    }
    void show(Bytes der) {
        evidence = {.format = "pkix-key-attestation",
                    .members = {{.name = "evidence", .values = {std::move(der)}}}};
        expected.nonce = nonce;
        expected.spki = spki_of(key.get());
    }
};

TEST_F(Pkix, says_what_the_hsm_reports) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "pkix-key-attestation");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "HSM-1");
    EXPECT_EQ(claims.element_serial, SeSerial("hsm-17"));
    EXPECT_EQ(claims.firmware, "2.1.0");
    EXPECT_EQ(claims.public_key, spki_of(key.get()));
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(element->element_key, sha256(spki_of(attester.attestation_key().get())));
}

TEST_F(Pkix, takes_one_key_of_several_by_its_name_alone) {
    make();
    expected.spki.reset();
    EXPECT_TRUE(judge().has_value()) << "the only one";
    SoftKeyReport twice;
    twice.key_twice = true;
    make(twice);
    expected.spki.reset();
    expect_refused("key: several");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftKeyReport&)> change;
};
class PkixRefuses : public Pkix, public ::testing::WithParamInterface<Wrong> {};

TEST_P(PkixRefuses, it_for_its_own_reason) {
    SoftKeyReport how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, PkixRefuses,
    ::testing::Values(
        Wrong{"extractable", "key: extractable is true",
              [](SoftKeyReport& r) { r.extractable = true; }},
        Wrong{"extractable_not_said", "key: extractable is not said",
              [](SoftKeyReport& r) { r.extractable.reset(); }},
        Wrong{"once_extractable", "key: never-extractable is false",
              [](SoftKeyReport& r) { r.never_extractable = false; }},
        Wrong{"never_extractable_not_said", "key: never-extractable is not said",
              [](SoftKeyReport& r) { r.never_extractable.reset(); }},
        Wrong{"imported", "key: local is false", [](SoftKeyReport& r) { r.local = false; }},
        Wrong{"local_not_said", "key: local is not said",
              [](SoftKeyReport& r) { r.local.reset(); }},
        Wrong{"not_sensitive", "key: sensitive is false",
              [](SoftKeyReport& r) { r.sensitive = false; }},
        Wrong{"sensitive_not_said", "key: sensitive is not said",
              [](SoftKeyReport& r) { r.sensitive.reset(); }},
        Wrong{"for_decryption", "key: not for signing",
              [](SoftKeyReport& r) { r.purpose = "1.3.6.1.5.5.999.2.1"; }},
        Wrong{"the_platform_alone", "key: not among those",
              [](SoftKeyReport& r) { r.has_key = false; }},
        Wrong{"key_twice", "key: stands twice", [](SoftKeyReport& r) { r.key_twice = true; }},
        Wrong{"claim_twice", "evidence: a claim stands twice",
              [](SoftKeyReport& r) { r.claim_twice = true; }},
        Wrong{"transaction_twice", "evidence: an element stands twice",
              [](SoftKeyReport& r) { r.transaction_twice = true; }},
        Wrong{"no_signature", "signature: none", [](SoftKeyReport& r) { r.signatures = 0; }},
        Wrong{"two_signatures", "signature: more than one",
              [](SoftKeyReport& r) { r.signatures = 2; }},
        Wrong{"five_signatures", "evidence: more signatures than the limit",
              [](SoftKeyReport& r) { r.signatures = 5; }},
        Wrong{"another_keys_signature", "signature: not by the attestation key",
              [](SoftKeyReport& r) { r.another_key_signs = true; }},
        Wrong{"another_signer_stated", "signature: another attestation key is stated",
              [](SoftKeyReport& r) { r.stated_signer = make_ec_key().spki(); }},
        Wrong{"another_key_id", "signature: names another key by its identifier",
              [](SoftKeyReport& r) { r.key_id = Bytes(20, 1); }},
        Wrong{"another_version", "evidence: not of version 1",
              [](SoftKeyReport& r) { r.version = 2; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(Pkix, refuses_another_nonce_and_another_key) {
    make();
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: not among those");
}

TEST_F(Pkix, refuses_another_vendors_root) {
    make();
    pin.anchors.roots = {SoftHsmMaker().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Pkix, refuses_a_certificate_that_is_not_an_attestation_keys) {
    // Client authentication, issued by the same root.
    PkeyPtr signer = soft_p256_key();
    const Bytes certificate = maker.certify(spki_of(signer.get()), "1.3.6.1.5.5.7.3.2");
    const SoftKeyAttester other(std::move(signer), certificate, "hsm-17");
    show(other.attest(spki_of(key.get()), nonce));
    expect_refused("certificate: not of an attestation key");
}

TEST_F(Pkix, refuses_what_is_cut_off_and_what_has_more_behind) {
    make();
    const Bytes good = evidence.members[0].values[0];
    Bytes more = good;
    more.push_back(0);
    show(more);
    expect_refused("evidence: not exactly one DER SEQUENCE");
    Bytes cut = good;
    cut.pop_back();
    show(cut);
    expect_refused("evidence: not exactly one DER SEQUENCE");
    show(der_sequence({der_sequence({})}));
    expect_refused("evidence: it is malformed");
}

}  // namespace
}  // namespace hallmark
