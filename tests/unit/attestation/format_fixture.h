// Evidence of one format before the family, with the pin and what was expected: what the tests of a
// format change one thing of.
#pragma once

#include "ca/attestation/family.h"
#include "tests/support/pki.h"
#include "tests/unit/attestation/stored_case.h"

#include <gtest/gtest.h>

namespace hallmark::testing {

class FormatTest : public ::testing::Test {
protected:
    /// The pin has no root yet.
    explicit FormatTest(const std::string& format)
        : pin{.vendor = VendorId("example"), .format = format, .anchors = {}, .exceptions = {}} {
        evidence.format = format;
        expected.nonce = nonce;
    }
    [[nodiscard]] Result<VerifiedElement> judge() const {
        return family.verify(evidence, {pin}, expected, noon());
    }
    void expect_refused(const std::string& detail) {
        const auto element = judge();
        ASSERT_FALSE(element.has_value());
        EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
        EXPECT_EQ(element.error().detail.substr(0, detail.size()), detail);
        store_case({evidence, pin, expected, element.error().detail});
    }

    ChainValidator chains;
    EvidenceFamily family = make_family(chains);
    const Bytes nonce = Bytes(32, 7);
    VendorPin pin;
    Evidence evidence;
    Expected expected;
};

}  // namespace hallmark::testing
