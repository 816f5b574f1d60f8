// What an applet states of a key: good, and refused for what stands around the statement.
#include "ca/attestation/gp_applet.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "tests/unit/attestation/gp_applet_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(GpApplet, says_what_the_applet_states) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "gp-applet");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "cap:" + to_hex(Bytes(32, 0xC4)));
    EXPECT_EQ(claims.element_serial, SeSerial("card-17"));
    EXPECT_EQ(claims.public_key, spki_of(key.get()));
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(claims.firmware, std::nullopt);
    EXPECT_EQ(claims.lifecycle, "production");
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(issuer.root()));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"applet", "f048616c6c01"}, {"counter", "17"}, {"key_reference", "01"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, sha256(spki_of(attestation_key.get())));
}

TEST_F(GpApplet, says_how_else_a_key_came_to_be_and_what_else_it_may_do) {
    SoftAppletReport how;
    how.origin = {2};
    how.usage = {0x05, 0xE0};
    make(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.origin, "derived");
    EXPECT_EQ(element->claims.usage, (std::vector<std::string>{"sign", "decrypt", "agree"}));
}

TEST_F(GpApplet, takes_an_attestation_key_on_p384_with_its_own_hash) {
    const TestKey signer = make_ec_key(KeyAlgorithm::ec_p384);
    make_under(signer, SignatureAlgorithm::ecdsa_sha384);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.element_serial, SeSerial("card-18"));
    EXPECT_EQ(element->element_key, signer.public_key().digest());
    make_under(signer, SignatureAlgorithm::ecdsa_sha256);
    expect_refused("signature: not by the attestation key");
}

TEST_F(GpApplet, refuses_an_attestation_key_that_is_rsa) {
    make_under(shared_rsa_key(), SignatureAlgorithm::rsa_pkcs1_sha256);
    expect_refused("certificate: not of an EC key");
}

TEST_F(GpApplet, takes_another_purpose_where_it_is_set) {
    const GpAppletVerifier other(chains, "1.3.6.1.5.5.7.3.40");
    make();
    EXPECT_EQ(other.verify(evidence, pin, expected, noon()).error().detail,
              "certificate: not of a key that makes statements alone");
    SoftAppletCertificate certificate;
    certificate.purposes = der_oid("1.3.6.1.5.5.7.3.40");
    make({}, certificate);
    EXPECT_TRUE(other.verify(evidence, pin, expected, noon()).has_value());
    expect_refused("certificate: not of a key that makes statements alone");
}

TEST_F(GpApplet, says_that_nobody_asked_for_a_nonce) {
    make();
    expected.nonce.reset();
    expected.spki.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
    EXPECT_EQ(element->claims.public_key, spki_of(key.get()));
}

TEST_F(GpApplet, takes_a_chain_with_an_intermediate_and_its_root) {
    const TestAuthority root = make_root("Example Card Issuer");
    const TestAuthority line = make_intermediate(root, "Example Card Line");
    pin.anchors.roots = {root.certificate};
    const TestKey signer = make_ec_key();
    CertificateSpec spec = leaf_spec(line, "attestation", signer);
    spec.subject = name_of_attributes({{"2.5.4.5", "card-19"}});
    spec.extensions.push_back(extended_key_usage({"1.3.6.1.5.5.7.3.999"}));
    make();
    const Bytes statement = evidence.members[1].values.front();
    show({make_certificate(spec, line.key), line.certificate, root.certificate}, statement,
         signer.sign(statement, SignatureAlgorithm::ecdsa_sha256));
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(GpApplet, refuses_another_nonce_and_an_empty_one) {
    make();
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
    expected.nonce = Bytes();
    expect_refused("nonce: none was asked for");
    const SoftApplet applet(issuer, "card-17");
    const SoftAppletEvidence none = applet.attest(spki_of(key.get()), Bytes());
    show({applet.certificate()}, none.statement, none.signature);
    expect_refused("statement: the nonce is malformed");
}

TEST_F(GpApplet, refuses_another_key_than_the_requests) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(GpApplet, refuses_the_attestation_key_as_the_attested_one) {
    SoftAppletReport how;
    how.spki = spki_of(attestation_key.get());
    make(how);
    expected.spki = how.spki;
    expect_refused("key: the attestation key itself");
}

TEST_F(GpApplet, refuses_another_issuers_root) {
    make();
    pin.anchors.roots = {SoftCardIssuer().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(GpApplet, refuses_another_cards_certificate_over_the_same_statement) {
    make();
    const SoftApplet other(issuer, "card-18");
    evidence.members[0].values = {other.certificate()};
    expect_refused("signature: not by the attestation key");
}

TEST_F(GpApplet, refuses_other_forms_of_the_signature) {
    make();
    Bytes& signature = evidence.members[2].values.front();
    const Bytes good = signature;
    signature = ecdsa_raw_from_der(good, 32).value();
    expect_refused("signature: not by the attestation key");
    signature = concat({good, Bytes{0}});
    expect_refused("signature: not by the attestation key");
    signature = {good.begin(), good.end() - 1};
    expect_refused("signature: not by the attestation key");
}

TEST_F(GpApplet, refuses_a_statement_that_was_changed_after_it_was_signed) {
    make();
    evidence.members[1].values.front().back() ^= 1;
    expect_refused("signature: not by the attestation key");
}

TEST_F(GpApplet, refuses_members_that_are_missing_or_more) {
    make();
    const Evidence good = evidence;
    evidence.members.erase(evidence.members.begin() + 2);
    expect_refused("member: missing: signature");
    evidence = good;
    evidence.members.push_back({.name = "certificate", .values = {Bytes{1}}});
    expect_refused("member: unknown: certificate");
    evidence = good;
    evidence.members[1].is_list = true;
    expect_refused("member: in another form: statement");
}

}  // namespace
}  // namespace hallmark
