// What one proposes another approves: against a real database, as the server's own login.
#include "ca/registry/difference.h"
#include "tests/db/proposals_fixture.h"

#include <fstream>
#include <future>
#include <iterator>
#include <thread>

namespace hallmark {
namespace {

using namespace std::chrono_literals;
using testing::noon;
using testing::peer_of;
using testing::Person;
using testing::refused;

class Proposals : public testing::ProposalsTest {};

TEST_F(Proposals, change_nothing_until_another_approves) {
    const auto made = propose("station.enrol", station_change(), ada);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    EXPECT_EQ(made->row.state, "open");
    EXPECT_EQ(made->row.sha256, sha256(as_bytes(made->row.canonical)));
    EXPECT_EQ(count("station"), 0);
    ASSERT_TRUE(approve(*made, grace).has_value());
    EXPECT_EQ(count("station WHERE id = 'st-1' AND state = 'active'"), 1);
    const auto after = service.find(made->row.id, noon());
    EXPECT_EQ(after->row.state, "applied");
    EXPECT_EQ(after->row.decided_by, OperatorId("grace"));
}

TEST_F(Proposals, say_on_whose_word_what_they_applied_stands) {
    const Proposal made = decided("station.enrol", station_change());
    EXPECT_EQ(ask<std::string>("SELECT proposal::text FROM principal WHERE id = 'st-1'"),
              made.row.id);
    EXPECT_EQ(last_fact("station.enrolled", "proposal"), made.row.id);
    EXPECT_EQ(last_fact("station.enrolled", "proposer"), "operator/ada");
    EXPECT_EQ(last_fact("station.enrolled", "approver"), "operator/grace");
    EXPECT_EQ(count("event WHERE type = 'station.enrolled'"), 1);
}

TEST_F(Proposals, read_like_what_stands_and_what_will) {
    decided("station.enrol", station_change());
    ASSERT_TRUE(registry.set_station_state(StationId("st-1"), "suspended", "operator/ada", noon())
                    .has_value());
    const auto made = propose("station.resume", {{"id", "st-1"}}, ada);
    EXPECT_EQ(boost::json::serialize(made->text.at("diff")),
              R"(["station: st-1","state: suspended -> active"])");
    EXPECT_EQ(boost::json::serialize(made->text.at("rests_on")), R"({"station/st-1":2})");
}

TEST_F(Proposals, are_nobodys_own_to_approve) {
    const auto made = propose("station.enrol", station_change(), ada);
    const int before = count("event");
    expect_only_a_record(approve(*made, ada), Reason::forbidden, before);
    EXPECT_EQ(service.find(made->row.id, noon())->row.state, "open");
}

TEST_F(Proposals, are_approved_by_the_digest_of_their_text_alone) {
    const auto made = propose("station.enrol", station_change(), ada);
    const int before = count("event");
    Digest other = made->row.sha256;
    other[0] ^= 1;
    expect_only_a_record(service.approve(made->row.id, other, who(grace), noon()), Reason::conflict,
                         before);
}

TEST_F(Proposals, are_applied_once) {
    const Proposal made = decided("station.enrol", station_change());
    const int before = count("event");
    EXPECT_TRUE(refused(approve(made, grace), Reason::conflict));
    EXPECT_EQ(count("event"), before + 1);
    EXPECT_EQ(count("station"), 1);
}

TEST_F(Proposals, that_are_unknown_are_refused_on_record) {
    const int before = count("event");
    expect_only_a_record(service.approve(random_uuid(), {}, who(grace), noon()), Reason::not_found,
                         before);
}

TEST_F(Proposals, end_stale_where_what_they_change_was_changed_since) {
    decided("station.enrol", station_change());
    const StationId station("st-1");
    ASSERT_TRUE(registry.set_station_state(station, "suspended", "setup", noon()).has_value());
    const auto made = propose("station.resume", {{"id", "st-1"}}, ada);
    // Back and suspended again for another reason: the state is the same, and the act is not.
    ASSERT_TRUE(registry.set_station_state(station, "active", "setup", noon()).has_value());
    ASSERT_TRUE(registry.set_station_state(station, "suspended", "setup", noon()).has_value());
    const int before = count("event");
    EXPECT_TRUE(refused(approve(*made, grace), Reason::conflict));
    EXPECT_EQ(service.find(made->row.id, noon())->row.state, "stale");
    EXPECT_EQ(count("event"), before + 1);
    EXPECT_EQ(count("event WHERE type = 'proposal.stale'"), 1);
    EXPECT_EQ(ask<std::string>("SELECT state FROM station"), "suspended");
    EXPECT_TRUE(refused(approve(*made, grace), Reason::conflict));
}

TEST_F(Proposals, end_stale_where_the_key_went_into_another_hand) {
    const auto change = station_change();
    const auto first = propose("station.enrol", change, ada);
    auto renamed = change;
    renamed["id"] = "st-2";
    const auto second = propose("station.enrol", renamed, ada);
    ASSERT_TRUE(approve(*second, grace).has_value());
    EXPECT_TRUE(refused(approve(*first, grace), Reason::conflict));
    EXPECT_EQ(service.find(first->row.id, noon())->row.state, "stale");
    EXPECT_EQ(count("station"), 1);
}

TEST_F(Proposals, expire) {
    ProposalService hasty(database, kinds(registry), {.lifetime = 1s});
    const auto made = hasty.propose("station.enrol", station_change(), who(ada), noon());
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    std::this_thread::sleep_for(1100ms);
    EXPECT_TRUE(refused(approve(*made, grace), Reason::conflict));
    EXPECT_EQ(service.find(made->row.id, noon())->row.state, "expired");
    EXPECT_EQ(count("event WHERE type = 'proposal.expired'"), 1);
    EXPECT_EQ(count("event WHERE type = 'proposal.refused'"), 1);
    EXPECT_EQ(count("station"), 0);
}

TEST_F(Proposals, ask_both_persons_roles_again) {
    const auto of_ada = propose("station.enrol", station_change("st-1"), ada);
    const auto of_grace = propose("station.enrol", station_change("st-2"), grace);
    decided("operator.roles", {{"id", "grace"}, {"roles", boost::json::array{"auditor"}}});
    int before = count("event");
    expect_only_a_record(approve(*of_ada, grace), Reason::forbidden, before);
    before = count("event");
    expect_only_a_record(approve(*of_grace, ada), Reason::forbidden, before);
}

TEST_F(Proposals, ask_both_persons_states_again) {
    const auto made = propose("station.enrol", station_change(), ada);
    const Operator by_grace = who(grace);
    ASSERT_TRUE(
        registry.set_operator_state(OperatorId("grace"), "suspended", "setup", noon()).has_value());
    int before = count("event");
    expect_only_a_record(service.approve(made->row.id, made->row.sha256, by_grace, noon()),
                         Reason::forbidden, before);
    ASSERT_TRUE(
        registry.set_operator_state(OperatorId("grace"), "active", "setup", noon()).has_value());
    ASSERT_TRUE(
        registry.set_operator_state(OperatorId("ada"), "suspended", "setup", noon()).has_value());
    before = count("event");
    expect_only_a_record(approve(*made, grace), Reason::forbidden, before);
}

TEST_F(Proposals, are_not_approved_between_a_person_and_who_enrolled_them) {
    const Person mary{"mary"};
    const Person tom{"tom"};
    decided("operator.add", person_change(mary));
    decided("operator.add", person_change(tom));
    principals = 4;
    const auto of_mary = propose("station.enrol", station_change(), mary.certificate);
    const auto of_ada = propose("station.enrol", station_change("st-2"), ada);
    for (const Bytes* enroller : {&ada, &grace}) {
        const int before = count("event");
        expect_only_a_record(approve(*of_mary, *enroller), Reason::forbidden, before);
    }
    const int before = count("event");
    expect_only_a_record(approve(*of_ada, mary.certificate), Reason::forbidden, before);
    EXPECT_TRUE(approve(*of_mary, tom.certificate).has_value());
}

TEST_F(Proposals, are_limited_in_number_for_each_operator) {
    ProposalService tight(database, kinds(registry), {.open_per_operator = 2});
    for (const char* id : {"st-1", "st-2"})
        ASSERT_TRUE(
            tight.propose("station.enrol", station_change(id), who(ada), noon()).has_value());
    EXPECT_TRUE(refused(tight.propose("station.enrol", station_change("st-3"), who(ada), noon()),
                        Reason::limited));
    EXPECT_EQ(count("proposal"), 2);
    EXPECT_TRUE(
        tight.propose("station.enrol", station_change("st-3"), who(grace), noon()).has_value());
}

TEST_F(Proposals, need_a_role_and_a_kind) {
    const Person mary{"mary"};
    decided("operator.add", person_change(mary, {"auditor"}));
    const int before = count("proposal");
    EXPECT_TRUE(
        refused(propose("station.enrol", station_change(), mary.certificate), Reason::forbidden));
    EXPECT_TRUE(refused(propose("station.melt", station_change(), ada), Reason::not_found));
    auto strange = station_change();
    strange["colour"] = "red";
    EXPECT_TRUE(refused(propose("station.enrol", strange, ada), Reason::malformed_request));
    EXPECT_EQ(count("proposal"), before);
}

TEST_F(Proposals, are_rejected_for_good) {
    const auto made = propose("station.enrol", station_change(), ada);
    ASSERT_TRUE(service.reject(made->row.id, "not ours", who(grace), noon()).has_value());
    EXPECT_EQ(last_fact("proposal.rejected", "why"), "not ours");
    EXPECT_TRUE(refused(approve(*made, grace), Reason::conflict));
    EXPECT_TRUE(refused(service.reject(made->row.id, "", who(ada), noon()), Reason::conflict));
    EXPECT_EQ(count("station"), 0);
    const auto second = propose("station.enrol", station_change(), ada);
    EXPECT_TRUE(service.reject(second->row.id, "", who(ada), noon()).has_value()) << "one's own";
}

TEST_F(Proposals, approved_twice_in_one_moment_are_applied_once) {
    const auto made = propose("station.enrol", station_change(), ada);
    const Operator by = who(grace);
    const auto race = [&] {
        return service.approve(made->row.id, made->row.sha256, by, noon()).has_value();
    };
    auto other = std::async(std::launch::async, race);
    const bool one = race();
    EXPECT_NE(one, other.get());
    EXPECT_EQ(count("station"), 1);
    EXPECT_EQ(count("event WHERE type = 'station.enrolled'"), 1);
    EXPECT_EQ(count("event WHERE type = 'proposal.refused'"), 1);
}

TEST_F(Proposals, pages_are_read_from_the_newest_on) {
    for (const char* id : {"st-1", "st-2", "st-3"})
        ASSERT_TRUE(propose("station.enrol", station_change(id), ada).has_value());
    const auto first = service.list("open", 0, 2, noon());
    ASSERT_EQ(first.size(), 2u);
    EXPECT_GT(first[0].number, first[1].number);
    const auto rest = service.list("open", first[1].number, 2, noon());
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_LT(rest[0].number, first[1].number);
    EXPECT_TRUE(service.list("stale", 0, 2, noon()).empty());
}

TEST_F(Proposals, refused_again_and_again_do_not_fill_the_record) {
    ProposalService quiet(database, kinds(registry), {.refusals_per_minute = 3});
    const Operator by = who(grace);
    // The record's own minute goes by the database's clock, and so must these rows.
    const Instant now = SystemClock().now();
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(refused(quiet.approve(random_uuid(), {}, by, now), Reason::not_found));
    EXPECT_EQ(count("event WHERE type = 'proposal.refused'"), 3);
    quiet.expire(now);
    EXPECT_EQ(count("event WHERE type = 'proposal.refusals'"), 0) << "its minute is not over";
    quiet.expire(now + 61s);
    quiet.expire(now + 122s);
    EXPECT_EQ(count("event WHERE type = 'proposal.refusals'"), 1);
    EXPECT_EQ(last_fact("proposal.refusals", "count"), "2");
}

TEST_F(Proposals, of_a_policy_show_the_lines_that_change) {
    const std::string text = [] {
        std::ifstream file(HALLMARK_SOURCE_DIR "/policy/products/idevid.toml");
        return std::string{std::istreambuf_iterator<char>(file), {}};
    }();
    decided("policy.apply", {{"policy", text}});
    EXPECT_TRUE(refused(propose("policy.apply", {{"policy", text}}, ada), Reason::conflict))
        << "it is in force already";
    std::string changed = text;
    changed.replace(changed.find("lot_limit = 3000"), 16, "lot_limit = 2999");
    const auto made = propose("policy.apply", {{"policy", changed}}, ada);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    const std::string diff = boost::json::serialize(made->text.at("diff"));
    EXPECT_NE(diff.find("- lot_limit = 3000"), std::string::npos) << diff;
    EXPECT_NE(diff.find("+ lot_limit = 2999"), std::string::npos) << diff;
    EXPECT_EQ(made->text.at("diff").as_array().size(), 6u) << diff;
    // Another version meanwhile: what was approved rests on one that is no longer in force.
    std::string other = text;
    other.replace(other.find("lot_limit = 3000"), 16, "lot_limit = 2000");
    decided("policy.apply", {{"policy", other}});
    EXPECT_TRUE(refused(approve(*made, grace), Reason::conflict));
    EXPECT_EQ(service.find(made->row.id, noon())->row.state, "stale");
}

TEST(Difference, shows_nothing_that_moves_a_cursor) {
    EXPECT_EQ(addition("name", "ada\x1b[2K\rgrace"), "name: ada?[2K?grace");
    EXPECT_EQ(plain_text("a\u202eb\u200bc\u0085d\ufeffe"), "a???b???c??d???e");
    EXPECT_EQ(plain_text("Zoë – 中"), "Zoë – 中");
    EXPECT_EQ(difference("state", "", "active"), "state: nothing -> active");
    EXPECT_EQ(difference("state", "active", "active"), "state: active");
}

TEST(Difference, names_the_table_that_a_line_stands_in) {
    const auto lines = changed_lines("[a]\nx = 1\n[b]\nx = 1\n", "[a]\nx = 1\n[b]\nx = 2\n");
    EXPECT_EQ(lines, (std::vector<std::string>{"  [b]", "- x = 1", "  [b]", "+ x = 2"}));
    const auto cut = changed_lines("", "a = 1\nb = 2\nc = 3\n", 2);
    EXPECT_EQ(cut, (std::vector<std::string>{"+ a = 1", "and 2 lines more"}));
}

}  // namespace
}  // namespace hallmark
