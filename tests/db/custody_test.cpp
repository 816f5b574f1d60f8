#include "ca/custody/custody.h"

#include "ca/domain/fault.h"
#include "ca/domain/lifecycle.h"
#include "tests/db/custody_fixture.h"

namespace hallmark {
namespace {

using testing::fresh_element;
using testing::fresh_key;

class CustodyTest : public testing::CustodyFixture {
protected:
    VerifiedElement proved(const ExampleElement& element) {
        VerifiedElement proof;
        proof.claims.vendor = "example";
        proof.element_key = element.keys.front().digest();
        return proof;
    }
    Caller caller() {
        Caller made;
        made.station = StationId("st-1");
        made.site = site;
        made.products = {product};
        return made;
    }

    void expect_refused(const Result<Custody>& custody_answer, const std::string& detail) {
        ASSERT_TRUE(custody_answer.has_error());
        EXPECT_EQ(custody_answer.error().reason, Reason::element_not_accepted);
        EXPECT_EQ(custody_answer.error().detail, "custody: " + detail);
    }
    ElementId id_of(const ExampleElement& element) {
        return ElementId("example/" + element.unique_id);
    }
    void set_element(const ExampleElement& element, const char* state) {
        ASSERT_TRUE(custody.set_element_state(id_of(element), state, actor, noon).has_value())
            << state;
    }
    void bind(const ExampleElement& element) {
        execute(server,
                "UPDATE element SET state = 'bound' WHERE id = '" + id_of(element).get() + "'");
    }
};

TEST_F(CustodyTest, a_released_allotted_element_is_known_by_each_of_its_keys) {
    ExampleElement element{
        "0123f1822c38dd7a01", "ATECC608C", {fresh_key(), fresh_key(KeyAlgorithm::rsa_2048)}};
    release({element, fresh_element("02")});
    for (int turn = 0; turn < 2; ++turn) {
        const auto answer = custody.custody_of(proved(element), caller(), product);
        ASSERT_TRUE(answer.has_value()) << answer.error().detail;
        EXPECT_EQ(answer->element.get(), "example/0123f1822c38dd7a01");
        EXPECT_EQ(answer->vendor, example);
        EXPECT_EQ(answer->unique_id, element.unique_id);
        EXPECT_EQ(answer->model, "ATECC608C");
        EXPECT_EQ(answer->lot, lot);
        EXPECT_EQ(answer->site, site);
        EXPECT_EQ(answer->product, product);
        std::swap(element.keys[0], element.keys[1]);
    }
}

TEST_F(CustodyTest, a_bound_element_is_still_in_custody) {
    const ExampleElement element = fresh_element("01");
    release({element});
    bind(element);
    EXPECT_TRUE(custody.custody_of(proved(element), caller(), product).has_value());
}

TEST_F(CustodyTest, what_was_looked_up_by_the_proven_key_is_not_asked_again) {
    release({fresh_element("01")});
    const ExampleElement stranger = fresh_element("02");
    const CustodyService::LookedUp nobodys{stranger.keys.front().digest(), std::nullopt};
    ASSERT_TRUE(import({stranger}).has_error()) << "the lot is released";
    expect_refused(custody.custody_of(proved(stranger), caller(), product, nobodys),
                   "unknown element");
}

TEST_F(CustodyTest, what_was_looked_up_by_another_key_than_the_proven_one_is_asked_again) {
    const ExampleElement expected = fresh_element("01");
    const ExampleElement shown = fresh_element("02");
    release({expected, shown});
    const Digest key = expected.keys.front().digest();
    const Digest* const keys[] = {&key};
    const auto rows = server.ask([&](Tx& tx) { return Elements(tx).find_by_keys(keys); });
    ASSERT_TRUE(rows.front().has_value());
    const auto answer = custody.custody_of(proved(shown), caller(), product, {{key, rows.front()}});
    ASSERT_TRUE(answer.has_value()) << answer.error().detail;
    EXPECT_EQ(answer->unique_id, shown.unique_id);
}

TEST_F(CustodyTest, an_element_in_no_manifest_is_unknown) {
    release({fresh_element("01")});
    expect_refused(custody.custody_of(proved(fresh_element("02")), caller(), product),
                   "unknown element");
}

TEST_F(CustodyTest, a_key_is_looked_up_within_the_vendor_of_its_anchor) {
    const ExampleElement element = fresh_element("01");
    release({element});
    VerifiedElement proof = proved(element);
    proof.claims.vendor = "other";
    expect_refused(custody.custody_of(proof, caller(), product), "key of another vendor's element");
}

TEST_F(CustodyTest, a_serial_that_the_format_proves_is_the_manifests_in_either_case) {
    const ExampleElement element = fresh_element("0123f1822c38dd7a01");
    release({element});
    VerifiedElement proof = proved(element);
    proof.claims.element_serial = SeSerial("0123F1822C38DD7A01");
    EXPECT_TRUE(custody.custody_of(proof, caller(), product).has_value());
    proof.claims.element_serial = SeSerial("0123F1822C38DD7A02");
    expect_refused(custody.custody_of(proof, caller(), product), "serial is not the manifest's");
}

TEST_F(CustodyTest, another_product_or_site_gets_nothing) {
    const ExampleElement element = fresh_element("01");
    release({element});
    expect_refused(custody.custody_of(proved(element), caller(), ProductId("meter")),
                   "lot allotted to another product");
    Caller elsewhere = caller();
    elsewhere.site = SiteId("south");
    expect_refused(custody.custody_of(proved(element), elsewhere, product),
                   "lot allotted to another site");
}

TEST_F(CustodyTest, nothing_is_given_before_release_nor_while_held_nor_after_closing) {
    const ExampleElement element = fresh_element("01");
    ASSERT_TRUE(import({element}).has_value());
    const auto ask = [&] { return custody.custody_of(proved(element), caller(), product); };
    expect_refused(ask(), "element received");
    ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon).has_value());
    expect_refused(ask(), "lot allotted");
    testing::receive_lot(server, registry, lot, noon);
    ASSERT_TRUE(custody.set_lot_state(lot, "released", actor, noon).has_value());
    EXPECT_TRUE(ask().has_value());
    ASSERT_TRUE(custody.set_lot_state(lot, "held", actor, noon).has_value());
    expect_refused(ask(), "lot held");
    EXPECT_EQ(custody.set_lot_state(lot, "released", actor, noon).error().reason, Reason::forbidden)
        << "out of a hold by two people";
    ASSERT_TRUE(custody.set_lot_state(lot, "released", "setup", noon).has_value());
    EXPECT_TRUE(ask().has_value());
    ASSERT_TRUE(custody.set_lot_state(lot, "closed", actor, noon).has_value());
    expect_refused(ask(), "lot closed");
}

