#include "ca/custody/manifest.h"

#include "ca/crypto/hash.h"
#include "tests/unit/custody/microchip_document.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::fresh_key;
using testing::good_entry;
using testing::make_vendor;
using testing::parse;
using testing::parse_pinned;
using testing::pin;
using testing::replaced;
using testing::sole;
using testing::vendor;

const Instant noon = testing::noon();

TEST(Manifest, names_each_element_with_its_model_and_canonical_keys) {
    const std::vector<ExampleElement> elements{
        {"tpm-1",
         "SLB 9670",
         {fresh_key(KeyAlgorithm::rsa_2048), fresh_key(KeyAlgorithm::ec_p256)}},
        {"0123F1822C38DD7A01", "", {fresh_key(KeyAlgorithm::ec_p384)}}};
    const std::string text = write_manifest(elements, vendor().signer);
    const auto manifest = parse_pinned(text);
    ASSERT_TRUE(manifest.has_value()) << manifest.error().detail;
    EXPECT_EQ(manifest->sha256, sha256(as_bytes(text)));
    EXPECT_EQ(manifest->signer_sha256, sha256(vendor().signer.certificate));
    ASSERT_EQ(manifest->units.size(), 2u);
    EXPECT_EQ(manifest->units[0].unique_id, "tpm-1");
    EXPECT_EQ(manifest->units[0].model, "SLB 9670");
    ASSERT_EQ(manifest->units[0].keys.size(), 2u);
    EXPECT_EQ(manifest->units[0].keys[0].sha256, elements[0].keys[0].digest());
    EXPECT_EQ(manifest->units[0].keys[1].spki, elements[0].keys[1].spki());
    EXPECT_EQ(manifest->units[1].unique_id, "0123F1822C38DD7A01");
    EXPECT_EQ(manifest->units[1].keys[0].sha256, elements[1].keys[0].digest());
}

TEST(Manifest, tolerates_members_that_vendors_add_inside_the_signed_payload) {
    ManifestEntry entry = good_entry();
    entry.payload = replaced(entry.payload, "{\"version\"",
                             "{\"encryptedSecretKeySet\":{\"keys\":[]},\"version\"");
    EXPECT_TRUE(parse_pinned(sole(entry)).has_value());
}

TEST(Manifest, is_taken_from_a_signer_with_a_path_to_the_pinned_root) {
    const std::string text = sole(good_entry());
    const auto manifest = parse(text, {pin({vendor().root}, {vendor().signer.certificate})});
    EXPECT_TRUE(manifest.has_value()) << manifest.error().detail;
}

TEST(Manifest, is_refused_from_a_signer_that_stands_beside_a_foreign_root) {
    const testing::TestVendor other = make_vendor("Other Silicon");
    const auto manifest =
        parse(sole(good_entry()), {pin({other.root}, {vendor().signer.certificate})});
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().reason, Reason::invalid_document);
    EXPECT_NE(manifest.error().detail.find("manifest signer: "), std::string::npos);
}

TEST(Manifest, is_refused_from_a_signer_that_is_not_pinned) {
    const testing::TestVendor other = make_vendor("Other Silicon");
    for (const auto& pins :
         {std::vector<PinnedVendor>{}, std::vector{pin({other.signer.certificate})},
          std::vector{pin({vendor().root})}}) {
        const auto manifest = parse(sole(good_entry()), pins);
        ASSERT_TRUE(manifest.has_error());
        EXPECT_EQ(manifest.error().detail,
                  "entry 0 (uniqueId 0123f1822c38dd7a01): manifest signer: not pinned");
    }
}

TEST(Manifest, is_refused_before_and_after_the_signers_validity) {
    const std::string text = sole(good_entry());
    for (const auto away : {std::chrono::days(-7300), std::chrono::days(7300)}) {
        const auto manifest = parse(text, {pin({vendor().signer.certificate})}, noon + away);
        ASSERT_TRUE(manifest.has_error());
        EXPECT_NE(manifest.error().detail.find("manifest signer: not valid now"),
                  std::string::npos);
    }
}

TEST(Manifest, is_refused_when_another_key_signed_it) {
    ExampleVendor impostor = make_vendor("Impostor").signer;
    impostor.certificate = vendor().signer.certificate;
    const auto manifest = parse_pinned("[" + sign_manifest_entry(good_entry(), impostor) + "]");
    ASSERT_TRUE(manifest.has_error());
    EXPECT_NE(manifest.error().detail.find("signature does not verify"), std::string::npos);
}

