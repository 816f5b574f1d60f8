// Imports into a fresh database, and what must be there or not after one.
#pragma once

#include "tests/db/custody_fixture.h"

#include <stdexcept>

namespace hallmark::testing {

class ManifestImport : public CustodyFixture {
protected:
    std::string entry_of(const ManifestEntry& entry) {
        return sign_manifest_entry(entry, example_vendor().signer);
    }

    /// A good entry, then the one in question.
    std::string after_a_good_one(const std::string& entry) {
        return "[" + entry_of(manifest_entry(fresh_element("01"), example_vendor().signer)) + "," +
               entry + "]";
    }
    ImportOrder order() {
        return {.vendor = example,
                .lot = lot,
                .format = std::string(microchip_manifest_format),
                .actor = actor,
                .now = noon};
    }
    /// Into a lot of their own, before the one in question.
    Result<ManifestReport> import_earlier(const std::vector<ExampleElement>& elements) {
        return custody.import_manifest(example, LotId("lot-0"),
                                       write_manifest(elements, example_vendor().signer), actor,
                                       noon);
    }
    void expect_nothing_imported() {
        for (const char* table : {"manifest", "lot", "element", "element_key"})
            EXPECT_EQ(count(table), 0u) << table;
        EXPECT_EQ(count_events("manifest.imported"), 0u);
    }
    void expect_refused(const Result<ManifestReport>& report, Reason reason,
                        const std::string& detail) {
        ASSERT_TRUE(report.has_error());
        EXPECT_EQ(report.error().reason, reason) << report.error().detail;
        EXPECT_NE(report.error().detail.find(detail), std::string::npos) << report.error().detail;
        EXPECT_NE(last_event_body().find("manifest.refused"), std::string::npos)
            << last_event_body();
        EXPECT_NE(last_event_body().find(detail), std::string::npos) << last_event_body();
    }
};

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("nothing to spoil: " + std::string(what));
    return text.replace(at, what.size(), with);
}

}  // namespace hallmark::testing
