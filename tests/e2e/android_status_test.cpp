// The status list of a vendor as a running server holds it: none, one that names the element, one
// that comes while the line runs.
#include "station/soft_elements.h"
#include "tests/e2e/family_fixture.h"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

namespace hallmark {
namespace {

using testing::FamilyCase;
using testing::FamilyTest;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::text_of;

class AndroidStatus : public FamilyTest {
protected:
    AndroidStatus() {
        evidence_rules.android_status_list = at("status.json");
        open_house();
    }
    /// It is as old as it says from its first moment there: the node may look at any.
    void publish(const std::string& entries, std::chrono::hours age = std::chrono::hours(0)) {
        write("status.new", R"({"entries": {)" + entries + "}}");
        std::filesystem::last_write_time(at("status.new"),
                                         std::filesystem::file_time_type::clock::now() - age);
        std::filesystem::rename(at("status.new"), at("status.json"));
    }
    /// Until the node looks at the file again.
    bool waits_for(const std::string& line) {
        for (int turn = 0; turn < 200; ++turn) {
            if (fetch("ops", "/metrics").find(line) != std::string::npos) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return false;
    }
    /// The serial of the first element's attestation certificate, as a list names it.
    std::string serial_of_first() {
        std::istringstream lines(text_of(at("delivery/elements.jsonl")));
        const std::vector<SoftIdentity> elements = read_elements(lines, 2);
        const std::string hex = to_hex(parse_certificate(elements.front().chain.front())->serial);
        return hex.substr(hex.find_first_not_of('0'));
    }

    const FamilyCase android{"android-key", "Example Box 1"};
};

TEST_F(AndroidStatus, that_is_not_there_refuses_until_it_comes) {
    take_delivery(android);
    EXPECT_THAT(fetch("ops", "/metrics"), HasSubstr("hallmark_ready{check=\"status_list\"} 0"));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(android), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted,
                          "revocation: no status list of this vendor is held");
    publish("");
    ASSERT_TRUE(waits_for("hallmark_ready{check=\"status_list\"} 1"));
    EXPECT_EQ(provision(android), 0) << said;
    EXPECT_TRUE(waits_for("hallmark_evidence_status_list_entries{format=\"android-key\"} 0"));
}

TEST_F(AndroidStatus, that_names_the_element_refuses_it) {
    take_delivery(android);
    publish("\"" + serial_of_first() + R"(": {"status": "REVOKED", "reason": "KEY_COMPROMISE"})");
    ASSERT_TRUE(waits_for("hallmark_evidence_status_list_entries{format=\"android-key\"} 1"));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(android), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted,
                          "revocation: REVOKED: KEY_COMPROMISE");
    EXPECT_THAT(said, Not(HasSubstr("KEY_COMPROMISE")));
}

TEST_F(AndroidStatus, that_is_too_old_refuses_and_tells_the_operator) {
    publish("", std::chrono::hours(73));
    take_delivery(android);
    ASSERT_TRUE(waits_for("hallmark_evidence_status_list_entries{format=\"android-key\"} 0"));
    EXPECT_THAT(fetch("ops", "/metrics"), HasSubstr("hallmark_ready{check=\"status_list\"} 0"));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(android), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted,
                          "revocation: the vendor's status list is too old");
}

TEST_F(AndroidStatus, that_cannot_be_read_leaves_the_one_before_in_force) {
    take_delivery(android);
    publish("");
    ASSERT_TRUE(waits_for("hallmark_evidence_status_list_entries{format=\"android-key\"} 0"));
    publish("\"not a serial\": 1");
    for (int turn = 0; turn < 200 && text_of(log_file()).find("an entry that is not understood") ==
                                         std::string::npos;
         ++turn) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_THAT(text_of(log_file()), HasSubstr("an entry that is not understood"));
    EXPECT_EQ(provision(android), 0) << said;
}

}  // namespace
}  // namespace hallmark
