// What an STSAFE-A's session proves, with and without a word on slot 0; whose certificate that may
// be, and what key.
#include "ca/attestation/stsafe_a.h"

#include "tests/unit/attestation/stsafe_a_scene.h"

#include <cctype>
#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

using StsafeA = StsafeATest;
using Details = std::vector<std::pair<std::string, std::string>>;
const std::pair<std::string, std::string> no_word{"reason", "slot 0 may sign what the host hashes"};

std::string upper(ByteView octets) {
    std::string text = to_hex(octets);
    for (char& c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

PkeyPtr p384_key() {
    return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
}

TEST_F(StsafeA, proves_the_element_where_nobody_speaks_for_slot_0) {
    make();
    const auto judged = judge();
    ASSERT_TRUE(judged.has_value()) << judged.error().detail;
    const Claims& claims = judged->claims;
    EXPECT_EQ(claims.format, "stsafe-a");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "eval3");
    EXPECT_EQ(claims.element_serial, SeSerial(upper(element.serial())));
    EXPECT_EQ(claims.public_key, key.spki());
    EXPECT_EQ(claims.origin, "");
    EXPECT_EQ(claims.exportable, std::nullopt);
    EXPECT_TRUE(claims.usage.empty());
    EXPECT_EQ(claims.firmware, std::nullopt);
    EXPECT_EQ(claims.lifecycle, std::nullopt);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_identity_only);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(claims.detail, (Details{{"slot", "1"}, no_word}));
    EXPECT_EQ(judged->element_key, sha256(spki_of(element.slot_0().get())));
}

TEST_F(StsafeA, proves_the_key_where_slot_0_signs_sessions_alone) {
    const StsafeAVerifier verifier(chains, {.session_signers = {pin.vendor}});
    SoftKeyOrder order;
    order.use_limit = 500;
    order.slot = 4;
    order.mode = 0x800D;
    make(order);
    const auto judged = verifier.verify(evidence, pin, expected, noon());
    ASSERT_TRUE(judged.has_value()) << judged.error().detail;
    EXPECT_EQ(judged->claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(judged->claims.origin, "generated");
    EXPECT_EQ(judged->claims.exportable, false);
    EXPECT_EQ(judged->claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(judged->claims.detail, (Details{{"slot", "4"}, {"use_limit", "500"}}));
}

TEST_F(StsafeA, cannot_tell_a_session_from_a_digest_that_slot_0_signed) {
    // The key is a software key and no session ever was: what the element was given is the digest.
    key = make_ec_key();
    show(element, SoftStsafe::session(key.spki(), nonce));
    const auto judged = judge();
    ASSERT_TRUE(judged.has_value());
    EXPECT_EQ(judged->claims.assurance, Assurance::hw_identity_only);
    EXPECT_EQ(judged->claims.detail.back(), no_word);
}

TEST_F(StsafeA, takes_every_pair_of_curves) {
    const SoftStsafe narrow(maker);
    PkeyPtr wide_slot = p384_key();
    const Bytes wide_certificate = maker.certify(spki_of(wide_slot.get()), element.serial());
    const SoftStsafe wide(element.serial(), std::move(wide_slot), wide_certificate);
    for (const KeyAlgorithm curve : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384}) {
        key = make_ec_key(curve);
        show(narrow);
        EXPECT_TRUE(judge().has_value()) << judge().error().detail;
        show(wide);
        EXPECT_TRUE(judge().has_value()) << judge().error().detail;
    }
}

TEST_F(StsafeA, takes_the_hosts_mac_behind_the_making_of_the_key) {
    SoftKeyOrder order;
    order.host_mac = true;
    make(order);
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

TEST_F(StsafeA, names_the_product_with_or_without_the_serial_behind_it) {
    const auto model = [&](const std::string& name) -> std::optional<std::string> {
        PkeyPtr slot = soft_p256_key();
        const Bytes certificate =
            maker.certify(spki_of(slot.get()), element.serial(), {.name = name, .extensions = {}});
        show(SoftStsafe(element.serial(), std::move(slot), certificate));
        const auto judged = judge();
        return judged ? judged->claims.model : std::optional<std::string>(judged.error().detail);
    };
    EXPECT_EQ(model("STSAFE-A110"), "STSAFE-A110");
    EXPECT_EQ(model("STSAFE-A110-" + upper(element.serial())), "STSAFE-A110");
    const std::string other = "certificate: its name is another serial's";
    EXPECT_EQ(model("STSAFE-A110-" + to_hex(element.serial())), other);
    EXPECT_EQ(model("STSAFE-A110-" + upper(Bytes(11, 9))), other);
    const std::string unnamed = "certificate: not named as an element's";
    EXPECT_EQ(model("-" + upper(element.serial())), unnamed);
    EXPECT_EQ(model(""), unnamed);
}

TEST_F(StsafeA, refuses_certificates_that_are_no_elements) {
    const auto refused = [&](PkeyPtr slot, const Bytes& serial, const Bytes& extensions,
                             const std::string& detail) {
        const Bytes certificate =
            maker.certify(spki_of(slot.get()), serial, {.name = {}, .extensions = extensions});
        show(SoftStsafe(serial, std::move(slot), certificate));
        expect_refused(detail);
    };
    refused(soft_p256_key(), element.serial(), soft_basic_constraints(true),
            "certificate: an authority's");
    refused(soft_p256_key(), element.serial(), soft_key_usage(KeyUsage::key_agreement),
            "certificate: not for signatures");
    refused(soft_p256_key(), Bytes(7, 1), {}, "certificate: its serial is no element's");
    refused(soft_p256_key(), element.serial(), soft_extension("1.2.3.4", true, Bytes{5, 0}),
            "chain: unknown critical extension 1.2.3.4 (leaf)");
    make();
    chain() = {maker.certify(shared_rsa_key().spki(), element.serial())};
    expect_refused("certificate: its key is on no curve");
    make();
    chain().resize(6, chain().front());
    expect_refused("member: chain is too long");
    make();
    chain() = {SoftStsafe(maker).certificate()};
    expect_refused("signature: not by slot 0's key");
}

TEST_F(StsafeA, refuses_another_key_another_nonce_and_another_root) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
    for (const std::size_t at : {0, 31}) {
        make();
        expected.nonce->at(at) ^= 1u;
        expect_refused("nonce: not the one that was asked for");
    }
    show(element, SoftStsafe::session(key.spki(), {}));
    expect_refused("nonce: empty");
    show(element, SoftStsafe::session(key.spki(), concat({Bytes{0, 32}, nonce})));
    expect_refused("nonce: not the one that was asked for");
    make();
    expected.nonce.reset();
    ASSERT_TRUE(judge().has_value());
    EXPECT_EQ(judge()->claims.freshness, "unchecked");
    make();
    pin.anchors.roots = {SoftStm().root()};
    expect_refused("chain: no path to a pinned root");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftKeyOrder&)> change;
};
class StsafeAOrder : public StsafeA, public ::testing::WithParamInterface<Wrong> {};

