// An SE05x's word on a key pair, good and with one thing wrong at a time. What is wrong is signed:
// none of it is refused for its signature but where that is what is wrong.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/nxp_se05x_scene.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

using NxpSe05x = NxpSe05xTest;
using Details = std::vector<std::pair<std::string, std::string>>;

TEST_F(NxpSe05x, says_what_the_chip_vouches_for) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "nxp-se05x");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, std::nullopt);
    EXPECT_EQ(claims.element_serial, SeSerial(SoftSe05x::serial(chip.chip())));
    EXPECT_EQ(claims.element_serial->get().substr(0, 8), "04005001");
    EXPECT_EQ(claims.public_key, key.spki());
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(claims.firmware, std::nullopt) << "the applet's version is not signed";
    EXPECT_EQ(claims.lifecycle, std::nullopt);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(claims.detail, (Details{{"signing", "open"}}));
    EXPECT_EQ(element->element_key, sha256(spki_of(chip.attestation_key().get())));
}

TEST_F(NxpSe05x, proves_no_more_than_the_chip_where_lengths_are_not_signed) {
    for (const Bytes& version : {Bytes{3, 1, 0}, Bytes{6, 0, 0}, Bytes{7, 1, 255}}) {
        SoftAttestedRead how;
        how.applet = version;
        make(how);
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.assurance, Assurance::hw_identity_only);
        EXPECT_EQ(element->claims.origin, "");
        EXPECT_EQ(element->claims.exportable, std::nullopt);
        EXPECT_TRUE(element->claims.usage.empty());
        EXPECT_EQ(element->claims.public_key, key.spki());
        EXPECT_EQ(element->claims.freshness, "nonce");
        EXPECT_EQ(element->claims.detail,
                  (Details{{"signing", "open"},
                           {"reason", "the applet signs what its I2C bus gives alike"}}));
    }
}

TEST_F(NxpSe05x, takes_p384_and_untyped_pairs_from_applets_with_lengths) {
    SoftAttestedRead untyped;
    untyped.type = 0x01;
    for (const KeyAlgorithm curve : {KeyAlgorithm::ec_p256, KeyAlgorithm::ec_p384}) {
        key = make_ec_key(curve);
        make();
        EXPECT_TRUE(judge().has_value()) << judge().error().detail;
        make(untyped);
        EXPECT_TRUE(judge().has_value()) << judge().error().detail;
    }
}

TEST_F(NxpSe05x, tells_whether_anybody_may_sign) {
    SoftAttestedRead how;
    // A real SE050's: sign, read, secure messaging; and a policy that only forbids.
    how.policies = {{.who = 0x60000000, .rights = 0x10220000}, {.who = 0, .rights = 0x20000000}};
    make(how);
    auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail.front().second, "authenticated");
    how.policies.push_back({.who = 0, .rights = 0x10000000});
    make(how);
    element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail.front().second, "open");
}

TEST_F(NxpSe05x, carries_the_nonces_first_16_octets) {
    make();
    expected.nonce->back() ^= 1u;
    EXPECT_TRUE(judge().has_value());
    for (const std::size_t at : {0, 15}) {
        make();
        expected.nonce->at(at) ^= 1u;
        expect_refused("nonce: not the one that was asked for");
    }
    expected.nonce = Bytes(nonce.begin(), nonce.begin() + 15);
    expect_refused("nonce: not the one that was asked for");
    expected.nonce = Bytes();
    expect_refused("nonce: none was asked for");
    expected.nonce.reset();
    ASSERT_TRUE(judge().has_value());
    EXPECT_EQ(judge()->claims.freshness, "unchecked");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftAttestedRead&)> change;
};
class NxpSe05xRefuses : public NxpSe05x, public ::testing::WithParamInterface<Wrong> {};