TEST_F(CustodyTest, an_element_held_scrapped_or_returned_gets_nothing) {
    const ExampleElement held = fresh_element("01");
    const ExampleElement scrapped = fresh_element("02");
    const ExampleElement returned = fresh_element("03");
    release({held, scrapped, returned});
    set_element(held, "held");
    set_element(scrapped, "scrapped");
    set_element(returned, "returned");
    expect_refused(custody.custody_of(proved(held), caller(), product), "element held");
    expect_refused(custody.custody_of(proved(scrapped), caller(), product), "element scrapped");
    expect_refused(custody.custody_of(proved(returned), caller(), product), "element returned");
    ASSERT_TRUE(custody.set_element_state(id_of(held), "allotted", "setup", noon).has_value());
    EXPECT_TRUE(custody.custody_of(proved(held), caller(), product).has_value());
}

TEST_F(CustodyTest, a_held_element_goes_back_to_where_its_lot_is) {
    const ExampleElement element = fresh_element("01");
    ASSERT_TRUE(import({element}).has_value());
    const auto order = [&](const char* state) {
        return custody.set_element_state(id_of(element), state, actor, noon);
    };
    EXPECT_EQ(order("allotted").error().reason, Reason::conflict) << "not without its lot";
    ASSERT_TRUE(order("held").has_value());
    EXPECT_EQ(order("allotted").error().reason, Reason::conflict) << "its lot is only received";
    ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon).has_value());
    EXPECT_EQ(order("received").error().reason, Reason::conflict) << "its lot is allotted by now";
    EXPECT_EQ(order("allotted").error().reason, Reason::forbidden) << "by two people";
    EXPECT_TRUE(custody.set_element_state(id_of(element), "allotted", "setup", noon).has_value());
    EXPECT_EQ(count_events("element.held"), 1u);
    EXPECT_EQ(count_events("element.allotted"), 1u);
}

TEST_F(CustodyTest, the_report_says_where_all_that_came_is_now) {
    std::vector<ExampleElement> elements;
    for (const char* id : {"01", "02", "03", "04", "05"})
        elements.push_back(fresh_element(id));
    release(elements);
    bind(elements[0]);
    set_element(elements[1], "held");
    set_element(elements[2], "scrapped");
    set_element(elements[3], "returned");
    const auto row = custody.lot(lot);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->state, "released");
    EXPECT_EQ(row->vendor, example);
    EXPECT_EQ(row->product, product);
    EXPECT_EQ(row->site, site);
    EXPECT_EQ(row->received, 5u);
    EXPECT_EQ(row->bound, 1u);
    EXPECT_EQ(row->held, 1u);
    EXPECT_EQ(row->scrapped, 1u);
    EXPECT_EQ(row->returned, 1u);
    EXPECT_EQ(custody.lots().size(), 1u);
    EXPECT_EQ(custody.lot(LotId("lot-2")).error().reason, Reason::not_found);
}

