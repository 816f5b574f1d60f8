#include "ca/domain/ids.h"

#include "ca/domain/certificate.h"
#include "ca/domain/lifecycle.h"
#include "ca/domain/secret.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(Slug, isLowerCaseAndShort) {
    for (const auto* text : {"a", "line-1", "0.x_y", "st-1"})
        EXPECT_TRUE(parse_slug(text, "id")) << text;
    for (const auto* text : {"", "A", "-a", ".a", "a b", "a/b", "ä", "a\n"}) {
        const auto refused = parse_slug(text, "id");
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().reason, Reason::malformed_request);
    }
    EXPECT_TRUE(parse_slug(std::string(64, 'a'), "id"));
    EXPECT_FALSE(parse_slug(std::string(65, 'a'), "id"));
    EXPECT_FALSE(parse_slug(std::string_view("a\0b", 3), "id"));
}

TEST(Element, hasOneNameForTwoSpellings) {
    EXPECT_EQ(element_id(VendorId("maker"), "0123ABcd").get(), "maker/0123abcd");
    EXPECT_EQ(element_id(VendorId("maker"), "0123abCD"), element_id(VendorId("maker"), "0123ABcd"));
    EXPECT_EQ(element_id(VendorId("maker"), "@[`{:._-09").get(), "maker/@[`{:._-09");
}

TEST(Uuid, isAnsweredInLowerCase) {
    EXPECT_EQ(*parse_uuid("0F8FAD5B-D9CB-469F-A165-70867728950E", "id"),
              "0f8fad5b-d9cb-469f-a165-70867728950e");
    for (const auto* text :
         {"", "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b-d9cb-469f-a165-70867728950",
          "{0f8fad5b-d9cb-469f-a165-70867728950}", "0f8fad5b-d9cb-469f-a165-70867728950g"}) {
        EXPECT_FALSE(parse_uuid(text, "id")) << text;
    }
}

TEST(Steps, cannotBeSkipped) {
    static_assert(!std::is_constructible_v<LintedDraft, Draft>);
    static_assert(!std::is_constructible_v<Reservation, LintedDraft>);
    static_assert(!std::is_copy_constructible_v<Reservation>);
    static_assert(!std::is_copy_constructible_v<Secret>);
    static_assert(!std::is_convertible_v<StationId, ProductId>);
    SUCCEED();
}

TEST(Lifecycle, neverGoesBackFromAnEnd) {
    for (const Transition& edge : transitions) {
        for (const auto* end :
             {"retired", "void", "burnt", "decommissioned", "scrapped", "returned", "closed"}) {
            EXPECT_NE(edge.from, end) << edge.subject;
        }
        EXPECT_NE(edge.from, edge.to);
    }
    EXPECT_TRUE(may_become("credential", "issued", "active"));
    EXPECT_FALSE(may_become("credential", "active", "issued"));
    EXPECT_FALSE(may_become("device", "provisioned", "issued"));
}

TEST(Secret, leavesNothingWhereItWasMovedFrom) {
    Secret first("1234");
    const Secret second(std::move(first));
    EXPECT_EQ(second.reveal(), "1234");
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested.
}

TEST(Reasons, haveNamesOfTheirOwn) {
    EXPECT_EQ(name_of(Reason::element_not_accepted), "element-not-accepted");
    EXPECT_NE(name_of(Reason::gone), name_of(Reason::not_found));
}

}  // namespace
}  // namespace hallmark
