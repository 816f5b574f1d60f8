// Good evidence of each format under every other format's label, and under another vendor's pin:
// refused.
#include "tests/support/shown_element.h"
#include "tests/unit/attestation/stored_case.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Confusion : public ::testing::Test {
protected:
    ChainValidator chains;
    EvidenceFamily family = make_family(chains);
    std::vector<Shown> all = one_of_each(family);
};

TEST_F(Confusion, is_not_what_these_are_each_under_its_own_name) {
    ASSERT_EQ(all.size(), soft_formats().size());
    for (const Shown& each : all) {
        const auto element = family.verify(each.evidence, {each.pin()}, each.expected, noon());
        EXPECT_TRUE(element.has_value()) << each.format << ": " << element.error().detail;
        if (element) store_case({each.evidence, each.pin(), each.expected, ""});
    }
}

TEST_F(Confusion, of_formats_is_refused) {
    for (const Shown& each : all) {
        for (const Shown& other : all) {
            if (each.evidence.format == other.format) continue;
            Evidence renamed = each.evidence;
            renamed.format = other.format;
            for (const Bytes& root : {each.root, other.root}) {
                const auto element = family.verify(renamed, {Shown::pin_of(other.format, root)},
                                                   each.expected, noon());
                ASSERT_FALSE(element.has_value()) << each.format << " as " << other.format;
                EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
            }
        }
    }
}

TEST_F(Confusion, of_vendors_is_refused) {
    for (const Shown& each : all) {
        for (const Shown& other : all) {
            if (each.format == other.format) continue;
            const auto element =
                family.verify(each.evidence, {Shown::pin_of(each.evidence.format, other.root)},
                              each.expected, noon());
            ASSERT_FALSE(element.has_value()) << each.format << " under " << other.format;
            // Roots may bear one name, and are told apart by their keys then.
            EXPECT_TRUE(element.error().detail.starts_with("chain: no path to a pinned root"))
                << element.error().detail;
        }
    }
}

TEST_F(Confusion, of_what_stands_in_a_request_with_what_stands_beside_it_is_refused) {
    for (const Shown& each : all) {
        Evidence renamed = each.came;
        renamed.format = csr_attribute_format;
        for (const Shown& other : all) {
            // Members under the packaging's label, and a packaging beside another format's members.
            if (each.format != csr_attribute_format) {
                EXPECT_FALSE(family.unpacked(renamed, other.attribute).has_value()) << each.format;
                EXPECT_EQ(family.unpacked(each.came, other.attribute).has_value(),
                          !other.attribute.has_value());
            }
        }
    }
}

}  // namespace
}  // namespace hallmark
