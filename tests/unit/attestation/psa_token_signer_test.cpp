// Whose tokens of the PSA are taken: the attestation key, and what vouches for it.
#include "station/simulator/soft_cbor.h"
#include "tests/unit/attestation/psa_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class PsaTokenSigner : public PsaTest {
protected:
    void certified(const SoftTokenCertificate& how) {
        make();
        evidence.members[1].values = {
            maker.certify(spki_of(platform.attestation_key().get()), how)};
    }
};

TEST_F(PsaTokenSigner, must_be_certified_by_a_pinned_root) {
    make();
    pin.anchors.roots = {SoftTokenMaker().root()};
    expect_refused("chain: no path to a pinned root");
    pin.anchors.roots = {maker.root()};
    evidence.members[1].values = {maker.certify(key.spki())};
    expect_refused("signature: not by this key");
    certified({.has_identifiers = false});
    EXPECT_TRUE(judge().has_value()) << "real units have none";
}

TEST_F(PsaTokenSigner, must_be_one_that_signs_and_is_no_authority) {
    certified({.ca = true});
    expect_refused("certificate: an authority's");
    certified({.key_usage_bit = 4});
    expect_refused("certificate: not for digital signatures");
    certified({.not_after = instant("2026-01-01T00:00:00Z")});
    expect_refused("chain: expired (leaf)");
    // The root itself, whoever shows it.
    make();
    evidence.members[1].values = {maker.root()};
    expect_refused("certificate: an authority's");
}

TEST_F(PsaTokenSigner, must_be_pinned_where_no_chain_is_shown) {
    EVP_PKEY* const signer = platform.attestation_key().get();
    const std::string none = "chain: none, and no pinned key signed the token";
    make();
    evidence.members.pop_back();
    expect_refused(none);
    pin.anchors.roots = {SoftTokenMaker::certify_oneself(signer, {.ca = true})};
    expect_refused(none);
    pin.anchors.roots = {SoftTokenMaker::certify_oneself(signer, {.ca = std::nullopt})};
    expect_refused(none);
    pin.anchors.roots = {
        SoftTokenMaker::certify_oneself(signer, {.not_after = instant("2026-01-01T00:00:00Z")})};
    expect_refused(none);
    pin.anchors.roots = {SoftTokenMaker::certify_oneself(make_ec_key().handle())};
    expect_refused(none);
    pin.anchors.roots.push_back(SoftTokenMaker::certify_oneself(signer));
    EXPECT_TRUE(judge().has_value());
}

TEST_F(PsaTokenSigner, of_a_secure_engine_must_be_the_one_that_attests) {
    const SoftSilabs silabs;
    pin.anchors.roots = {silabs.root()};
    const Bytes eui(8, 0x14);
    for (const std::string words : {" S:SE0 ID:MCU", "", " ID:SEC", " ID:MCU:ID:SE"}) {
        platform = silabs.platform(eui, words);
        make();
        expect_refused("certificate: not of a secure engine's attestation key");
    }
    platform = silabs.platform(eui);
    make({.instead = {{-75009, soft_cbor_bytes(concat({Bytes{6}, Bytes(8, 0x15)}))}}});
    expect_refused("instance: not the one in the certificate");
    platform = silabs.platform(Bytes(7, 0x14));
    make({.instead = {{-75009, soft_cbor_bytes(concat({Bytes{6}, eui}))}}});
    expect_refused("instance: not the one in the certificate");
    // Under the device's other key, with an instance id that is not the EUI's.
    platform = silabs.platform(eui, " S:SE0 ID:MCU");
    make({.instead = {{-75009, soft_cbor_bytes(concat({Bytes{1}, Bytes(32, 9)}))}}});
    expect_refused("certificate: not of a secure engine's attestation key");
}

TEST_F(PsaTokenSigner, is_not_believed_from_the_token_itself) {
    // The chain is another key's; what the token carries would fit.
    SoftReport how;
    how.envelope.x5chain = platform.chain().front();
    make(how);
    evidence.members[1].values = {maker.certify(key.spki())};
    expect_refused("signature: not by this key");
    evidence.members.pop_back();
    expect_refused("chain: none, and no pinned key signed the token");
}

TEST_F(PsaTokenSigner, is_shown_with_the_token_alone) {
    make();
    evidence.members.push_back({.name = "nonce", .values = {nonce}});
    expect_refused("member: unknown: nonce");
    make();
    evidence.members.push_back(evidence.members.front());
    expect_refused("member: twice: token");
    make();
    evidence.members.erase(evidence.members.begin());
    expect_refused("member: missing: token");
    make();
    evidence.members[1].is_list = false;
    expect_refused("member: in another form: chain");
    make();
    evidence.members[1].values.clear();
    expect_refused("member: in another form: chain");
}

TEST_F(PsaTokenSigner, refuses_a_token_that_is_cut_off_anywhere) {
    make();
    const Bytes whole = evidence.members[0].values[0];
    for (std::size_t length = 0; length < whole.size(); ++length) {
        evidence.members[0].values[0] = to_bytes(ByteView(whole).first(length));
        expect_refused("cose: not one CBOR item");
    }
}

TEST_F(PsaTokenSigner, refuses_a_token_with_any_bit_changed) {
    make();
    const Bytes whole = evidence.members[0].values[0];
    for (std::size_t at = 0; at < whole.size(); ++at) {
        Bytes changed = whole;
        changed[at] ^= 1u;
        evidence.members[0].values[0] = changed;
        EXPECT_FALSE(judge().has_value()) << at;
    }
}

}  // namespace
}  // namespace hallmark
