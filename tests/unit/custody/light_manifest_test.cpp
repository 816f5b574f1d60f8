// The versions of Microchip's manifest, and the light one that names no keys.
#include "tests/unit/custody/microchip_document.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::good_entry;
using testing::parse_pinned;
using testing::replaced;
using testing::sole;
using testing::vendor;

std::string light_payload(std::string payload) {
    payload = replaced(std::move(payload), ",\"publicKeySet\":{\"keys\":[]}", "");
    return replaced(std::move(payload), "\"version\":1", "\"version\":2");
}

TEST(Manifest, of_the_light_form_names_its_elements_and_no_keys) {
    ManifestEntry entry = manifest_entry({"0123f1822c38dd7a01", "ATECC608C", {}}, vendor().signer);
    entry.payload = light_payload(entry.payload);
    const auto manifest = parse_pinned(sole(entry));
    ASSERT_TRUE(manifest.has_value()) << manifest.error().detail;
    ASSERT_EQ(manifest->units.size(), 1u);
    EXPECT_EQ(manifest->units[0].unique_id, "0123f1822c38dd7a01");
    EXPECT_TRUE(manifest->units[0].keys.empty());
}

TEST(Manifest, of_the_third_version_names_keys_as_the_first_does) {
    ManifestEntry entry = good_entry();
    entry.payload = replaced(entry.payload, "\"version\":1", "\"version\":3");
    const auto manifest = parse_pinned(sole(entry));
    ASSERT_TRUE(manifest.has_value()) << manifest.error().detail;
    EXPECT_EQ(manifest->units.at(0).keys.size(), 1u);
}

TEST(Manifest, refuses_light_entries_among_full_ones_and_the_reverse) {
    ManifestEntry light = manifest_entry({"02", "", {}}, vendor().signer);
    light.payload = light_payload(light.payload);
    const std::string full_text = sign_manifest_entry(good_entry(), vendor().signer);
    const std::string light_text = sign_manifest_entry(light, vendor().signer);
    for (const std::string& text :
         {"[" + full_text + "," + light_text + "]", "[" + light_text + "," + full_text + "]"}) {
        const auto manifest = parse_pinned(text);
        ASSERT_TRUE(manifest.has_error());
        EXPECT_TRUE(manifest.error().detail.starts_with("entry 1 (uniqueId 0"))
            << manifest.error().detail;
        EXPECT_NE(manifest.error().detail.find("light entries stand among full ones"),
                  std::string::npos)
            << manifest.error().detail;
    }
}

}  // namespace
}  // namespace hallmark