TEST_P(StsafeAOrder, is_refused_for_its_own_reason) {
    SoftKeyOrder order;
    GetParam().change(order);
    make(order);
    expect_refused(GetParam().detail);
}

auto slot(unsigned char number) {
    return [=](SoftKeyOrder& order) { order.slot = number; };
}
auto mode(std::uint16_t rights) {
    return [=](SoftKeyOrder& order) { order.mode = rights; };
}
auto curve(Bytes oid) {
    return [=](SoftKeyOrder& order) { order.curve = oid; };
}
const std::string no_slot = "key: not made in a slot for keys of the host";
const std::string no_curve = "transcript: the key's curve is not taken";

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, StsafeAOrder,
    ::testing::Values(Wrong{"slot_0", no_slot, slot(0)}, Wrong{"slot_5", no_slot, slot(5)},
                      Wrong{"for_one_use", no_slot, slot(0xFF)},
                      Wrong{"used_up", "key: may never be used",
                            [](SoftKeyOrder& order) { order.use_limit = 0; }},
                      Wrong{"for_sessions_alone", "key: not for signing", mode(0x0008)},
                      Wrong{"for_agreement_alone", "key: not for signing", mode(0x0001)},
                      Wrong{"for_nothing", "key: not for signing", mode(0)},
                      Wrong{"unknown_right", "key: a right that is not taken", mode(0x0014)},
                      Wrong{"unknown_upper_right", "key: a right that is not taken", mode(0x0104)},
                      // 1.3.36.3.3.2.8.1.1.7
                      Wrong{"brainpool", no_curve, curve({0x2B, 0x24, 3, 3, 2, 8, 1, 1, 7})},
                      Wrong{"no_curve", no_curve, curve({})},
                      Wrong{"a_curve_and_more", no_curve,
                            curve({0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7, 0})},
                      Wrong{"another_curves_point", "transcript: the key's point is malformed",
                            curve({0x2B, 0x81, 0x04, 0x00, 0x22})}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