TEST(Manifest, is_by_one_signer_from_first_entry_to_last) {
    const testing::TestVendor other = make_vendor("Other Silicon");
    const std::string text =
        "[" + sign_manifest_entry(good_entry(), vendor().signer) + "," +
        sign_manifest_entry(manifest_entry(fresh_element("02"), other.signer), other.signer) + "]";
    const auto manifest =
        parse(text, {pin({vendor().signer.certificate, other.signer.certificate})});
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().detail,
              "entry 1 (uniqueId 02): signed by another than the first entry");
}

/// One spoilt part of an otherwise good entry. `part` names where `what` becomes `with` before
/// signing.
struct Spoilt {
    const char* name;
    std::string ManifestEntry::*part;
    const char* what;
    const char* with;
    const char* detail;
};
class SpoiltEntry : public ::testing::TestWithParam<Spoilt> {};
TEST_P(SpoiltEntry, is_refused_though_well_signed) {
    ManifestEntry entry = good_entry();
    entry.*GetParam().part = replaced(entry.*GetParam().part, GetParam().what, GetParam().with);
    const auto manifest = parse_pinned(sole(entry));
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().reason, Reason::invalid_document);
    EXPECT_TRUE(manifest.error().detail.starts_with("entry 0 (uniqueId "))
        << manifest.error().detail;
    EXPECT_NE(manifest.error().detail.find(GetParam().detail), std::string::npos)
        << manifest.error().detail;
}
constexpr auto header_part = &ManifestEntry::protected_header;
constexpr auto payload_part = &ManifestEntry::payload;
constexpr auto hint_part = &ManifestEntry::unique_id;
INSTANTIATE_TEST_SUITE_P(
    all, SpoiltEntry,
    ::testing::Values(
        Spoilt{"alg_none", header_part, "ES256", "none", "algorithm is not ES256"},
        Spoilt{"alg_hs256", header_part, "ES256", "HS256", "algorithm is not ES256"},
        Spoilt{"alg_lower_case", header_part, "ES256", "es256", "algorithm is not ES256"},
        Spoilt{"typ", header_part, "JWT", "JOSE", "protected header is not"},
        Spoilt{"crit", header_part, "{", "{\"crit\":[\"b64\"],\"b64\":false,",
               "protected header is not"},
        Spoilt{"alg_twice", header_part, "{", "{\"alg\":\"none\",", "protected header"},
        Spoilt{"kid_of_another", header_part, "\"kid\":\"", "\"kid\":\"AAAA", "kid"},
        Spoilt{"thumbprint_cut", header_part, "\"x5t#S256\":\"", "\"x5t#S256\":\"AAAA", "x5t#S256"},
        Spoilt{"header_not_json", header_part, "}", "", "protected header"},
        Spoilt{"payload_not_json", payload_part, "}", "", "payload"},
        Spoilt{"hint_differs", hint_part, "0123", "0124", "unprotected uniqueId differs"},
        Spoilt{"signed_id_differs", payload_part, "0123f", "0124f", "unprotected uniqueId differs"},
        Spoilt{"id_with_slash", payload_part, "0123f", "01/3f", "uniqueId malformed"},
        Spoilt{"model_unprintable", payload_part, "ATECC", "AT\\nCC", "model malformed"},
        Spoilt{"version_unknown", payload_part, "\"version\":1", "\"version\":4",
               "version not taken"},
        Spoilt{"version_a_text", payload_part, "\"version\":1", "\"version\":\"1\"",
               "version not taken"},
        Spoilt{"no_version", payload_part, "\"version\":1", "\"revision\":1", "version not taken"},
        Spoilt{"keys_in_the_light_form", payload_part, "\"version\":1", "\"version\":2",
               "a light entry with public keys"},
        Spoilt{"no_key_set", payload_part, "publicKeySet", "privateKeySet", "no public key"},
        Spoilt{"no_keys", payload_part, "\"keys\"", "\"kyes\"", "no public key"},
        Spoilt{"unknown_key_type", payload_part, "\"EC\"", "\"OKP\"", "key type not taken"},
        Spoilt{"curve_not_taken", payload_part, "P-256", "P-521", "curve not taken"},
        Spoilt{"curve_of_another_width", payload_part, "P-256", "P-384", "width"},
        Spoilt{"point_off_the_curve", payload_part, "\"x\":\"",
               "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\",\"z\":\"", "key: "},
        Spoilt{"private_key_inside", payload_part, "\"kty\"", "\"d\":\"AA\",\"kty\"",
               "private member"},
        Spoilt{"x5c_not_base64", payload_part, "\"kty\"", "\"x5c\":[\"?\"],\"kty\"",
               "x5c is not base64"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Manifest, refuses_an_x5c_that_bears_another_key) {
    ManifestEntry entry = good_entry();
    entry.payload =
        replaced(entry.payload, "\"kty\"",
                 "\"x5c\":[\"" + to_base64(vendor().signer.certificate) + "\"],\"kty\"");
    const auto manifest = parse_pinned(sole(entry));
    ASSERT_TRUE(manifest.has_error());
    EXPECT_NE(manifest.error().detail.find("x5c bears another key"), std::string::npos);
}

TEST(Manifest, refuses_weak_rsa_keys) {
    const ExampleElement element{"tpm-1", "", {fresh_key(KeyAlgorithm::rsa_2048)}};
    const ManifestEntry good = manifest_entry(element, vendor().signer);
    struct Weak {
        const char* what;
        std::string with;
    };
    for (const Weak& weak :
         {Weak{"\"AQAB\"", "\"Aw\""}, Weak{"\"n\":\"", "\"n\":\"AAAA"},
          Weak{"\"n\":\"", "\"n\":\"" + std::string(171, 'x') + "\",\"m\":\""}}) {
        ManifestEntry entry = good;
        entry.payload = replaced(entry.payload, weak.what, weak.with);
        const auto manifest = parse_pinned(sole(entry));
        ASSERT_TRUE(manifest.has_error()) << weak.with;
        EXPECT_NE(manifest.error().detail.find("key: "), std::string::npos)
            << manifest.error().detail;
    }
}

TEST(Manifest, refuses_what_hides_in_the_unprotected_header_or_beside_it) {
    const std::string good = sole(good_entry());
    for (const std::string& text : {replaced(good, "\"header\":{", "\"header\":{\"alg\":\"none\","),
                                    replaced(good, "[{", "[{\"signatures\":[],")}) {
        const auto manifest = parse_pinned(text);
        ASSERT_TRUE(manifest.has_error());
        EXPECT_EQ(manifest.error().reason, Reason::invalid_document);
    }
}

TEST(Manifest, refuses_a_signature_of_another_length) {
    const std::string text =
        replaced(sole(good_entry()), "\"signature\":\"", "\"signature\":\"AAAA");
    EXPECT_NE(parse_pinned(text).error().detail.find("signature is not 64 octets"),
              std::string::npos);
}

TEST(Manifest, refuses_a_document_cut_at_any_of_its_parts) {
    const std::string good = sole(good_entry());
    for (std::size_t size = 0; size < good.size(); size += 7) {
        EXPECT_TRUE(parse_pinned(good.substr(0, size)).has_error()) << size;
    }
}

TEST(Manifest, keeps_to_its_limits) {
    ExampleElement element = fresh_element("01");
    element.keys.push_back(fresh_key());
    const std::string two = write_manifest({element, fresh_element("02")}, vendor().signer);
    const std::vector<PinnedVendor> pins{pin({vendor().signer.certificate})};
    EXPECT_EQ(parse(two, pins, noon, {.octets = two.size() - 1}).error().reason, Reason::too_large);
    EXPECT_EQ(parse(two, pins, noon, {.entries = 1}).error().reason, Reason::too_large);
    EXPECT_EQ(parse(two, pins, noon, {.entry_octets = 100}).error().reason,
              Reason::invalid_document);
    EXPECT_EQ(parse(two, pins, noon, {.keys_per_entry = 1}).error().reason, Reason::too_large);
    EXPECT_TRUE(parse(two, pins, noon).has_value());
}

/// The vendor's published example; its signer's certificate was never published.
TEST(Manifest, of_microchip_itself_is_read_as_far_as_its_unknown_signer) {
    const char* named = std::getenv("HALLMARK_SAMPLES");
    const std::filesystem::path samples = named ? named : HALLMARK_SOURCE_DIR "/../shared/samples";
    std::ifstream file(samples / "microchip/manifest/mah22-manifest-v2-example.json");
    if (!file)
        GTEST_SKIP()
            << "no sample of Microchip's manifest; HALLMARK_SAMPLES names the folder of samples";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto manifest = parse_pinned(text);
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().detail,
              "entry 0 (uniqueId 0123f1822c38dd7a01): manifest signer: not pinned");
}

}  // namespace
}  // namespace hallmark
