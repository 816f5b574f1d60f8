// A list in CSV behind its detached CMS signature: what is taken, and each thing that is not.
#include "ca/crypto/hash.h"
#include "tests/support/cms_writer.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::CmsChoices;
using testing::csv_of;
using testing::fresh_element;
using testing::make_vendor;
using testing::signed_csv;

const testing::TestVendor& vendor() {
    static const testing::TestVendor made = make_vendor("Example Silicon");
    return made;
}
const testing::TestVendor& stranger() {
    static const testing::TestVendor made = make_vendor("Stranger");
    return made;
}

Result<testing::TakenManifest> parse(const std::string& text, std::vector<Bytes> roots,
                                     std::vector<Bytes> intermediates = {},
                                     ManifestLimits limits = {}) {
    static const ChainValidator chains;
    const PinnedVendor pin{
        .vendor = VendorId("example"),
        .format = std::string(signed_csv_format),
        .anchors = {.roots = std::move(roots), .intermediates = std::move(intermediates)},
        .exceptions = {}};
    return testing::take_manifest(
        &parse_signed_csv, text, {.pins = {pin}, .now = testing::noon(), .limits = limits}, chains);
}
Result<testing::TakenManifest> parse(const std::string& text) {
    return parse(text, {vendor().signer.certificate});
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("nothing to spoil: " + std::string(what));
    return text.replace(at, what.size(), with);
}

TEST(SignedCsv, names_each_unit_with_its_model_and_key) {
    const std::vector<ExampleElement> elements{fresh_element("01"), fresh_element("02")};
    const std::string text = signed_csv(csv_of(elements), vendor().signer);
    const auto manifest = parse(text);
    ASSERT_TRUE(manifest.has_value()) << manifest.error().detail;
    EXPECT_EQ(manifest->sha256, sha256(as_bytes(text)));
    EXPECT_EQ(manifest->signer_sha256, sha256(vendor().signer.certificate));
    ASSERT_EQ(manifest->units.size(), 2u);
    EXPECT_EQ(manifest->units[1].unique_id, "02");
    EXPECT_EQ(manifest->units[1].model, "ATECC608C");
    ASSERT_EQ(manifest->units[1].keys.size(), 1u);
    EXPECT_EQ(manifest->units[1].keys[0].spki, elements[1].keys[0].spki());
    EXPECT_EQ(manifest->units[1].keys[0].sha256, elements[1].keys[0].digest());
}

TEST(SignedCsv, is_taken_in_every_form_that_the_signature_may_have) {
    const std::string csv = csv_of({fresh_element("01")});
    for (const CmsChoices& choices :
         {CmsChoices{.by_key_identifier = true}, CmsChoices{.brings_certificates = false},
          CmsChoices{.digest = "SHA384"}, CmsChoices{.digest = "SHA512"}}) {
        const auto manifest = parse(signed_csv(csv, vendor().signer, choices));
        EXPECT_TRUE(manifest.has_value()) << choices.digest << ": " << manifest.error().detail;
    }
}

TEST(SignedCsv, is_taken_from_a_signer_with_a_path_to_the_pinned_root) {
    const std::string text = signed_csv(csv_of({fresh_element("01")}), vendor().signer);
    EXPECT_TRUE(parse(text, {vendor().root}, {vendor().signer.certificate}).has_value());
    EXPECT_EQ(parse(text, {stranger().root}, {vendor().signer.certificate})
                  .error()
                  .detail.rfind("manifest signer: ", 0),
              0u);
}

TEST(SignedCsv, may_have_lines_without_returns_quoted_fields_and_no_last_end) {
    const std::string spki = to_base64(fresh_element("01").keys[0].spki());
    const std::string csv = "unique_id,model,spki\n\"01\",\"SLB \"\"9670\"\", rev. 2\"," + spki;
    const auto manifest = parse(signed_csv(csv, vendor().signer));
    ASSERT_TRUE(manifest.has_value()) << manifest.error().detail;
    EXPECT_EQ(manifest->units.at(0).model, "SLB \"9670\", rev. 2");
}

TEST(SignedCsv, is_refused_from_a_signer_that_is_not_pinned) {
    const auto manifest = parse(signed_csv(csv_of({fresh_element("01")}), stranger().signer));
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().reason, Reason::invalid_document);
    EXPECT_EQ(manifest.error().detail, "manifest signer: not pinned");
}

TEST(SignedCsv, is_refused_with_a_signature_that_is_spoilt_or_over_another_list) {
    const Bytes mine = testing::sign_cms("a", vendor().signer);
    const std::string csv = csv_of({fresh_element("01")});
    Bytes theirs = testing::sign_cms(csv, vendor().signer);
    theirs.back() ^= 1;
    const auto manifest = parse(to_pem(theirs, "CMS") + csv);
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().detail, "signature: cms: signature does not verify");
    const auto of_another = parse(to_pem(mine, "CMS") + csv);
    ASSERT_TRUE(of_another.has_error());
    EXPECT_EQ(of_another.error().detail, "signature: the message digest is not the document's");
}

TEST(SignedCsv, is_refused_with_one_octet_changed_anywhere_in_the_list) {
    const std::string csv = csv_of({fresh_element("01"), fresh_element("02")});
    const std::string text = signed_csv(csv, vendor().signer);
    const std::size_t list = text.size() - csv.size();
    for (std::size_t at = list; at < text.size(); at += 5) {
        std::string spoilt = text;
        spoilt[at] = static_cast<char>(spoilt[at] ^ 1);
        EXPECT_TRUE(parse(spoilt).has_error()) << at - list;
    }
    EXPECT_TRUE(parse(text + "\n").has_error());
    EXPECT_TRUE(parse(text.substr(0, text.size() - 1)).has_error());
}

