// Attacks by way of a manifest, at a running house and by the command that an operator would run:
// each ends refused, recorded once, counted once, with nothing else changed in the world.
#include "tests/e2e/import_desk.h"

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::make_vendor;
using testing::Standing;

class ManifestAttack : public testing::ImportDesk {
protected:
    ManifestAttack() {
        must(registry.pin_vendor(
            {.vendor = VendorId("rival"),
             .format = std::string(microchip_manifest_format),
             .anchors = {.roots = {rival.signer.certificate}, .intermediates = {}},
             .exceptions = {}},
            "setup", now()));
    }

    void expect_refused(const std::string& document, const std::string& lot,
                        const std::string& reason, const std::string& cause) {
        SCOPED_TRACE(cause);
        const std::string custody_before = held();
        const long counted = refusals_counted(reason, "microchip-manifest");
        Standing expected = standing();
        const auto ended = import(document, lot);
        EXPECT_EQ(ended.status, 3) << ended.out << ended.err;
        EXPECT_EQ(ended.out, "");
        const auto told = boost::json::parse(ended.err).as_object();
        EXPECT_EQ(told.at("type").as_string(), "/problems/" + reason);
        // Outside stands one text for each reason, and never the cause.
        EXPECT_EQ(ended.err.find(cause), std::string::npos);
        ++expected.refusal_events;
        ++expected.events;
        EXPECT_EQ(standing(), expected);
        EXPECT_EQ(held(), custody_before);
        const auto body = ask<std::string>("SELECT body FROM event ORDER BY number DESC LIMIT 1");
        EXPECT_THAT(body, ::testing::HasSubstr("manifest.refused"));
        EXPECT_THAT(body, ::testing::HasSubstr(cause));
        EXPECT_EQ(refusals_counted(reason, "microchip-manifest"), counted + 1);
        EXPECT_EQ(spooled(), 0u);
    }

    testing::TestVendor rival = make_vendor("Rival Silicon");
    std::vector<ExampleElement> elements{fresh_element("rt-1"), fresh_element("rt-2"),
                                         fresh_element("rt-3")};
};

TEST_F(ManifestAttack, signed_again_by_another_vendors_key_brings_nothing) {
    expect_refused(write_manifest(elements, rival.signer), "lot-9", "invalid-document",
                   "manifest signer: not pinned");
    // Under the name of the right signer as well.
    ExampleVendor forged = rival.signer;
    forged.certificate = ground.manifest_vendor.signer.certificate;
    expect_refused(write_manifest(elements, forged), "lot-9", "invalid-document",
                   "signature does not verify");
}

TEST_F(ManifestAttack, cut_short_brings_nothing) {
    const std::string whole = manifest(elements);
    expect_refused(whole.substr(0, whole.size() / 2), "lot-9", "invalid-document", "entry 1");
    expect_refused(whole.substr(0, whole.rfind(']')), "lot-9", "invalid-document",
                   "array not closed");
}

TEST_F(ManifestAttack, repeated_with_one_unit_changed_changes_nothing) {
    ASSERT_EQ(import(manifest(elements), "lot-9").status, 0);
    const auto own = elements;
    elements[1] = fresh_element("rt-2");
    expect_refused(manifest(elements), "lot-9", "conflict",
                   "lot came by another manifest and takes no more");
    expect_refused(manifest(elements), "lot-10", "invalid-document",
                   "uniqueId rt-1 is element swtpm/rt-1 of an earlier manifest");
    // In a lot of its own, and with nothing but the key that it would like to have for its own.
    expect_refused(manifest({elements[1]}), "lot-10", "invalid-document",
                   "uniqueId rt-2 is element swtpm/rt-2 of an earlier manifest");
    expect_refused(manifest({{"rt-9", "", own[1].keys}}), "lot-10", "invalid-document",
                   "belongs to element swtpm/rt-2");
    // One octet of a signed entry changed.
    std::string changed = manifest({fresh_element("rt-4")});
    const auto at = changed.find("\"payload\":\"") + 40;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_refused(changed, "lot-10", "invalid-document", "entry 0");
    // And the honest one again says so and changes nothing.
    const std::string before = held();
    const Standing stands = standing();
    const auto again = import(manifest(own), "lot-9");
    EXPECT_EQ(again.status, 3) << "a document signed anew is another document";
    EXPECT_EQ(held(), before);
    EXPECT_EQ(standing().events, stands.events + 1);
}

TEST_F(ManifestAttack, for_a_lot_that_was_handed_out_already_brings_nothing) {
    expect_refused(manifest(elements), "lot-1", "conflict",
                   "lot came by another manifest and takes no more");
}

}  // namespace
}  // namespace hallmark
