// The event rows: their canonical bodies, and the auditor's questions to them.
#include "ca/audit/event.h"
#include "ca/audit/search.h"
#include "ca/crypto/hash.h"
#include "tests/support/pki.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using namespace std::chrono_literals;
using testing::noon;

Event issued(const std::string& device, const std::string& lot, Instant at) {
    return {.type = "credential.issued",
            .subject = "credential/" + device,
            .actor = "station/st-1",
            .time = at,
            .facts = {{"device", device}, {"lot", lot}, {"station", "st-1"}}};
}

TEST(Event, has_one_canonical_body_whatever_the_order_of_its_facts) {
    Event event = issued("dev-1", "lot-1", noon());
    EXPECT_EQ(
        canonical_body(event),
        R"({"actor":"station/st-1","facts":{"device":"dev-1","lot":"lot-1","station":"st-1"},)"
        R"("subject":"credential/dev-1","time":"2026-11-23T12:00:00Z","type":"credential.issued"})");
    std::swap(event.facts[0], event.facts[2]);
    EXPECT_EQ(canonical_body(event), canonical_body(issued("dev-1", "lot-1", noon())));
}

TEST(Event, states_no_fact_twice) {
    Event event = issued("dev-1", "lot-1", noon());
    event.facts.emplace_back("lot", "lot-2");
    EXPECT_THROW(static_cast<void>(canonical_body(event)), std::logic_error);
}

class EventRows : public ::testing::Test {
protected:
    Database database{{.conninfo = testing::fresh_server_database(), .connections = 2}};

    void append(const Event& event) {
        database.transact([&](Tx& tx) { append_event(tx, event); });
    }
    Result<AuditPage> ask(const AuditQuery& query) {
        return database.transact([&](Tx& tx) { return search_events(tx, query); });
    }
};

TEST_F(EventRows, carry_the_sha256_of_their_body) {
    const Event event = issued("dev-1", "lot-1", noon());
    const Digest digest = database.transact([&](Tx& tx) { return append_event(tx, event); });
    EXPECT_EQ(digest, sha256(as_bytes(canonical_body(event))));
    const auto page = ask({});
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->rows.size(), 1u);
    EXPECT_EQ(page->rows[0].body, canonical_body(event));
    EXPECT_EQ(page->rows[0].body_sha256, digest);
    EXPECT_EQ(page->rows[0].at, noon());
    EXPECT_EQ(page->rows[0].actor, "station/st-1");
}

TEST_F(EventRows, leave_with_the_transaction_that_wrote_them) {
    const auto refused = database.transact([&](Tx& tx) -> Result<Done> {
        append_event(tx, issued("dev-1", "lot-1", noon()));
        return Refusal{Reason::conflict, "late"};
    });
    ASSERT_TRUE(refused.has_error());
    EXPECT_TRUE(ask({})->rows.empty());
}

TEST_F(EventRows, are_found_by_each_of_their_keys) {
    Event event = issued("dev-1", "lot-1", noon());
    event.facts = {{"device", "dev-1"}, {"serial", "0a"}, {"element", "acme/1"},
                   {"station", "st-1"}, {"lot", "lot-1"}, {"product", "gateway"},
                   {"policy", "ab"}};
    append(event);
    append(issued("dev-2", "lot-2", noon()));
    const std::vector<EventKeys> questions{
        {.device = "dev-1"},   {.serial = "0a"},
        {.element = "acme/1"}, {.station = "st-1", .lot = "lot-1"},
        {.lot = "lot-1"},      {.product = "gateway"},
        {.policy = "ab"}};
    for (const EventKeys& keys : questions) {
        const auto page = ask({.keys = keys});
        ASSERT_TRUE(page.has_value());
        ASSERT_EQ(page->rows.size(), 1u);
        EXPECT_EQ(page->rows[0].subject, "credential/dev-1");
    }
    EXPECT_EQ(ask({.keys = {.station = "st-1"}})->rows.size(), 2u);
    EXPECT_TRUE(ask({.keys = {.device = "dev-1", .lot = "lot-2"}})->rows.empty());
    EXPECT_EQ(ask({.subject = "credential/dev-2"})->rows.size(), 1u);
    EXPECT_EQ(ask({.type = "credential.void"})->rows.size(), 0u);
}

