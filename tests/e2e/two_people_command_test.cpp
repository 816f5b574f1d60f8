// Dual control from the command line, as two people and a newcomer type it.
#include "server/command_line.h"
#include "tests/e2e/house_fixture.h"

#include <iostream>
#include <sstream>

namespace hallmark {
namespace {

using testing::Badge;
using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;

struct Ended {
    int status = 0;
    std::string out;
    std::string err;
};

class TwoPeopleCommands : public testing::HouseTest {
protected:
    Ended run(std::vector<std::string> words, const std::string& typed = "") {
        words.insert(words.begin(), "hallmark");
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        std::istringstream keyboard(typed);
        auto* const before = std::cin.rdbuf(keyboard.rdbuf());
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        Ended ended;
        ended.status =
            run_command_line(static_cast<int>(arguments.size()), arguments.data(), clock);
        ended.out = ::testing::internal::GetCapturedStdout();
        ended.err = ::testing::internal::GetCapturedStderr();
        std::cin.rdbuf(before);
        return ended;
    }
    Ended by(const Badge& badge, std::vector<std::string> words, const std::string& typed = "") {
        for (const std::string& word :
             {std::string("--url"), "https://127.0.0.1:" + std::to_string(house->port("office")),
              std::string("--ca"), ground.doors_ca_file(), std::string("--credential"),
              badge.certificate_file, std::string("--key"), badge.key_file})
            words.push_back(word);
        return run(std::move(words), typed);
    }
    std::vector<std::string> station_2() const {
        return {"station",     "add",           "station-2",
                "--site",      "hall-1",        "--product",
                "tpm-gateway", "--certificate", ground.station_2.certificate_file};
    }
    /// The proposal that the words make, as ada.
    json::object proposed(std::vector<std::string> words) {
        words.insert(words.begin(), "--json");
        const Ended ended = by(ground.ada, std::move(words));
        EXPECT_EQ(ended.status, 0) << ended.err;
        return json::parse(ended.out).as_object();
    }
    static std::string text(const json::object& proposal, const char* name) {
        return std::string(proposal.at(name).as_string());
    }
};

TEST_F(TwoPeopleCommands, print_what_would_change_and_how_it_is_approved) {
    const Ended ended = by(ground.ada, station_2());
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("  station: nothing -> station-2"));
    EXPECT_THAT(ended.out, HasSubstr("hallmark proposal approve "));
    EXPECT_THAT(by(ground.grace, {"proposal", "list", "--state", "open"}).out,
                HasSubstr("kind: station.enrol"));
}

TEST_F(TwoPeopleCommands, approve_by_the_digest_that_the_person_types) {
    const json::object made = proposed(station_2());
    const Ended wrong =
        by(ground.grace, {"proposal", "approve", text(made, "id")}, std::string(64, '0') + "\n");
    EXPECT_EQ(wrong.status, 3);
    EXPECT_THAT(wrong.out, HasSubstr("  station: nothing -> station-2"));
    EXPECT_EQ(ask<std::string>("SELECT state FROM proposal"), "open");
    const Ended right =
        by(ground.grace, {"proposal", "approve", text(made, "id")}, text(made, "sha256") + "\n");
    EXPECT_EQ(right.status, 0) << right.err;
    EXPECT_THAT(right.out, HasSubstr("decided by grace"));
    EXPECT_EQ(ask<long>("SELECT count(*) FROM station WHERE id = 'station-2'"), 1);
}

TEST_F(TwoPeopleCommands, approve_and_reject_without_asking_where_all_is_said) {
    const json::object made = proposed(station_2());
    EXPECT_EQ(
        by(ground.ada, {"proposal", "approve", text(made, "id"), "--sha256", text(made, "sha256")})
            .status,
        3)
        << "one's own";
    EXPECT_EQ(
        by(ground.grace, {"proposal", "reject", text(made, "id"), "--why", "not ours"}).status, 0);
    EXPECT_THAT(by(ground.ada, {"proposal", "show", text(made, "id")}).out,
                HasSubstr("why: not ours"));
}

TEST_F(TwoPeopleCommands, enrol_a_newcomer_who_proves_the_key) {
    const Badge mary = ground.badge("mary");
    const std::string proof = (folder.path() / "mary.proof").string();
    ASSERT_EQ(run({"operator", "prove", "mary", "--certificate", mary.certificate_file, "--key",
                   mary.key_file, "--out", proof})
                  .status,
              0);
    EXPECT_EQ(run({"operator", "prove", "mary", "--certificate", mary.certificate_file, "--key",
                   ground.ada.key_file})
                  .status,
              1)
        << "another's key";
    const json::object made =
        proposed({"operator", "add", "mary", "--certificate", mary.certificate_file, "--proof",
                  proof, "--role", "auditor"});
    EXPECT_EQ(by(mary, {"operator", "list"}).status, 3);
    ASSERT_EQ(by(ground.grace,
                 {"proposal", "approve", text(made, "id"), "--sha256", text(made, "sha256")})
                  .status,
              0);
    const Ended list = by(mary, {"operator", "list"});
    EXPECT_EQ(list.status, 0) << list.err;
    EXPECT_THAT(list.out, HasSubstr("id: mary"));
    EXPECT_EQ(by(mary, station_2()).status, 3) << "an auditor proposes no station";
}

TEST_F(TwoPeopleCommands, break_the_glass_and_close_it) {
    EXPECT_EQ(by(ground.ada, {"break-glass", "open", "--reason", "fire", "--for", "2h"}).status, 3);
    EXPECT_EQ(by(ground.ada, {"break-glass", "open", "--reason", "fire", "--for", "soon"}).status,
              1);
    ASSERT_EQ(by(ground.ada, {"break-glass", "open", "--reason", "fire", "--for", "5m"}).status, 0);
    EXPECT_THAT(by(ground.grace, {"audit", "search", "--station", "station-1"}).out,
                HasSubstr("reason: fire"));
    const json::object made = proposed({"break-glass", "close", "--finding", "a rehearsal"});
    ASSERT_EQ(by(ground.grace,
                 {"proposal", "approve", text(made, "id"), "--sha256", text(made, "sha256")})
                  .status,
              0);
    EXPECT_THAT(by(ground.grace, {"break-glass", "show"}).out, Not(HasSubstr("fire")));
}

TEST_F(TwoPeopleCommands, revoke_lists_before_it_proposes) {
    EXPECT_EQ(by(ground.ada, {"revoke", "--lot", "lot-1"}).status, 1);
    const Ended preview = by(ground.ada, {"revoke", "--preview", "--lot", "lot-1"});
    EXPECT_EQ(preview.status, 0) << preview.err;
    EXPECT_THAT(preview.out, HasSubstr("credentials: 0"));
    EXPECT_EQ(by(ground.ada, {"revoke", "--lot", "lot-1", "--reason", "superseded", "--list-sha256",
                              std::string(64, '0')})
                  .status,
              3)
        << "nothing is to be ended";
}

}  // namespace
}  // namespace hallmark