TEST(SignedCsv, is_refused_without_signed_attributes_and_with_its_content_inside) {
    const std::string csv = csv_of({fresh_element("01")});
    EXPECT_EQ(parse(signed_csv(csv, vendor().signer, {.signed_attributes = false})).error().detail,
              "signature: cms: no signed attributes");
    EXPECT_EQ(parse(signed_csv(csv, vendor().signer, {.brings_content = true})).error().detail,
              "signature: cms: not a detached signature over data");
    EXPECT_EQ(parse(signed_csv(csv, vendor().signer, {.digest = "SHA1"})).error().detail,
              "signature: cms: digest algorithm not taken");
}

struct SpoiltList {
    const char* name;
    const char* what;
    const char* with;
    const char* detail;
};
class SpoiltCsv : public ::testing::TestWithParam<SpoiltList> {};
TEST_P(SpoiltCsv, is_refused_though_well_signed) {
    std::string csv = csv_of({fresh_element("01"), fresh_element("02x")});
    csv = replaced(csv, GetParam().what, GetParam().with);
    const auto manifest = parse(signed_csv(csv, vendor().signer));
    ASSERT_TRUE(manifest.has_error());
    EXPECT_EQ(manifest.error().reason, Reason::invalid_document);
    EXPECT_NE(manifest.error().detail.find(GetParam().detail), std::string::npos)
        << manifest.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    all, SpoiltCsv,
    ::testing::Values(
        SpoiltList{"other_columns", "unique_id,", "uniqueId,", "the first line is not"},
        SpoiltList{"id_with_slash", "02x,", "02/x,",
                   "entry 1 (uniqueId unknown): unique_id malformed"},
        SpoiltList{"no_id", "02x,", ",", "entry 1 (uniqueId unknown): unique_id malformed"},
        SpoiltList{"model_unprintable", "02x,ATE", "02x,\tTE",
                   "entry 1 (uniqueId 02x): model malformed"},
        SpoiltList{"no_key", "ATECC608C,M", "ATECC608C,\r\n03,,M",
                   "entry 0 (uniqueId 01): no public key"},
        SpoiltList{"key_not_base64", "02x,ATECC608C,M", "02x,ATECC608C,?", "spki is not base64"},
        SpoiltList{"key_of_another_form", "02x,ATECC608C,MF", "02x,ATECC608C,MG",
                   "entry 1 (uniqueId 02x): key: "},
        SpoiltList{"two_fields", "02x,ATECC608C", "02x",
                   "entry 1 (uniqueId unknown): not three fields"},
        SpoiltList{"four_fields", "02x,ATE", "02x,A,TE",
                   "entry 1 (uniqueId unknown): not three fields"},
        SpoiltList{"quote_inside", "02x,ATE", "02x,AT\"E", "not three fields"},
        SpoiltList{"quote_left_open", "02x,ATE", "02x,\"ATE", "not three fields"},
        SpoiltList{"text_behind_a_quote", "02x,ATE", "02x,\"A\"TE", "not three fields"},
        SpoiltList{"empty_line", "02x,", "\r\n02x,",
                   "entry 1 (uniqueId unknown): not three fields"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(SignedCsv, is_refused_without_entries_and_without_a_signature) {
    EXPECT_EQ(parse(signed_csv("unique_id,model,spki\r\n", vendor().signer)).error().detail,
              "no entry");
    EXPECT_EQ(parse(csv_of({fresh_element("01")})).error().detail,
              "signature: no CMS block at the beginning");
    EXPECT_EQ(parse("-----BEGIN CMS-----\nAAAA\n").error().detail,
              "signature: the CMS block has no end");
    EXPECT_EQ(parse("-----BEGIN CMS-----\n?\n-----END CMS-----\n").error().detail,
              "signature: not one PEM block");
    EXPECT_EQ(parse("").error().detail, "signature: no CMS block at the beginning");
}

TEST(SignedCsv, is_refused_with_a_signature_cut_or_changed_at_any_octet) {
    const std::string csv = csv_of({fresh_element("01")});
    const Bytes good = testing::sign_cms(csv, vendor().signer);
    for (std::size_t size = 0; size < good.size(); size += 11)
        EXPECT_TRUE(parse(to_pem(ByteView(good).first(size), "CMS") + csv).has_error()) << size;
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_TRUE(parse(to_pem(longer, "CMS") + csv).has_error());
}

TEST(SignedCsv, keeps_to_its_limits) {
    const std::string text =
        signed_csv(csv_of({fresh_element("01"), fresh_element("02")}), vendor().signer);
    const std::vector<Bytes> roots{vendor().signer.certificate};
    EXPECT_EQ(parse(text, roots, {}, {.entries = 1}).error().reason, Reason::too_large);
    EXPECT_EQ(parse(text, roots, {}, {.octets = text.size() - 1}).error().reason,
              Reason::too_large);
    EXPECT_EQ(parse(text, roots, {}, {.entry_octets = 64}).error().detail,
              "a line without an end within its limit");
    EXPECT_TRUE(parse(text, roots, {}, {.octets = text.size(), .entries = 2}).has_value());
}

}  // namespace
}  // namespace hallmark
