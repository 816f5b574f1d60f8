// Attacks on custody: genuine elements that are not where they may be used, and lots whose way to
// the site was forged. Each is refused, recorded once and counted, and leaves the world as it was.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::HouseSigner;
using testing::SoftStation;
using testing::Standing;

class Custody : public testing::HouseTest {
protected:
    /// How often the house told of a refusal of this kind.
    [[nodiscard]] long counted(const std::string& labels) const {
        const std::string page = fetch("ops", "/metrics");
        const std::string name = "hallmark_refusals_total{" + labels + "} ";
        const auto at = page.find(name);
        return at == std::string::npos ? 0 : std::stol(page.substr(at + name.size()));
    }
    /// A genuine element that is honest in everything, and refused for this cause alone.
    void expect_refused(const SoftTpm& tpm, const std::string& cause) {
        const std::string labels = R"(format="tpm2",reason="element-not-accepted")";
        const long told = counted(labels);
        auto line = station();
        Bench bench(tpm);
        ASSERT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        const Standing before = standing();
        const ClientAnswer answer = line.issue(bench);
        EXPECT_EQ(answer.status, 422) << answer.body;
        expect_only_a_refusal(before, Reason::element_not_accepted, "custody: " + cause);
        EXPECT_EQ(counted(labels), told + 1);
    }
    void set_element(const std::string& unique_id, const std::string& state) {
        must(custody.set_element_state(ElementId("swtpm/" + unique_id), state, "setup", now()));
    }

    // Hand-overs

    [[nodiscard]] HandOver next(const std::string& lot) {
        const auto chain = HandOverService(server, registry).of_lot(LotId(lot)).value();
        HandOver entry =
            testing::next_entry(LotId(lot), chain.end, HandOverKind::receiving, "goods-in", now());
        entry.site = SiteId("hall-1");
        return entry;
    }
    [[nodiscard]] std::string signed_by(const testing::Badge& badge, const HandOver& entry) {
        return write_hand_over(entry, sha256(badge.certificate),
                               FileKey::parse(testing::text_of(badge.key_file)).value());
    }
    /// One event with its cause, one count, and nothing else in the world.
    void expect_turned_away(const std::string& target, const std::string& body,
                            const std::string& reason, const std::string& event,
                            const std::string& cause) {
        const std::string labels = R"(format="none",reason=")" + reason + "\"";
        const long told = counted(labels);
        const long entries = ask<long>("SELECT count(*) FROM hand_over");
        const std::string lots = ask<std::string>(
            "SELECT string_agg(lot::text, ' ' ORDER BY id) "
            "FROM lot");
        Standing expected = standing();
        ++expected.events;
        ++expected.refusal_events;
        const ClientAnswer answer = office(ground.ada).request("POST", target, body);
        EXPECT_GE(answer.status, 400) << answer.body;
        EXPECT_LT(answer.status, 500) << answer.body;
        EXPECT_EQ(answer.body.find(cause), std::string::npos) << "the cause is not told";
        EXPECT_EQ(standing(), expected);
        EXPECT_EQ(ask<long>("SELECT count(*) FROM hand_over"), entries);
        EXPECT_EQ(ask<std::string>("SELECT string_agg(lot::text, ' ' ORDER BY id) FROM lot"), lots);
        EXPECT_EQ(ask<std::string>("SELECT type FROM event ORDER BY number DESC LIMIT 1"), event);
        EXPECT_EQ(ask<std::string>("SELECT body::json->'facts'->>'detail' FROM event ORDER BY "
                                   "number DESC LIMIT 1"),
                  cause);
        EXPECT_EQ(counted(labels), told + 1);
    }
    void expect_entry_refused(const std::string& document, const std::string& reason,
                              const std::string& cause) {
        expect_turned_away("/v1/lots/lot-2/hand-overs", document, reason, "hand-over.refused",
                           cause);
    }
    void expect_not_released(const std::string& cause) {
        expect_turned_away("/v1/lots/lot-2/release", "{}", "conflict", "lot-release.refused",
                           "hand-over: " + cause);
    }
};

TEST_F(Custody, genuine_element_in_no_manifest) {
    expect_refused(undelivered(1)[0], "unknown element");
}

TEST_F(Custody, genuine_element_in_a_held_lot) {
    move_lot("lot-1", "held");
    expect_refused(tpms[0], "lot held");
}

TEST_F(Custody, genuine_element_allotted_to_another_product) {
    expect_refused(
        released({.lot = "lot-2", .prefix = "p-", .count = 1, .product = "tpm-sensor"})[0],
        "lot allotted to another product");
}

TEST_F(Custody, genuine_element_already_consumed) {
    auto line = station();
    Bench first(tpms[0]);
    ASSERT_EQ(line.provision(first).status, 201);
    ASSERT_EQ(line.install(first).status, 200);
    expect_refused(tpms[0], "the element has a live credential");
}

