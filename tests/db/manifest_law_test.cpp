// Imports of more than a COPY holds, how they end, and the laws that the database keeps of
// manifests by itself.
#include "tests/db/manifest_fixture.h"
#include "tests/support/big_manifest.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <iterator>

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::ManifestImport;
using testing::replaced;

/// `text` outlives it.
ImportDocument in_memory(const std::string& text) {
    return {.sha256 = sha256(as_bytes(text)), .octets = text.size(), .open = [&text] {
                return ManifestInput(text);
            }};
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

/// Of units that are named by the prefix and a number.
std::string big_manifest(const std::string& prefix, std::size_t units,
                         const ExampleVendor& vendor) {
    const testing::TempDir folder;
    const auto file = folder.path() / "manifest.json";
    testing::write_big_manifest(file, prefix, units, vendor);
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(ManifestImport, names_a_claimed_unit_behind_the_first_copy) {
    ASSERT_TRUE(import_earlier({fresh_element("unit-5100")}).has_value());
    expect_refused(import(big_manifest("unit-", 5200, example_vendor().signer)),
                   Reason::invalid_document, "entry 5100 (uniqueId unit-5100): uniqueId ");
    EXPECT_EQ(count("element"), 1u);
    ASSERT_TRUE(import(big_manifest("other-", 5200, example_vendor().signer)).has_value());
    EXPECT_EQ(count("element"), 5201u);
    EXPECT_EQ(count("element_key"), 5201u);
    EXPECT_EQ(count("manifest_arrival WHERE units = 5200 AND keyed = 5200 AND keys = 5200"), 1u);
}

TEST_F(ManifestImport, stops_when_it_is_told_to_and_leaves_nothing) {
    const std::string document = big_manifest("unit-", 2500, example_vendor().signer);
    std::uint64_t told = 0;
    const ImportWatch watch{.progress = [&](std::uint64_t, std::uint64_t units) { told = units; },
                            .stopped = [&] { return told > 0; },
                            .settle = {}};
    EXPECT_THROW((void)custody.import(order(), in_memory(document), watch), ImportStopped);
    EXPECT_EQ(told, 1000u);
    expect_nothing_imported();
    EXPECT_EQ(count("event WHERE type LIKE 'manifest.%'"), 0u);
    EXPECT_EQ(count("manifest_arrival"), 0u);
}

TEST_F(ManifestImport, fails_where_the_document_is_not_what_its_digest_names) {
    const std::string named = write_manifest({fresh_element("01")}, example_vendor().signer);
    const std::string read = write_manifest({fresh_element("02")}, example_vendor().signer);
    ImportDocument document = in_memory(read);
    document.sha256 = in_memory(named).sha256;
    EXPECT_THROW((void)custody.import(order(), document), Fault);
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

TEST_F(ManifestImport, counts_what_came_until_it_stands_and_never_after) {
    ASSERT_TRUE(import(big_manifest("unit-", 3, example_vendor().signer)).has_value());
    EXPECT_EQ(count("manifest_arrival WHERE units = 3 AND keyed = 3 AND keys = 3"), 1u);
    EXPECT_EQ(count("element WHERE entry = 2 AND unique_id = 'unit-2'"), 1u);
    for (const char* sql : {"UPDATE hallmark.manifest_arrival SET units = 4",
                            "UPDATE hallmark.manifest_arrival SET keys = 4",
                            "UPDATE hallmark.manifest_arrival SET lot = 'lot-2'",
                            "UPDATE hallmark.element SET entry = 7"})
        EXPECT_THROW(execute(owner, sql), ConstraintViolation) << sql;
}

TEST_F(ManifestImport, names_an_element_in_lower_case_and_keeps_its_vendors_spelling) {
    ASSERT_TRUE(import({fresh_element("0123ABCD")}).has_value());
    EXPECT_EQ(count("element WHERE id = 'example/0123abcd' AND unique_id = '0123ABCD'"), 1u);
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
    "INSERT INTO hallmark.lot (id, vendor) VALUES ('lot-2', 'example');"
    "INSERT INTO manifest_arrival VALUES (sha256('x'), 'example', 'lot-2');";
std::string element(const std::string& id, int entry = 0, const std::string& state = "received") {
    return "INSERT INTO element VALUES ('example/" + id + "', 'example', '" + id +
           "', '', 'lot-2', sha256('x'), '" + state + "', " + std::to_string(entry) + ");";
}
std::string key_of(const std::string& id, const std::string& spki) {
    return "INSERT INTO element_key VALUES (sha256('" + spki + "'), 'example/" + id + "', '" +
           spki + "');";
}
std::string manifest(int units, int keys) {
    return "INSERT INTO manifest VALUES (sha256('x'), 'example', 'f', sha256('x'), 1, " +
           std::to_string(units) + ", " + std::to_string(keys) + ", 'lot-2', 'x', now())";
}
INSTANTIATE_TEST_SUITE_P(
    all, ManifestLaw,
    ::testing::Values(
        ForgedRows{"element_of_an_earlier_manifest",
                   "INSERT INTO element SELECT 'example/x', vendor, 'x', '', lot, manifest, "
                   "'received', 1 FROM element",
                   "element_comes_with_manifest"},
        ForgedRows{"key_of_an_earlier_element",
                   "INSERT INTO element_key VALUES (sha256('x'), 'example/01', 'x')",
                   "element_key_comes_with_element"},
        ForgedRows{"key_of_nobody",
                   "INSERT INTO element_key VALUES (sha256('x'), 'example/nobody', 'x')",
                   "element_key_comes_with_element"},
        ForgedRows{"element_that_begins_allotted", arrival + element("x", 0, "allotted"),
                   "element_begins"},
        ForgedRows{"arrival_without_its_manifest", arrival, "manifest_is_whole"},
        ForgedRows{"manifest_that_counts_more", arrival + element("x") + manifest(2, 0),
                   "manifest_is_whole"},
        ForgedRows{"element_without_a_key_among_others",
                   arrival + element("x") + element("y", 1) +
                       "INSERT INTO element_key VALUES (sha256('x'), 'example/x', 'x'), "
                       "(sha256('z'), 'example/x', 'z');" +
                       manifest(2, 2),
                   "manifest_is_whole"},
        ForgedRows{"element_beside_its_order", arrival + element("x", 1), "element_comes_in_order"},
        ForgedRows{"two_elements_of_one_entry", arrival + element("x") + element("y", 0),
                   "element_comes_in_order"},
        ForgedRows{"two_elements_of_one_entry_at_once",
                   arrival + "INSERT INTO element SELECT 'example/' || id, 'example', id, '', "
                             "'lot-2', sha256('x'), 'received', entry FROM (VALUES ('x', 0), "
                             "('y', 2), ('z', 2)) AS of (id, entry)",
                   "element_comes_in_order"},
        ForgedRows{"key_before_that_of_an_earlier_element",
                   arrival + element("x") + element("y", 1) + key_of("y", "1"),
                   "element_key_comes_in_order"},
        ForgedRows{"keys_of_one_element_in_place_of_another_s",
                   arrival + element("x") + element("y", 1) + key_of("x", "1") + key_of("x", "2"),
                   "element_key_comes_in_order"},
        ForgedRows{"arrival_that_counts_before_anything_came",
                   "INSERT INTO lot (id, vendor) VALUES ('lot-2', 'example');"
                   "INSERT INTO manifest_arrival VALUES (sha256('x'), 'example', 'lot-2', 1, 1, 1)",
                   "manifest_arrival_begins"},
        ForgedRows{"another_manifest_of_a_lot",
                   "INSERT INTO manifest_arrival VALUES (sha256('x'), 'example', 'lot-1')",
                   "lot_is_one_manifest"},
        ForgedRows{
            "two_manifests_of_a_lot_at_once",
            arrival + "INSERT INTO manifest_arrival VALUES (sha256('y'), 'example', 'lot-2')",
            "lot_is_one_manifest"}),
    [](const auto& row) { return std::string(row.param.name); });

/// Names are looked for among a session's own temporary tables first, unless the path says
/// otherwise.
TEST_F(ManifestImport, laws_do_not_read_a_temporary_table_of_the_same_name) {
    const std::string allotted =
        arrival +
        "UPDATE lot SET state = 'allotted', product = 'meter', site = 'north' WHERE id = 'lot-2';";
    const std::string misleading =
        "CREATE TEMPORARY TABLE lot AS SELECT id, vendor, 'received'::text AS state FROM "
        "hallmark.lot;";
    for (const std::string& sql : {allotted + element("x"), allotted + misleading + element("x")}) {
        try {
            execute(server, sql);
            FAIL() << "it was let pass";
        } catch (const ConstraintViolation& violation) {
            EXPECT_EQ(violation.constraint(), "element_enters_open_lot") << violation.what();
        }
    }
    EXPECT_EQ(count("element"), 0u);
    EXPECT_EQ(count("manifest_arrival"), 0u);
}

}  // namespace
}  // namespace hallmark
