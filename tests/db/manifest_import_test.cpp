#include "ca/crypto/hash.h"
#include "tests/db/manifest_fixture.h"

#include <thread>

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::fresh_key;
using testing::ManifestImport;
using testing::replaced;

TEST_F(ManifestImport, writes_manifest_lot_elements_and_keys_in_one_act) {
    const std::string document = write_manifest(
        {{"tpm-1", "SLB \"9670\"\\", {fresh_key(), fresh_key(KeyAlgorithm::rsa_2048)}},
         fresh_element("02")},
        example_vendor().signer);
    const auto report = import(document);
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(report->manifest, sha256(as_bytes(document)));
    EXPECT_EQ(report->units, 2u);
    EXPECT_EQ(report->keys, 3u);
    EXPECT_EQ(report->lot, lot);
    EXPECT_FALSE(report->repeated);
    EXPECT_EQ(count("element WHERE state = 'received' AND lot = 'lot-1' AND vendor = 'example'"),
              2u);
    EXPECT_EQ(count("element WHERE model = 'SLB \"9670\"\\'"), 1u);
    EXPECT_EQ(count("element_key WHERE element = 'example/tpm-1'"), 2u);
    EXPECT_EQ(count_events("manifest.imported"), 1u);
    EXPECT_EQ(custody.lot(lot)->state, "received");
}

TEST_F(ManifestImport, changes_nothing_when_the_same_document_comes_again) {
    const std::string document = write_manifest({fresh_element("01")}, example_vendor().signer);
    ASSERT_TRUE(import(document).has_value());
    const std::uint64_t events = count("event");
    const auto again = custody.import_manifest(example, LotId("lot-2"), document, actor, noon);
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->lot, lot);
    EXPECT_EQ(again->units, 1u);
    EXPECT_EQ(again->keys, 1u);
    EXPECT_EQ(count("element"), 1u);
    EXPECT_EQ(count("lot"), 1u);
    EXPECT_EQ(count("event"), events);
}

TEST_F(ManifestImport, of_one_document_by_two_at_once_happens_once) {
    const std::string document =
        write_manifest({fresh_element("01"), fresh_element("02")}, example_vendor().signer);
    int repeated = 0;
    {
        std::vector<bool> answers[2];
        std::thread one([&] { answers[0].push_back(import(document)->repeated); });
        std::thread two([&] { answers[1].push_back(import(document)->repeated); });
        one.join();
        two.join();
        for (const auto& answer : answers)
            repeated += answer.at(0) ? 1 : 0;
    }
    EXPECT_EQ(repeated, 1);
    EXPECT_EQ(count("element"), 2u);
    EXPECT_EQ(count_events("manifest.imported"), 1u);
    EXPECT_EQ(count_events("manifest.refused"), 0u);
}

TEST_F(ManifestImport, of_more_units_than_a_statement_holds_is_still_all_or_nothing) {
    std::vector<ExampleElement> elements;
    for (int i = 0; i < 1203; ++i)
        elements.push_back(fresh_element("unit-" + std::to_string(i)));
    const ExampleElement last = elements.back();
    ASSERT_TRUE(import_earlier({last}).has_value());
    expect_refused(import(elements), Reason::invalid_document,
                   "uniqueId unit-1202 is element example/unit-1202");
    EXPECT_EQ(count("element"), 1u);
    elements.pop_back();
    const auto report = import(elements);
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(count("element"), 1203u);
    EXPECT_EQ(count("element_key"), 1203u);
}

