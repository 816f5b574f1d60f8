// What tokens of the PSA prove: each profile's claims, and when a key is bound by them.
#include "ca/attestation/psa_token.h"

#include "ca/crypto/hash.h"
#include "ca/json/json.h"
#include "station/simulator/soft_cbor.h"
#include "station/simulator/soft_psa_token.h"
#include "tests/unit/attestation/psa_fixture.h"

#include <fstream>
#include <iterator>

#include <boost/json.hpp>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class PsaToken : public PsaTest {};

const std::string* detail_of(const Claims& claims, std::string_view name) {
    for (const auto& [key, value] : claims.detail) {
        if (key == name) return &value;
    }
    return nullptr;
}

TEST_F(PsaToken, says_what_the_platform_reports) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "psa-token");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "implementation:" + to_hex(SoftPsaPlatform::implementation_id()));
    EXPECT_EQ(claims.element_serial, SeSerial(to_hex(ByteView(platform.instance_id()).subspan(1))));
    EXPECT_EQ(claims.element_serial->get().size(), 64u);
    EXPECT_EQ(claims.public_key, key.spki());
    EXPECT_EQ(claims.origin, "");
    EXPECT_EQ(claims.exportable, std::nullopt);
    EXPECT_TRUE(claims.usage.empty());
    EXPECT_EQ(claims.firmware, "1.3.5");
    EXPECT_EQ(claims.lifecycle, "secured");
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::platform_only);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(element->element_key, sha256(spki_of(platform.attestation_key().get())));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"client_id", "3"},
        {"lifecycle", "0x3000"},
        {"profile", "tag:psacertified.org,2023:psa#tfm"},
        {"certification_reference", "1234567890123-12345"},
        {"software_1", "BL 2.1.0 " + to_hex(Bytes(32, 0xA1))},
        {"software_2", "PRoT 1.3.5 " + to_hex(Bytes(32, 0xA2))},
        {"software_3", "ARoT 0.1.4 " + to_hex(Bytes(32, 0xA3))}};
    EXPECT_EQ(claims.detail, detail);
}

TEST_F(PsaToken, is_read_in_each_profile_that_it_states) {
    for (const auto& [form, profile] :
         {std::pair{SoftPsaForm::iot_profile_1, "PSA_IOT_PROFILE_1"},
          std::pair{SoftPsaForm::psa_2_0_0, "http://arm.com/psa/2.0.0"}}) {
        platform = SoftPsaPlatform(maker, form);
        make();
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << profile << ": " << element.error().detail;
        EXPECT_EQ(*detail_of(element->claims, "profile"), profile);
        EXPECT_EQ(element->claims.firmware, "1.3.5");
        EXPECT_EQ(element->claims.public_key, key.spki());
    }
}

TEST_F(PsaToken, of_a_secure_engine_is_named_by_the_eui_of_its_certificate) {
    const SoftSilabs silabs;
    const Bytes eui = from_hex("14b457fffe0f77ce").value();
    pin.anchors.roots = {silabs.root()};
    for (const std::string words :
         {" S:SE1 ID:SE", " DMS:086AEC3C645836BFB04D312F S:SE0 ID:SE", " ID:SE"}) {
        platform = silabs.platform(eui, words);
        make();
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << words << ": " << element.error().detail;
        EXPECT_EQ(element->claims.element_serial, SeSerial("14b457fffe0f77ce"));
        EXPECT_EQ(*detail_of(element->claims, "eui"), "14b457fffe0f77ce");
        EXPECT_EQ(element->claims.firmware, "00010209");
        EXPECT_EQ(element->claims.assurance, Assurance::platform_only);
    }
}

TEST_F(PsaToken, of_a_newer_secure_engine_has_an_instance_id_of_its_own) {
    const SoftSilabs silabs;
    pin.anchors.roots = {silabs.root()};
    platform = silabs.platform(Bytes(8, 5));
    make({.instead = {{-75009, soft_cbor_bytes(concat({Bytes{1}, Bytes(32, 9)}))}}});
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.element_serial, SeSerial(to_hex(Bytes(32, 9))));
}

TEST_F(PsaToken, ignores_claims_that_it_does_not_know_and_hints_that_nobody_signed) {
    SoftReport how;
    how.more = {{-80001, soft_cbor_bytes(Bytes{1})}, {3000, soft_cbor_text("more")}};
    how.envelope.names_key = true;
    how.envelope.x5chain = make_root("somebody").certificate;
    make(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.anchor, sha256(maker.root()));
}

TEST_F(PsaToken, says_no_firmware_where_none_is_the_root_of_trusts) {
    const auto component = [](std::optional<std::string> type) {
        std::vector<std::pair<Bytes, Bytes>> pairs;
        if (type) pairs.emplace_back(soft_cbor_number(1), soft_cbor_text(*type));
        pairs.emplace_back(soft_cbor_number(2), soft_cbor_bytes(Bytes(48, 2)));
        pairs.emplace_back(soft_cbor_number(4), soft_cbor_text("1.0"));
        pairs.emplace_back(soft_cbor_number(5), soft_cbor_bytes(Bytes(32, 5)));
        return soft_cbor_map(pairs);
    };
    for (const Bytes& list : {soft_cbor_array({component(std::nullopt), component("BL")}),
                              soft_cbor_array({component("PRoT"), component("PRoT")})}) {
        make({.instead = {{2399, list}}});
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.firmware, std::nullopt);
    }
}