TEST_F(CustodyTest, each_act_on_a_lot_leaves_one_event_and_a_refused_one_leaves_none) {
    release({fresh_element("01")});
    EXPECT_EQ(count_events("lot.allotted"), 1u);
    EXPECT_EQ(count_events("lot.released"), 1u);
    const std::uint64_t before = count("event");
    EXPECT_EQ(custody.allot({lot, product, site}, actor, noon).error().reason, Reason::conflict);
    EXPECT_EQ(custody.set_lot_state(lot, "released", actor, noon).error().reason, Reason::conflict);
    EXPECT_EQ(custody.set_lot_state(lot, "allotted", actor, noon).error().reason,
              Reason::malformed_request);
    EXPECT_EQ(custody.set_lot_state(LotId("lot-2"), "held", actor, noon).error().reason,
              Reason::not_found);
    EXPECT_EQ(
        custody.set_element_state(ElementId("example/01"), "bound", actor, noon).error().reason,
        Reason::malformed_request);
    EXPECT_EQ(
        custody.set_element_state(ElementId("example/09"), "held", actor, noon).error().reason,
        Reason::not_found);
    EXPECT_EQ(count("event"), before);
}

TEST_F(CustodyTest, the_database_itself_moves_lots_and_elements_along_the_lifecycle_alone) {
    ASSERT_TRUE(import({fresh_element("01")}).has_value());
    execute(owner,
            "ALTER TABLE lot DISABLE TRIGGER USER; ALTER TABLE element DISABLE TRIGGER USER");
    const auto put = [&](const std::string& table, const std::string& state) {
        const std::string where = table == "lot" && state == "received"
                                      ? ", product = NULL, site = NULL"
                                  : table == "lot" ? ", product = 'sensor', site = 'north'"
                                                   : "";
        execute(owner, "ALTER TABLE " + table + " DISABLE TRIGGER USER; UPDATE " + table +
                           " SET state = '" + state + "'" + where + "; ALTER TABLE " + table +
                           " ENABLE TRIGGER " + table + "_transition");
    };
    for (const std::string table : {"lot", "element"}) {
        for (const Transition& from : transitions) {
            for (const Transition& to : transitions) {
                if (from.subject != table || to.subject != table || from.from == to.to) continue;
                put(table, std::string(from.from));
                const std::string move =
                    "UPDATE " + table + " SET state = '" + std::string(to.to) + "'" +
                    (table == "lot" ? ", product = 'sensor', site = 'north'" : "");
                if (may_become(table, from.from, to.to)) {
                    EXPECT_NO_THROW(execute(server, move)) << from.from << " " << move;
                } else {
                    EXPECT_THROW(execute(server, move), ConstraintViolation)
                        << from.from << " " << move;
                }
            }
        }
    }
}

TEST_F(CustodyTest, the_servers_own_login_cannot_rewrite_what_a_manifest_said) {
    release({fresh_element("01")});
    for (const char* sql :
         {"DELETE FROM element",
          "DELETE FROM element_key",
          "DELETE FROM lot",
          "DELETE FROM manifest",
          "TRUNCATE element_key",
          "UPDATE element SET unique_id = '02'",
          "UPDATE element SET lot = 'lot-2'",
          "UPDATE element SET id = 'x'",
          "UPDATE element SET vendor = 'other'",
          "UPDATE element SET manifest = 'x'",
          "UPDATE element SET entry = 7",
          "UPDATE element_key SET element = 'x'",
          "UPDATE element_key SET spki = 'x'",
          "UPDATE lot SET id = 'lot-2'",
          "UPDATE lot SET vendor = 'other'",
          "UPDATE lot SET site = 'south'",
          "UPDATE lot SET product = 'meter'",
          "UPDATE manifest SET lot = 'lot-2'",
          "UPDATE manifest SET imported_by = 'nobody'",
          "INSERT INTO element SELECT 'example/09', vendor, '09', model, lot, manifest, "
          "'received', 1 "
          "FROM element",
          "INSERT INTO lot VALUES ('lot-2', 'example', 'released', 'sensor', 'north')",
          "INSERT INTO element_key SELECT key_sha256, element, 'x' FROM element_key"}) {
        EXPECT_THROW(execute(server, sql), Fault) << sql;
    }
}

TEST_F(CustodyTest, not_even_the_owner_of_the_tables_rewrites_history_unnoticed) {
    release({fresh_element("01")});
    for (const char* sql :
         {"DELETE FROM element", "DELETE FROM element_key", "DELETE FROM lot",
          "DELETE FROM manifest", "UPDATE element SET unique_id = '02', id = 'example/02'",
          "UPDATE element SET model = 'x'", "UPDATE element_key SET element = 'x'",
          "UPDATE lot SET vendor = 'other'", "UPDATE manifest SET units = 9"}) {
        EXPECT_THROW(execute(owner, sql), ConstraintViolation) << sql;
    }
}

}  // namespace
}  // namespace hallmark
