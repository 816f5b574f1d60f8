// A vendor's list of what it has revoked: read whole or not at all.
#include "ca/attestation/status_list.h"

#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;
using std::chrono::hours;

Result<StatusList> read(const std::string& text) {
    return StatusList::parse(text, noon(), hours(24));
}

TEST(StatusList, finds_a_serial_whatever_zeros_lead_it) {
    const auto list = read(R"({"entries": {
        "2c8cdddfd5e03bfc": {"status": "REVOKED", "expires": "2030-01-01", "reason": "KEY_COMPROMISE"},
        "c8966fcb2fbb0d7a": {"status": "SUSPENDED", "comment": "looked into"}}})");
    ASSERT_TRUE(list) << list.error().detail;
    EXPECT_EQ(list->size(), 2u);
    ASSERT_NE(list->find(from_hex("2c8cdddfd5e03bfc").value()), nullptr);
    EXPECT_EQ(*list->find(from_hex("2c8cdddfd5e03bfc").value()), "REVOKED: KEY_COMPROMISE");
    // A positive INTEGER whose first bit is set begins with 00.
    ASSERT_NE(list->find(from_hex("00c8966fcb2fbb0d7a").value()), nullptr);
    EXPECT_EQ(*list->find(from_hex("00c8966fcb2fbb0d7a").value()), "SUSPENDED");
    EXPECT_EQ(list->find(from_hex("2c8cdddfd5e03b").value()), nullptr);
    EXPECT_EQ(list->find(from_hex("00").value()), nullptr);
}

TEST(StatusList, is_too_old_from_the_end_of_its_time_on) {
    const auto list = read(R"({"entries": {}})");
    ASSERT_TRUE(list);
    EXPECT_FALSE(list->is_too_old(noon() + hours(24) - std::chrono::microseconds(1)));
    EXPECT_TRUE(list->is_too_old(noon() + hours(24)));
}

TEST(StatusList, that_is_not_understood_is_refused_whole) {
    for (const char* text :
         {"", "[]", "{}", R"({"entries": []})", R"({"entries": {"0a": {"status": "REVOKED"}}})",
          R"({"entries": {"AB": {"status": "REVOKED"}}})",
          R"({"entries": {"": {"status": "REVOKED"}}})",
          R"({"entries": {"g1": {"status": "REVOKED"}}})", R"({"entries": {"a1": {}}})",
          R"({"entries": {"a1": "REVOKED"}})", R"({"entries": {"a1": {"status": "VALID"}}})",
          R"({"entries": {"a1": {"status": "REVOKED", "reason": "x4"}}})",
          R"({"entries": {"a1": {"status": "REVOKED", "reason": "a\nb"}}})",
          R"({"entries": {"a1": {"status": "REVOKED"}, "a1": {"status": "SUSPENDED"}}})",
          R"({"entries": {"a123456789a123456789a123456789a123456789a": {"status": "REVOKED"}}})",
          R"({"entries": {}} x)"}) {
        const auto list = read(text);
        ASSERT_FALSE(list.has_value()) << text;
        EXPECT_EQ(list.error().reason, Reason::invalid_document) << text;
    }
}

}  // namespace
}  // namespace hallmark
