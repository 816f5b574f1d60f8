// What the database itself says of hand-overs, against the server's own login: no gap, no fork, no
// more units than there are, and no release of what nobody received.
#include "ca/domain/fault.h"
#include "tests/db/custody_fixture.h"

namespace hallmark {
namespace {

using testing::fresh_element;

class HandOverLaw : public testing::CustodyFixture {
protected:
    void SetUp() override {
        CustodyFixture::SetUp();
        ASSERT_TRUE(import({fresh_element("01"), fresh_element("02"), fresh_element("03")}));
        ASSERT_TRUE(custody.allot({lot, product, site}, actor, noon));
    }
    /// The rows here hold no documents that could be read, so the chain's end is asked of them.
    [[nodiscard]] HandOverRow last() {
        const auto rows = server.transact([&](Tx& tx) { return HandOvers(tx).of_lot(lot); });
        if (!rows.empty()) return rows.back();
        HandOverRow origin;
        origin.taker = example.get();
        origin.sha256 =
            server.transact([&](Tx& tx) { return HandOvers(tx).origin_of(lot).manifests.front(); });
        return origin;
    }
    /// A row as the service writes it, for three units received at the site.
    [[nodiscard]] HandOverRow row() {
        const HandOverRow before = last();
        HandOverRow made;
        made.lot = lot;
        made.sequence = before.sequence + 1;
        made.kind = "receiving";
        made.giver = before.taker;
        made.taker = "goods-in";
        made.units = 3;
        made.stands = 3;
        made.site = site;
        made.at = noon;
        made.previous = before.sha256;
        made.document = "document " + std::to_string(made.sequence);
        made.sha256 = sha256(as_bytes(made.document));
        made.posted_by = actor;
        made.posted_at = noon;
        return made;
    }
    /// "" where it was taken; the constraint that said no.
    std::string answer_to(const HandOverRow& row) {
        try {
            server.transact([&](Tx& tx) { HandOvers(tx).insert(row); });
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        }
    }
    std::string answer_to(void (*spoil)(HandOverRow&)) {
        HandOverRow spoilt = row();
        spoil(spoilt);
        return answer_to(spoilt);
    }
    std::string release() {
        try {
            execute(server, "UPDATE lot SET state = 'released'");
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        }
    }
};

TEST_F(HandOverLaw, takes_the_next_entry_and_no_other) {
    const std::string follows = "hand_over_follows";
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.sequence = 2; }), follows);
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.previous = sha256(as_bytes("x")); }), follows);
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.units = row.stands = 4; }), follows);
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.stands = 2; }), follows);
    EXPECT_EQ(answer_to([](HandOverRow& row) {
                  row.kind = "scrap";
                  row.site.reset();
              }),
              follows)
        << "three scrapped, three left";
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.lot = LotId("lot-9"); }), follows);
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.kind = "vendor"; }), "hand_over_site");
    EXPECT_EQ(answer_to([](HandOverRow& row) { row.document += "!"; }), "hand_over_digest");
    EXPECT_EQ(count("hand_over"), 0u);
    EXPECT_EQ(answer_to(row()), "");
    const HandOverRow first = server.transact([&](Tx& tx) { return HandOvers(tx).of_lot(lot); })[0];
    EXPECT_EQ(answer_to(first), follows) << "again";
    HandOverRow fork = first;
    fork.document = "another first";
    fork.sha256 = sha256(as_bytes(fork.document));
    EXPECT_EQ(answer_to(fork), follows);
}

TEST_F(HandOverLaw, begins_with_all_manifests_and_ends_their_taking) {
    LotId several("lot-2");
    ASSERT_TRUE(custody.import_manifest(
        example, several, write_manifest({fresh_element("11")}, example_vendor().signer), actor,
        noon));
    // A lot from before lots were one manifest each.
    Database superuser({.conninfo = testing::conninfo_as(conninfo, "postgres"), .connections = 1});
    superuser.transact([](Tx& tx) {
        tx.raw().exec(
            "INSERT INTO hallmark.manifest (sha256, vendor, format, signer_sha256, bytes, "
            "units, keys, lot, imported_by, imported_at) SELECT sha256('second'), vendor, "
            "format, signer_sha256, bytes, units, keys, lot, imported_by, imported_at "
            "FROM hallmark.manifest WHERE lot = 'lot-2'");
    });
    const auto said = server.transact([&](Tx& tx) {
        return digest_from_bytes(
            from_hex(tx.raw()
                         .exec1("SELECT encode(hand_over_origin('lot-2'), 'hex')")[0]
                         .as<std::string>())
                .value());
    });
    EXPECT_EQ(said, HandOverService(server, registry).of_lot(several).value().end.previous)
        << "the same rule in SQL and in C++";
    ASSERT_EQ(answer_to(row()), "");
    EXPECT_THROW(execute(server,
                         "INSERT INTO manifest SELECT sha256('more'), vendor, format, "
                         "signer_sha256, bytes, units, keys, lot, imported_by, imported_at "
                         "FROM manifest WHERE lot = 'lot-1'"),
                 ConstraintViolation);
}

TEST_F(HandOverLaw, releases_only_what_was_received_at_its_site) {
    EXPECT_EQ(release(), "lot_was_received");
    ASSERT_EQ(answer_to([](HandOverRow& row) { row.site = SiteId("south"); }), "");
    EXPECT_EQ(release(), "lot_was_received");
    ASSERT_EQ(answer_to(row()), "");
    EXPECT_EQ(release(), "");
}

TEST_F(HandOverLaw, gives_an_element_away_once) {
    ASSERT_EQ(answer_to(row()), "");
    const std::string away = "INSERT INTO hand_over_element VALUES ('example/01', 'lot-1', 1)";
    EXPECT_NO_THROW(execute(server, away));
    EXPECT_THROW(execute(server, away), ConstraintViolation);
}

TEST_F(HandOverLaw, keeps_an_allotted_lot_on_its_line) {
    EXPECT_THROW(execute(server, "UPDATE lot SET line = 'line-b'"), ConstraintViolation);
}

}  // namespace
}  // namespace hallmark