TEST_P(NxpSe05xRefuses, it_for_its_own_reason) {
    SoftAttestedRead how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

auto origin(unsigned char value) {
    return [=](SoftAttestedRead& r) { r.origin = value; };
}
auto type(unsigned char value) {
    return [=](SoftAttestedRead& r) { r.type = value; };
}
auto old_type(unsigned char value) {
    return [=](SoftAttestedRead& r) {
        r.applet = {3, 1, 0};
        r.type = value;
    };
}
auto rights(std::uint32_t value) {
    return [=](SoftAttestedRead& r) { r.policies.front().rights = value; };
}
auto behind_policies(Bytes octets) {
    return [=](SoftAttestedRead& r) { r.behind_policies = octets; };
}
const std::string no_pair = "key: not a key pair that is taken";
const std::string odd_right = "key: a right that is not taken";
const std::string odd_policy = "attributes: a policy is malformed";

INSTANTIATE_TEST_SUITE_P(OneThingWrong, NxpSe05xRefuses,
                         ::testing::Values(Wrong{"imported", "key: imported", origin(1)},
                                           Wrong{"provisioned", "key: put there by its maker",
                                                 origin(3)},
                                           Wrong{"no_origin", "key: its origin is unknown",
                                                 origin(0)},
                                           Wrong{"another_origin", "key: its origin is unknown",
                                                 origin(4)},
                                           Wrong{"private_key_alone", no_pair, type(0x2A)},
                                           Wrong{"public_key", no_pair, type(0x2B)},
                                           Wrong{"rsa_key_pair", no_pair, type(0x04)},
                                           Wrong{"binary_file", no_pair, type(0x0B)},
                                           Wrong{"another_curves_type", no_pair, type(0x2D)},
                                           Wrong{"typed_before_there_were_types", no_pair,
                                                 old_type(0x29)},
                                           Wrong{"old_public_key", no_pair, old_type(0x03)},
                                           Wrong{"opens_sessions", "key: opens sessions",
                                                 [](SoftAttestedRead& r) { r.authentication = 2; }},
                                           Wrong{"no_policy", "key: no policy of its own",
                                                 [](SoftAttestedRead& r) { r.policies.clear(); }},
                                           Wrong{"may_be_written", "key: may be written",
                                                 rights(0x10100000)},
                                           Wrong{"may_be_exported", "key: may be exported",
                                                 rights(0x10001000)},
                                           Wrong{"may_be_written_by_somebody",
                                                 "key: may be written",
                                                 [](SoftAttestedRead& r) {
                                                     r.policies.push_back(
                                                         {.who = 7, .rights = 0x10100000});
                                                 }},
                                           Wrong{"may_be_exported_by_somebody",
                                                 "key: may be exported",
                                                 [](SoftAttestedRead& r) {
                                                     r.policies.push_back(
                                                         {.who = 7, .rights = 0x00001000});
                                                 }},
                                           Wrong{"may_attest", odd_right, rights(0x10008000)},
                                           Wrong{"bound_to_a_pcr", odd_right, rights(0x10010000)},
                                           Wrong{"may_wrap", odd_right, rights(0x10400000)},
                                           Wrong{"unknown_right", odd_right, rights(0x10000001)},
                                           Wrong{"forbids_and_allows", odd_right,
                                                 rights(0x30000000)},
                                           Wrong{"no_right", odd_right, rights(0)},
                                           Wrong{"may_not_sign", "key: not for signing",
                                                 rights(0x00280000)},
                                           Wrong{"forbids_all", "key: not for signing",
                                                 rights(0x20000000)},
                                           Wrong{
                                               "policy_with_an_extension", odd_policy,
                                               behind_policies(concat({Bytes{44}, Bytes(44, 0)}))},
                                           Wrong{"octet_behind_the_policies", odd_policy,
                                                 behind_policies({0})},
                                           Wrong{"half_a_policy", "attributes: not exact",
                                                 behind_policies({8, 0, 0})},
                                           Wrong{
                                               "too_many_policies",
                                               "response: the attributes missing or malformed",
                                               [](SoftAttestedRead& r) { r.policies.resize(17); }},
                                           Wrong{"another_object",
                                                 "key: not the object that was asked for",
                                                 [](SoftAttestedRead& r) {
                                                     r.object_in_attributes = r.object + 1;
                                                 }},
                                           Wrong{"another_keys_signature",
                                                 "signature: not by the attestation key",
                                                 [](SoftAttestedRead& r) {
                                                     r.another_key_signs = true;
                                                 }},
                                           Wrong{
                                               "another_chip", "chip: not the certificate's",
                                               [](SoftAttestedRead& r) { r.chip = Bytes(18, 4); }},
                                           Wrong{
                                               "another_algorithm",
                                               "command: another algorithm than ECDSA with SHA-256",
                                               [](SoftAttestedRead& r) { r.algorithm = 0x22; }},
                                           Wrong{
                                               "compressed_point", no_pair,
                                               [](SoftAttestedRead& r) {
                                                   r.data = concat({Bytes{2}, Bytes(32, 1)});
                                               }},
                                           Wrong{"hybrid_point", "key: not an uncompressed point",
                                                 [](SoftAttestedRead& r) {
                                                     r.data = concat({Bytes{6}, Bytes(64, 1)});
                                                 }},
                                           Wrong{
                                               "point_off_the_curve",
                                               "key: the point is not on the curve",
                                               [](SoftAttestedRead& r) {
                                                   r.data = concat({Bytes{4}, Bytes(64, 1)});
                                               }},
                                           Wrong{"octet_behind_the_point", no_pair,
                                                 [](SoftAttestedRead& r) {
                                                     r.data = concat({Bytes{4}, Bytes(65, 1)});
                                                 }},
                                           Wrong{"another_random_in_an_old_response",
                                                 "nonce: the response's is not the command's",
                                                 [](SoftAttestedRead& r) {
                                                     r.applet = {3, 1, 0};
                                                     r.random_in_response = Bytes(16, 9);
                                                 }}),
                         [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(NxpSe05x, refuses_old_keys_on_other_curves) {
    key = make_ec_key(KeyAlgorithm::ec_p384);
    SoftAttestedRead how;
    how.applet = {6, 0, 0};
    make(how);
    expect_refused(no_pair);
}

TEST_F(NxpSe05x, never_guesses_how_it_was_signed) {
    SoftAttestedRead old;
    old.applet = {3, 1, 0};
    make(old);
    applet() = {7, 2, 0};
    expect_refused("response: the chip's identifier missing or malformed");
    make();
    applet() = {7, 1, 0};
    expect_refused("response: the time missing or malformed");
    old.applet = {6, 0, 0};
    make(old);
    applet() = {3, 1, 0};
    expect_refused(odd_policy);
    old.applet = {3, 1, 0};
    make(old);
    applet() = {6, 0, 0};
    expect_refused("attributes: not exact");
}

TEST_F(NxpSe05x, refuses_another_key_and_another_root) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
    make();
    pin.anchors.roots = {SoftNxp().root()};
    expect_refused("chain: no path to a pinned root");
}

}  // namespace
}  // namespace hallmark
