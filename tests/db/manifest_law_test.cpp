// Imports of more than a COPY holds, how they end, and the laws that the database keeps of
// manifests by itself.
#include "tests/db/manifest_fixture.h"

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::ManifestImport;
using testing::replaced;

std::vector<ExampleElement> many(std::size_t count) {
    std::vector<ExampleElement> elements;
    for (std::size_t i = 0; i < count; ++i)
        elements.push_back(fresh_element("unit-" + std::to_string(i)));
    return elements;
}

TEST_F(ManifestImport, names_the_first_bad_entry_of_several_whoever_finds_it_first) {
    std::string document = "[";
    for (int i = 0; i < 400; ++i) {
        ManifestEntry entry =
            manifest_entry(fresh_element("unit-" + std::to_string(i)), example_vendor().signer);
        if (i >= 150 && i % 10 == 0) entry.unique_id = "another";
        document += (i == 0 ? "" : ",") + entry_of(entry);
    }
    for (int i = 0; i < 5; ++i)
        expect_refused(import(document + "]"), Reason::invalid_document,
                       "entry 150 (uniqueId another)");
    expect_refused(import(document), Reason::invalid_document, "entry 150 (uniqueId another)");
    expect_nothing_imported();
}

TEST_F(ManifestImport, names_a_claimed_unit_behind_the_first_copy) {
    auto elements = many(2500);
    ASSERT_TRUE(import_earlier({{"elsewhere", "", elements[2300].keys}}).has_value());
    expect_refused(import(elements), Reason::invalid_document,
                   "entry 2300 (uniqueId unit-2300): key ");
    EXPECT_EQ(count("element"), 1u);
    elements[2300] = fresh_element("unit-2300");
    ASSERT_TRUE(import(elements).has_value());
    EXPECT_EQ(count("element"), 2501u);
    EXPECT_EQ(count("element_key"), 2501u);
}

TEST_F(ManifestImport, stops_when_it_is_told_to_and_leaves_nothing) {
    const std::string document = write_manifest(many(4500), example_vendor().signer);
    std::uint64_t told = 0;
    const ImportWatch watch{.progress = [&](std::uint64_t, std::uint64_t units) { told = units; },
                            .stopped = [&] { return told > 0; },
                            .settle = {}};
    EXPECT_THROW((void)custody.import(
                     order(), [&] { return ManifestInput(document); }, watch),
                 ImportStopped);
    EXPECT_EQ(told, 2000u);
    expect_nothing_imported();
    EXPECT_EQ(count("event WHERE type LIKE 'manifest.%'"), 0u);
    EXPECT_EQ(count("manifest_arrival"), 0u);
}

TEST_F(ManifestImport, fails_where_the_document_changes_between_its_two_readings) {
    const std::string first = write_manifest({fresh_element("01")}, example_vendor().signer);
    const std::string second = write_manifest({fresh_element("02")}, example_vendor().signer);
    int readings = 0;
    const auto open = [&] { return ManifestInput(++readings == 1 ? first : second); };
    EXPECT_THROW((void)custody.import(order(), open), Fault);
    EXPECT_EQ(readings, 2);
    expect_nothing_imported();
}

std::string light_manifest(const std::vector<std::string>& unique_ids, const ExampleVendor& by) {
    std::string document;
    for (const std::string& unique_id : unique_ids) {
        ManifestEntry entry = manifest_entry({unique_id, "ATECC608C", {}}, by);
        entry.payload = replaced(entry.payload, ",\"publicKeySet\":{\"keys\":[]}", "");
        entry.payload = replaced(entry.payload, "\"version\":1", "\"version\":2");
        document += (document.empty() ? "[" : ",") + sign_manifest_entry(entry, by);
    }
    return document + "]";
}

TEST_F(ManifestImport, of_the_light_form_is_kept_and_its_lot_never_released) {
    const auto report = import(light_manifest({"01", "02"}, example_vendor().signer));
    ASSERT_TRUE(report.has_value()) << report.error().detail;
    EXPECT_EQ(report->units, 2u);
    EXPECT_EQ(report->keys, 0u);
    ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon).has_value());
    const std::uint64_t events = count("event");
    const auto released = custody.set_lot_state(lot, "released", actor, noon);
    ASSERT_TRUE(released.has_error());
    EXPECT_EQ(released.error().reason, Reason::conflict);
    EXPECT_EQ(released.error().detail, "a manifest of the lot has no keys");
    EXPECT_EQ(custody.lot(lot)->state, "allotted");
    EXPECT_EQ(count("event"), events);
    EXPECT_THROW(execute(owner, "UPDATE hallmark.lot SET state = 'released'"), ConstraintViolation);
}

// What the database itself does not let pass, whoever asks.
struct ForgedRows {
    const char* name;
    std::string sql;
    const char* constraint;
};
class ManifestLaw : public ManifestImport, public ::testing::WithParamInterface<ForgedRows> {};
TEST_P(ManifestLaw, holds_against_the_server_itself) {
    ASSERT_TRUE(import({fresh_element("01")}).has_value());
    try {
        execute(server, GetParam().sql);
        FAIL() << "it was let pass";
    } catch (const ConstraintViolation& violation) {
        EXPECT_EQ(violation.constraint(), GetParam().constraint) << violation.what();
    }
    EXPECT_EQ(count("element"), 1u);
    EXPECT_EQ(count("element_key"), 1u);
    EXPECT_EQ(count("manifest"), 1u);
}
const std::string arrival =
    "INSERT INTO manifest_arrival VALUES (sha256('x'), 'example', 'lot-1');";
std::string element(const std::string& id, const std::string& state = "received") {
    return "INSERT INTO element VALUES ('example/" + id + "', 'example', '" + id +
           "', '', 'lot-1', sha256('x'), '" + state + "');";
}
std::string manifest(int units, int keys) {
    return "INSERT INTO manifest VALUES (sha256('x'), 'example', 'f', sha256('x'), 1, " +
           std::to_string(units) + ", " + std::to_string(keys) + ", 'lot-1', 'x', now())";
}
INSTANTIATE_TEST_SUITE_P(
    all, ManifestLaw,
    ::testing::Values(
        ForgedRows{"element_of_an_earlier_manifest",
                   "INSERT INTO element SELECT 'example/x', vendor, 'x', '', lot, manifest, "
                   "'received' FROM element",
                   "element_comes_with_manifest"},
        ForgedRows{"key_of_an_earlier_element",
                   "INSERT INTO element_key VALUES (sha256('x'), 'example/01', 'x')",
                   "element_key_comes_with_element"},
        ForgedRows{"key_of_nobody",
                   "INSERT INTO element_key VALUES (sha256('x'), 'example/nobody', 'x')",
                   "element_key_comes_with_element"},
        ForgedRows{"element_that_begins_allotted", arrival + element("x", "allotted"),
                   "element_begins"},
        ForgedRows{"arrival_without_its_manifest", arrival, "manifest_is_whole"},
        ForgedRows{"manifest_that_counts_more", arrival + element("x") + manifest(2, 0),
                   "manifest_is_whole"},
        ForgedRows{"element_without_a_key_among_others",
                   arrival + element("x") + element("y") +
                       "INSERT INTO element_key VALUES (sha256('x'), 'example/x', 'x'), "
                       "(sha256('z'), 'example/x', 'z');" +
                       manifest(2, 2),
                   "manifest_is_whole"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace hallmark
