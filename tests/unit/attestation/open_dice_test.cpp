// What a device with the Open Profile for DICE proves, and what of it as a whole is refused.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/open_dice_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(OpenDice, says_in_x509_what_its_layers_say) {
    make_x509();
    expect_good_claims();
}

TEST_F(OpenDice, says_in_cbor_what_its_layers_say) {
    make_cbor();
    expect_good_claims();
}

TEST_F(OpenDice, is_known_by_its_uds_that_is_pinned_itself) {
    // The UDS's own certificate is left out; its key is the anchor's, under whatever name.
    make_cbor();
    chain().pop_back();
    const TestKey uds(std::shared_ptr<evp_pkey_st>(
        private_from_der(private_der(device.uds().get())).release(), EVP_PKEY_free));
    CertificateSpec root;
    root.spki = uds.spki();
    pin.anchors.roots = {make_root("another").certificate, make_certificate(root, uds)};
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(uds.spki()));
    EXPECT_EQ(element->claims.anchor, sha256(pin.anchors.roots[1]));
}

TEST_F(OpenDice, vouches_less_for_a_key_that_the_last_layer_certified) {
    SoftOpenLayers how;
    how.leaf.is_measured = false;
    how.leaf.key_usage = {0x01};  // digitalSignature
    for (const bool cbor : {false, true}) {
        if (cbor) {
            make_cbor(how);
        } else {
            make_x509(how);
        }
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.assurance, Assurance::hw_identity_only);
        EXPECT_EQ(element->claims.exportable, std::nullopt);
        EXPECT_EQ(element->claims.firmware, "2.1");
        EXPECT_EQ(element->element_key, sha256(spki_of(device.uds().get())));
    }
}

TEST_F(OpenDice, tells_what_a_configuration_is_by_its_hash_and_by_nothing_else) {
    SoftOpenLayers how;
    how.leaf.configuration = Bytes(64, 0x77);
    how.leaf.configuration_hash = Bytes(32, 0x88);
    how.leaf.profile = "android.16";
    make_cbor(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.firmware, std::nullopt);
    const auto& detail = element->claims.detail;
    const std::pair<std::string, std::string> hash{"layer-1.configuration",
                                                   to_hex(Bytes(32, 0x88))};
    const std::pair<std::string, std::string> profile{"layer-1.profile", "android.16"};
    EXPECT_NE(std::find(detail.begin(), detail.end(), hash), detail.end());
    EXPECT_NE(std::find(detail.begin(), detail.end(), profile), detail.end());
}

TEST_F(OpenDice, takes_a_mode_that_is_an_integer) {
    SoftOpenLayers how;
    how.leaf.mode.reset();
    how.leaf.more_claims = concat({soft_cbor_number(-4670551), soft_cbor_number(1)});
    how.leaf.more_pairs = 1;
    make_cbor(how);
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
    how.leaf.more_claims = concat({soft_cbor_number(-4670551), soft_cbor_number(2)});
    make_cbor(how);
    expect_refused("mode: debug");
}

TEST_F(OpenDice, refuses_cbor_under_another_name_than_its_issuers) {
    // The same keys, and a first layer that calls itself something else.
    SoftOpenLayers how;
    how.first.named = "another";
    make_cbor(how);
    const Bytes renamed = chain()[1];
    make_cbor();
    chain()[1] = renamed;
    expect_refused("open-dice: a certificate is issued under another name");
}

TEST_F(OpenDice, refuses_another_root_in_both_encodings) {
    make_x509();
    const VendorPin good = pin;
    pin.anchors.roots = {SoftOpenDice().root()};
    expect_refused("chain: no path to a pinned root");
    make_cbor();
    expect_refused("chain: no path to a pinned root");
    pin.anchors.roots = {};
    pin.anchors.intermediates = good.anchors.roots;
    expect_refused("chain: no path to a pinned root");
    // A root that vouched for the UDS and has expired since.
    pin = good;
    EXPECT_EQ(
        family.verify(evidence, {pin}, expected, instant("2049-06-01T00:00:00Z")).error().detail,
        "chain: expired (anchor)");
    EXPECT_EQ(
        family.verify(evidence, {pin}, expected, instant("2019-06-01T00:00:00Z")).error().detail,
        "chain: not yet valid (anchor)");
}

TEST_F(OpenDice, refuses_cbor_that_is_cut_tagged_or_trailed) {
    make_cbor();
    const Bytes good = chain().front();
    chain().front() = Bytes(good.begin(), good.end() - 1);
    expect_refused("cose: not one CBOR item");
    chain().front() = concat({good, Bytes{0}});
    expect_refused("cose: not one CBOR item");
    chain().front() = concat({Bytes{0xD2}, good});
    expect_refused("cose: another tag than this format's");
    chain().assign(9, good);
    expect_refused("member: cbor_chain has more certificates than the limit");
}

TEST_F(OpenDice, refuses_certificates_in_another_order) {
    make_cbor();
    std::swap(chain()[0], chain()[1]);
    expect_refused("open-dice: a certificate is issued under another name");
    make_cbor();
    std::reverse(chain().begin(), chain().end());
    expect_refused("chain: no path to a pinned root");
}

TEST_F(OpenDice, refuses_another_nonce_and_another_key_in_cbor) {
    make_cbor();
    expected.nonce = Bytes(32, 8);
    expect_refused("signature: not by the attested key over this nonce");
    expected.nonce = nonce;
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(OpenDice, refuses_layers_of_two_kinds) {
    // The last layer of an Open DICE device certifies a key with TCG's words.
    make_x509();
    const Bytes says = soft_tcb_info_extension({SoftTcbInfo()});
    const auto first = parse_certificate(chain()[1]);
    ASSERT_TRUE(first.has_value());
    chain().front() = soft_certificate(
        {.issuer = first->subject,
         .subject = soft_name("alias"),
         .spki = spki_of(leaf.get()),
         .extensions = concat(
             {soft_extension(
                  "2.5.29.35", false,
                  der_sequence({der(tag::context(0, false), *first->subject_key_identifier())})),
              says}),
         .not_before = first->not_before,
         .not_after = first->not_after},
        device.first_layer().get());
    expect_refused("layers: of two kinds");
}

}  // namespace
}  // namespace hallmark