TEST_F(Custody, genuine_element_scrapped) {
    set_element("gw-1", "scrapped");
    expect_refused(tpms[0], "element scrapped");
    // Around the door: the database itself lets nothing that was scrapped come back.
    for (const char* state : {"received", "allotted", "bound", "held", "returned"}) {
        EXPECT_THROW(
            execute_as("hallmark_server_login", std::string("UPDATE element SET state = '") +
                                                    state + "' WHERE id = 'swtpm/gw-1'"),
            ConstraintViolation)
            << state;
    }
}

TEST_F(Custody, genuine_element_returned) {
    set_element("gw-1", "returned");
    expect_refused(tpms[0], "element returned");
    EXPECT_THROW(execute_as("hallmark_server_login",
                            "UPDATE element SET state = 'allotted' WHERE id = 'swtpm/gw-1'"),
                 ConstraintViolation);
}

TEST_F(Custody, release_with_a_gap) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    expect_not_released("nobody received the lot");
    HandOver elsewhere = next("lot-2");
    elsewhere.site = SiteId("hall-2");
    ASSERT_EQ(office(ground.ada)
                  .request("POST", "/v1/lots/lot-2/hand-overs", signed_by(ground.ada, elsewhere))
                  .status,
              201);
    expect_not_released("the lot was received at another site");
    EXPECT_THROW(
        execute_as("hallmark_server_login", "UPDATE lot SET state = 'released' WHERE id = 'lot-2'"),
        ConstraintViolation)
        << "around the door";
}

TEST_F(Custody, release_over_an_entry_that_was_changed_behind_the_door) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    ASSERT_EQ(
        office(ground.ada)
            .request("POST", "/v1/lots/lot-2/hand-overs", signed_by(ground.ada, next("lot-2")))
            .status,
        201);
    owner.transact([](Tx& tx) {
        tx.raw().exec("ALTER TABLE hand_over DISABLE TRIGGER USER");
        tx.raw().exec("UPDATE hand_over SET units = 1 WHERE lot = 'lot-2'");
        tx.raw().exec("ALTER TABLE hand_over ENABLE TRIGGER USER");
    });
    expect_not_released("entry 1 is not what its document says");
}

TEST_F(Custody, hand_over_by_a_key_that_nobody_pinned) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    const HouseSigner stranger = testing::make_house_signer("stranger");
    HandOver entry = next("lot-2");
    expect_entry_refused(stranger.sign(entry), "invalid-document",
                         "hand-over: signed by another than its poster");
    entry.kind = HandOverKind::vendor;
    entry.site.reset();
    expect_entry_refused(stranger.sign(entry), "invalid-document", "manifest signer: not pinned");
}

TEST_F(Custody, hand_over_under_a_pinned_name_by_another_key) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    const std::string forged =
        write_hand_over(next("lot-2"), sha256(ground.ada.certificate),
                        FileKey::parse(testing::text_of(ground.stranger.key_file)).value());
    expect_entry_refused(forged, "invalid-document", "hand-over: signature does not verify");
}

TEST_F(Custody, hand_over_that_does_not_name_the_last_entry) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    const HandOver first = next("lot-2");
    HandOver entry = first;
    entry.previous = sha256(as_bytes("another"));
    expect_entry_refused(signed_by(ground.ada, entry), "conflict",
                         "hand-over: names another entry than the last before it");
    entry = first;
    entry.sequence = 2;
    expect_entry_refused(signed_by(ground.ada, entry), "conflict",
                         "hand-over: sequence 2 where 1 is next");
    entry = first;
    entry.units = 3;
    expect_entry_refused(signed_by(ground.ada, entry), "conflict", "hand-over: 3 units of 2");
    const std::string taken = signed_by(ground.ada, first);
    ASSERT_EQ(office(ground.ada).request("POST", "/v1/lots/lot-2/hand-overs", taken).status, 201);
    expect_entry_refused(taken, "conflict", "hand-over: sequence 1 where 2 is next");
}

TEST_F(Custody, hand_overs_are_never_rewritten) {
    for (const char* sql :
         {"UPDATE hand_over SET units = 1", "DELETE FROM hand_over",
          "INSERT INTO hand_over SELECT lot, sequence + 2, kind, giver, taker, units, stands, "
          "site, "
          "at, previous, sha256, certificate_sha256, document, posted_by, posted_at FROM hand_over",
          "DELETE FROM stock_count", "UPDATE hand_over_element SET lot = 'x'"}) {
        EXPECT_THROW(execute_as("hallmark_server_login", sql), Fault) << sql;
    }
}

}  // namespace
}  // namespace hallmark
