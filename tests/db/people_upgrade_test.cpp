// A house that stood before two people were asked: its operators keep their certificates, and what
// one person ordered then may still be ended.
#include "ca/crypto/hash.h"
#include "db/migrate.h"
#include "tests/db/registry_fixture.h"

namespace hallmark {
namespace {

using testing::noon;
using testing::peer_of;
using testing::Postgres;

constexpr int two_people = 15;

void write_ada(Tx& tx, const Bytes& certificate) {
    auto& raw = tx.raw();
    const auto bytes = [](ByteView view) {
        return pqxx::binarystring(static_cast<const void*>(view.data()), view.size());
    };
    const Digest key = sha256(as_bytes("a key"));
    raw.exec("SET LOCAL search_path = hallmark");
    raw.exec_params(
        "INSERT INTO known_key (key_sha256, holder_kind, holder_id) VALUES ($1, 'operator', 'ada')",
        bytes(key));
    raw.exec_params(
        "INSERT INTO principal (kind, id, certificate, certificate_sha256, key_sha256, "
        "enrolled_at, enrolled_by) VALUES ('operator', 'ada', $1, $2, $3, now(), "
        "'setup')",
        bytes(certificate), bytes(sha256(certificate)), bytes(key));
    raw.exec(
        "INSERT INTO operator (id, name, roles, expires, state) VALUES ('ada', 'Ada', "
        "'{administrator}', '2039-01-01', 'active')");
    raw.exec(
        "INSERT INTO vendor_pin (vendor, format, version, exceptions, active, pinned_at, "
        "pinned_by) VALUES ('acme', 'tpm2', 1, '{}', true, now(), 'operator/ada')");
}

TEST(PeopleUpgrade, keeps_who_is_known_and_what_stands) {
    const std::string owner = Postgres::cluster().empty_database();
    Schema before = embedded_schema();
    std::erase_if(before.migrations, [](const Migration& one) { return one.number >= two_people; });
    before.roles = "SELECT 1";
    ASSERT_TRUE(apply_schema(owner, before).has_value());
    const Bytes certificate = testing::self_signed("ada", testing::make_ec_key());
    {
        Database old({.conninfo = owner, .connections = 1});
        old.transact([&](Tx& tx) { write_ada(tx, certificate); });
    }
    const auto applied = apply_schema(owner, embedded_schema());
    ASSERT_TRUE(applied.has_value()) << applied.error().detail;

    Database server(
        {.conninfo = testing::conninfo_as(owner, "hallmark_server_login"), .connections = 1});
    Registry registry(server);
    const auto ada = registry.operator_by(peer_of(certificate), noon());
    ASSERT_TRUE(ada.has_value()) << ada.error().detail;
    EXPECT_EQ(ada->id, OperatorId("ada"));
    server.transact(
        [](Tx& tx) { tx.raw().exec0("UPDATE vendor_pin SET active = false WHERE active"); });
    EXPECT_TRUE(registry.pins({VendorId("acme")}, "tpm2").empty());
}

}  // namespace
}  // namespace hallmark