TEST_F(PsaToken, binds_no_key_without_a_nonce) {
    make();
    expected.nonce.reset();
    expect_refused("key: bound by the nonce alone, and none was asked for");
    expected.spki.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
    EXPECT_TRUE(element->claims.public_key.empty());
    EXPECT_EQ(element->claims.assurance, Assurance::platform_only);
}

TEST_F(PsaToken, attests_the_key_only_of_a_caller_that_is_trusted_with_it) {
    const auto judged_by = [&](const PsaKeyCaller& caller) {
        const PsaTokenVerifier verifier(chains, {caller});
        return verifier.verify(evidence, pin, expected, noon());
    };
    const PsaKeyCaller right{VendorId("example"), PsaProfile::tfm, 3};
    make();
    const auto trusted = judged_by(right);
    ASSERT_TRUE(trusted.has_value()) << trusted.error().detail;
    EXPECT_EQ(trusted->claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(trusted->claims.origin, "generated");
    EXPECT_EQ(trusted->claims.exportable, false);
    EXPECT_EQ(trusted->claims.usage, std::vector<std::string>{"sign"});
    EXPECT_EQ(trusted->claims.public_key, key.spki());
    for (const PsaKeyCaller& other :
         {PsaKeyCaller{VendorId("other"), PsaProfile::tfm, 3},
          PsaKeyCaller{VendorId("example"), PsaProfile::iot_profile_1, 3},
          PsaKeyCaller{VendorId("example"), PsaProfile::tfm, 4}}) {
        const auto element = judged_by(other);
        ASSERT_TRUE(element.has_value());
        EXPECT_EQ(element->claims.assurance, Assurance::platform_only);
        EXPECT_EQ(element->claims.exportable, std::nullopt);
    }
    expected = {};
    const auto unbound = judged_by(right);
    ASSERT_TRUE(unbound.has_value());
    EXPECT_EQ(unbound->claims.assurance, Assurance::platform_only);
    EXPECT_TRUE(unbound->claims.public_key.empty());
}

TEST_F(PsaToken, is_taken_without_a_chain_from_a_key_that_is_pinned_itself) {
    const Bytes own = SoftTokenMaker::certify_oneself(platform.attestation_key().get());
    make();
    evidence.members.pop_back();
    pin.anchors.roots = {maker.root(), own};
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.anchor, sha256(own));
    EXPECT_EQ(element->element_key, sha256(spki_of(platform.attestation_key().get())));
    evidence.members.push_back({.name = "chain", .values = {own}, .is_list = true});
    EXPECT_TRUE(judge().has_value()) << "shown as well";
}

// Veraison's token and key: a platform that nobody simulated here.
TEST_F(PsaToken, of_veraison_is_read_under_a_certificate_of_its_key) {
    const char* const samples = std::getenv("HALLMARK_SAMPLES");
    if (samples == nullptr)
        GTEST_SKIP() << "no sample of a PSA token: HALLMARK_SAMPLES names no folder";
    const auto read = [&](const std::string& name) {
        std::ifstream file(std::string(samples) + "/psa-eat/" + name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const std::string token = read("veraison-psa.good.cose");
    if (token.empty()) GTEST_SKIP() << "no sample of a PSA token in the folder of HALLMARK_SAMPLES";
    const auto jwk = parse_json(read("veraison-ec.p256.jwk"), {});
    const auto coordinate = [&](const char* name) {
        return from_base64url(std::string(jwk->at(name).as_string())).value();
    };
    const Bytes spki =
        ec_public_key(KeyAlgorithm::ec_p256, coordinate("x"), coordinate("y")).value().spki();
    evidence = {.format = "psa-token",
                .members = {{.name = "token", .values = {to_bytes(token)}},
                            {.name = "chain", .values = {maker.certify(spki)}, .is_list = true}}};
    expected = {};
    expected.nonce = from_base64("QUp8F0FBs9DpodKK8xUg8NQimf6sQAfe2J1ormzZLxk=").value();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.model,
              "implementation:" + to_hex(to_bytes("acme-implementation-id-000000001")));
    EXPECT_EQ(element->claims.element_serial,
              SeSerial("ceebae7b8927a3227e5303cf5e0f1f7b34bb542ad7250ac03fbcde36ec2f1508"));
    EXPECT_EQ(element->claims.firmware, "1.3.5");
    EXPECT_EQ(*detail_of(element->claims, "client_id"), "1");
    EXPECT_EQ(*detail_of(element->claims, "profile"), "http://arm.com/psa/2.0.0");
    EXPECT_EQ(element->claims.freshness, "nonce");
    EXPECT_TRUE(element->claims.public_key.empty()) << "no key was expected";
    evidence.members[1].values = {maker.certify(key.spki())};
    expect_refused("signature: not by this key");
}

}  // namespace
}  // namespace hallmark