TEST_F(EventRows, are_found_by_a_time_that_includes_its_start_and_not_its_end) {
    append(issued("dev-1", "lot-1", noon()));
    append(issued("dev-2", "lot-1", noon() + 1h));
    const auto page = ask({.from = noon(), .until = noon() + 1h});
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->rows.size(), 1u);
    EXPECT_EQ(page->rows[0].subject, "credential/dev-1");
}

TEST_F(EventRows, come_page_by_page_without_a_gap) {
    for (int i = 0; i < 5; ++i)
        append(issued("dev-" + std::to_string(i), "lot-1", noon()));
    std::vector<std::string> seen;
    AuditQuery query{.limit = 2};
    for (int pages = 1;; ++pages) {
        const auto page = ask(query);
        ASSERT_TRUE(page.has_value());
        for (const EventRow& row : page->rows)
            seen.push_back(row.subject);
        if (page->next.empty()) {
            EXPECT_EQ(pages, 3);
            break;
        }
        query.cursor = page->next;
    }
    EXPECT_EQ(seen,
              (std::vector<std::string>{"credential/dev-0", "credential/dev-1", "credential/dev-2",
                                        "credential/dev-3", "credential/dev-4"}));
}

TEST_F(EventRows, refuse_a_key_or_a_time_that_the_database_could_not_even_read) {
    using namespace std::string_literals;
    for (const std::string& key : {"a\0b"s, "\xff"s, std::string(257, 'a')}) {
        const auto page = ask({.keys = {.device = key}});
        ASSERT_TRUE(page.has_error()) << key;
        EXPECT_EQ(page.error().reason, Reason::malformed_request);
    }
    const Instant year_0 = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
    for (const AuditQuery& query : {AuditQuery{.from = year_0}, AuditQuery{.until = year_0}}) {
        const auto page = ask(query);
        ASSERT_TRUE(page.has_error());
        EXPECT_EQ(page.error().reason, Reason::malformed_request);
    }
}

TEST_F(EventRows, answer_no_cursor_that_no_page_gave) {
    for (const char* cursor :
         {"x", "-1", "01", "1 ", "9223372036854775808", "99999999999999999999"}) {
        const auto page = ask({.cursor = cursor});
        ASSERT_TRUE(page.has_error()) << cursor;
        EXPECT_EQ(page.error().reason, Reason::malformed_request);
    }
    for (const std::uint32_t limit : {0u, 1001u}) {
        const auto page = ask({.limit = limit});
        ASSERT_TRUE(page.has_error());
        EXPECT_EQ(page.error().reason, Reason::malformed_request);
    }
}

TEST_F(EventRows, tell_a_devices_story_in_order) {
    append(issued("dev-1", "lot-1", noon()));
    append(issued("dev-2", "lot-1", noon()));
    Event active = issued("dev-1", "lot-1", noon() + 1s);
    active.type = "credential.active";
    append(active);
    const auto story = database.transact([](Tx& tx) { return timeline(tx, DeviceId("dev-1")); });
    ASSERT_TRUE(story.has_value());
    ASSERT_EQ(story->rows.size(), 2u);
    EXPECT_EQ(story->rows[0].type, "credential.issued");
    EXPECT_EQ(story->rows[1].type, "credential.active");
}

TEST_F(EventRows, are_refused_by_the_database_when_body_and_digest_differ) {
    const auto forged = [](Tx& tx) {
        const EventEntry entry{.row = {.type = "credential.issued",
                                       .subject = "x",
                                       .actor = "y",
                                       .at = noon(),
                                       .body = "{}"},
                               .keys = {}};
        Events(tx).append(entry);
    };
    EXPECT_THROW(database.transact(forged), ConstraintViolation);
}

}  // namespace
}  // namespace hallmark