struct BadEntry {
    const char* name;
    std::string ManifestEntry::*part;
    const char* what;
    const char* with;
    const char* detail;
};
class BadManifest : public ManifestImport, public ::testing::WithParamInterface<BadEntry> {};
TEST_P(BadManifest, imports_nothing_and_names_the_entry) {
    ManifestEntry entry =
        manifest_entry(fresh_element("0123f1822c38dd7a01"), example_vendor().signer);
    entry.*GetParam().part = replaced(entry.*GetParam().part, GetParam().what, GetParam().with);
    const auto report = import(after_a_good_one(entry_of(entry)));
    expect_refused(report, Reason::invalid_document, "entry 1 (uniqueId 012");
    EXPECT_NE(report.error().detail.find(GetParam().detail), std::string::npos)
        << report.error().detail;
    expect_nothing_imported();
    EXPECT_EQ(count_events("manifest.refused"), 1u);
}
constexpr auto header_part = &ManifestEntry::protected_header;
constexpr auto payload_part = &ManifestEntry::payload;
constexpr auto hint_part = &ManifestEntry::unique_id;
INSTANTIATE_TEST_SUITE_P(
    all, BadManifest,
    ::testing::Values(
        BadEntry{"alg_none", header_part, "ES256", "none", "algorithm is not ES256"},
        BadEntry{"hint_differs", hint_part, "0123", "0124", "unprotected uniqueId differs"},
        BadEntry{"curve_not_taken", payload_part, "P-256", "secp256k1", "curve not taken"},
        BadEntry{"weak_key", payload_part, "\"kty\":\"EC\"",
                 "\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"", "key: "},
        BadEntry{"payload_cut", payload_part, "}", "", "payload"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(ManifestImport, refuses_a_signature_that_does_not_verify) {
    ExampleVendor impostor = other_vendor().signer;
    impostor.certificate = example_vendor().signer.certificate;
    const ManifestEntry entry = manifest_entry(fresh_element("02"), impostor);
    expect_refused(import(after_a_good_one(sign_manifest_entry(entry, impostor))),
                   Reason::invalid_document, "entry 1 (uniqueId 02): signature does not verify");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_a_signer_pinned_for_another_vendor) {
    expect_refused(import(write_manifest({fresh_element("01")}, other_vendor().signer)),
                   Reason::invalid_document, "entry 0 (uniqueId 01): manifest signer: not pinned");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_a_vendor_without_a_pinned_signer) {
    expect_refused(custody.import_manifest(
                       VendorId("nobody"), lot,
                       write_manifest({fresh_element("01")}, example_vendor().signer), actor, noon),
                   Reason::invalid_document, "no manifest signer is pinned");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_a_document_that_was_cut) {
    std::string document =
        write_manifest({fresh_element("01"), fresh_element("02")}, example_vendor().signer);
    document.resize(document.size() - 20);
    expect_refused(import(document), Reason::invalid_document, "entry 1");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_an_entry_over_its_limit) {
    ManifestEntry entry = manifest_entry(fresh_element("02"), example_vendor().signer);
    entry.payload =
        replaced(entry.payload, "{", "{\"filler\":\"" + std::string(64 * 1024, 'x') + "\",");
    expect_refused(import(after_a_good_one(entry_of(entry))), Reason::invalid_document, "entry 1");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_a_key_that_stands_in_the_document_twice) {
    const ExampleElement first = fresh_element("01");
    const ExampleElement second{"02", "", first.keys};
    expect_refused(import({first, second}), Reason::invalid_document,
                   "entry 1 (uniqueId 02): a key stands");
    expect_nothing_imported();
}

TEST_F(ManifestImport, refuses_a_unique_id_that_stands_in_the_document_twice_in_either_spelling) {
    for (const char* again : {"AB01", "ab01"}) {
        expect_refused(
            import({fresh_element("ab01"), fresh_element("02"), fresh_element(again)}),
            Reason::invalid_document,
            "entry 2 (uniqueId " + std::string(again) + "): uniqueId stands in the document twice");
        expect_nothing_imported();
    }
    EXPECT_EQ(count_events("manifest.refused"), 2u);
}

TEST_F(ManifestImport, refuses_a_key_that_another_vendors_element_owns) {
    const ExampleElement theirs = fresh_element("77");
    const std::string document = write_manifest({theirs}, other_vendor().signer);
    ASSERT_TRUE(custody.import_manifest(other, LotId("lot-7"), document, actor, noon).has_value());
    expect_refused(import({fresh_element("01"), {"02", "", theirs.keys}}), Reason::invalid_document,
                   "belongs to element other/77");
    EXPECT_EQ(count("element"), 1u);
    EXPECT_EQ(count("lot"), 1u);
    EXPECT_EQ(count("manifest"), 1u);
}

TEST_F(ManifestImport, refuses_an_element_of_an_earlier_manifest_in_either_spelling) {
    ASSERT_TRUE(import_earlier({fresh_element("ab01")}).has_value());
    expect_refused(import({fresh_element("AB01")}), Reason::invalid_document,
                   "is element example/ab01");
    EXPECT_EQ(count("element"), 1u);
}

TEST_F(ManifestImport, refuses_another_document_for_the_lot_of_one_that_is_in) {
    ASSERT_TRUE(import({fresh_element("01")}).has_value());
    expect_refused(import({fresh_element("02")}), Reason::conflict,
                   "lot came by another manifest and takes no more");
    expect_refused(
        custody.import_manifest(
            other, lot, write_manifest({fresh_element("03")}, other_vendor().signer), actor, noon),
        Reason::conflict, "lot of another vendor");
    ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon).has_value());
    expect_refused(import({fresh_element("04")}), Reason::conflict,
                   "lot came by another manifest and takes no more");
    EXPECT_EQ(count("element"), 1u);
}

}  // namespace
}  // namespace hallmark
