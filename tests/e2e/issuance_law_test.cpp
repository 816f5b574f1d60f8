// The law about certificates, broken in SQL by the logins that could: what was written stays, a
// life goes one way, and one element has one living certificate. By the server's own login first,
// then by the owner of the tables, whom grants do not bind.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;

class IssuanceLaw : public testing::HouseTest {
protected:
    Bench installed{tpms[0]};
    Bench issued{tpms[1]};
    void SetUp() override {
        auto line = station();
        ASSERT_EQ(line.provision(installed).status, 201);
        ASSERT_EQ(line.install(installed).status, 200);
        ASSERT_EQ(line.provision(issued).status, 201);
    }

    /// "" when it was allowed; the constraint that said no, or "privilege".
    [[nodiscard]] static std::string answer_of(Database& login, const std::string& sql) {
        try {
            login.transact([&](Tx& tx) { tx.raw().exec(sql); });
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        } catch (const Fault& fault) {
            const std::string what = fault.what();
            return what.find("permission denied") != std::string::npos ? "privilege" : what;
        }
    }
    [[nodiscard]] std::string server_may(const std::string& sql) { return answer_of(server, sql); }
    [[nodiscard]] std::string owner_may(const std::string& sql) { return answer_of(owner, sql); }
    /// A second row like the one of `like`, with these columns changed.
    [[nodiscard]] static std::string twin(const Bench& like,
                                          std::map<std::string, std::string> changes) {
        std::map<std::string, std::string> row{{"serial", "'\\x" + to_hex(random_bytes(20)) + "'"},
                                               {"issuance", "gen_random_uuid()"},
                                               {"request_id", "gen_random_uuid()"},
                                               {"tbs_sha256", "sha256('another')"}};
        for (const char* same :
             {"station", "body_sha256", "device", "element", "product", "policy_sha256",
              "intermediate", "lot", "site", "key_sha256", "not_before", "not_after",
              "installation_nonce", "confirm_within", "epoch"})
            row.emplace(same, same);
        for (auto& [column, value] : changes)
            row[column] = value;
        std::string columns;
        std::string values;
        for (const auto& [column, value] : row) {
            columns += (columns.empty() ? "" : ", ") + column;
            values += (values.empty() ? "" : ", ") + value;
        }
        return "INSERT INTO credential (" + columns + ") SELECT " + values +
               " FROM credential WHERE serial = '\\x" + like.serial() + "'";
    }
};

TEST_F(IssuanceLaw, history_is_written_once) {
    const std::pair<const char*, const char*> histories[] = {
        {"intent", "tbs"},         {"credential_body", "certificate"},
        {"installation", "proof"}, {"refusal", "detail"},
        {"ending", "reason"},      {"crl", "der"},
        {"crl_intent", "tbs"},     {"oracle_verdict", "accepted"},
        {"event", "body"},         {"credential_name", "element"},
        {"known_key", "holder_id"}};
    for (const auto& [table, column] : histories) {
        SCOPED_TRACE(table);
        const std::string t = table;
        const std::string update = "UPDATE " + t + " SET " + column + " = " + column;
        EXPECT_EQ(server_may(update), "privilege");
        EXPECT_EQ(server_may("DELETE FROM " + t), "privilege");
        EXPECT_EQ(server_may("TRUNCATE " + t + " CASCADE"), "privilege");
        EXPECT_EQ(owner_may(update), t + "_is_history");
        EXPECT_EQ(owner_may("DELETE FROM " + t), t + "_is_history");
    }
}

TEST_F(IssuanceLaw, nothing_about_a_credential_changes_but_its_state) {
    for (const char* column :
         {"serial", "issuance", "station", "request_id", "body_sha256", "device", "element",
          "product", "policy_sha256", "intermediate", "lot", "site", "key_sha256", "tbs_sha256",
          "not_before", "not_after", "installation_nonce", "epoch", "confirm_within"}) {
        SCOPED_TRACE(column);
        EXPECT_EQ(server_may("UPDATE credential SET " + std::string(column) + " = " + column),
                  "privilege");
    }
    EXPECT_EQ(owner_may("UPDATE credential SET site = 'elsewhere'"), "credential_is_fixed");
    EXPECT_EQ(owner_may("UPDATE credential SET not_after = not_after + interval '1 day'"),
              "credential_is_fixed");
    EXPECT_EQ(server_may("DELETE FROM credential"), "privilege");
    EXPECT_EQ(owner_may("DELETE FROM device"), "device_rows_stay");
    EXPECT_EQ(owner_may("DELETE FROM usage"), "usage_rows_stay");
}

TEST_F(IssuanceLaw, times_that_are_law_go_one_way) {
    EXPECT_EQ(server_may("UPDATE challenge SET spent_at = NULL WHERE spent_at IS NOT NULL"),
              "challenge_spends_once");
    EXPECT_EQ(server_may("UPDATE credential SET recorded_at = now()"),
              "credential_is_recorded_once");
    EXPECT_EQ(owner_may("INSERT INTO epoch (node, beat_at) VALUES "
                        "('gone', clock_timestamp() - interval '11 seconds')"),
              "");
    EXPECT_EQ(server_may("UPDATE epoch SET beat_at = clock_timestamp() WHERE node = 'gone'"),
              "epoch_dies_once");
}

TEST_F(IssuanceLaw, no_life_goes_backwards) {
    const auto move = [](const std::string& table, const std::string& from, const std::string& to) {
        return "UPDATE " + table + " SET state = '" + to + "' WHERE state = '" + from + "'";
    };
    for (const char* to : {"reserved", "issued", "void", "burnt"}) {
        EXPECT_EQ(server_may(move("credential", "active", to)), "credential_transition") << to;
    }
    for (const char* to : {"reserved", "retired", "burnt"}) {
        EXPECT_EQ(server_may(move("credential", "issued", to)), "credential_transition") << to;
    }
    for (const char* to : {"unprovisioned", "issued"}) {
        EXPECT_EQ(server_may(move("device", "provisioned", to)), "device_transition") << to;
    }
    EXPECT_EQ(server_may(move("element", "bound", "allotted")), "element_transition");
    ASSERT_EQ(retire(ground.ada, installed.serial(), "cessation_of_operation").status, 200);
    for (const char* to : {"reserved", "issued", "active", "void", "burnt"}) {
        EXPECT_EQ(server_may(move("credential", "retired", to)), "credential_transition") << to;
    }
    EXPECT_EQ(server_may(move("device", "decommissioned", "provisioned")), "device_transition");
    EXPECT_EQ(owner_may(move("credential", "retired", "active")), "credential_transition");
}

TEST_F(IssuanceLaw, a_life_begins_at_its_beginning) {
    EXPECT_EQ(server_may(twin(issued, {{"state", "'issued'"}, {"recorded_at", "now()"}})),
              "credential_begins");
    EXPECT_EQ(server_may("INSERT INTO device (id, product, element, state) "
                         "VALUES ('d', 'p', 'swtpm/gw-3', 'provisioned')"),
              "device_begins");
}

TEST_F(IssuanceLaw, an_element_a_device_and_a_key_have_one_living_certificate) {
    EXPECT_EQ(server_may(twin(issued, {{"key_sha256", "sha256('k')"}})),
              "credential_one_live_per_device");
    ASSERT_EQ(server_may("INSERT INTO device (id, product, element) "
                         "VALUES ('tpm-gateway:gw-3', 'tpm-gateway', 'swtpm/gw-3')"),
              "");
    EXPECT_EQ(
        server_may(twin(issued, {{"key_sha256", "sha256('k')"}, {"device", "'tpm-gateway:gw-3'"}})),
        "credential_one_live_per_element");
    EXPECT_EQ(
        server_may(twin(issued, {{"device", "'tpm-gateway:gw-3'"}, {"element", "'swtpm/gw-3'"}})),
        "credential_key_once");
}

TEST_F(IssuanceLaw, a_key_that_was_in_use_comes_never_again) {
    ASSERT_EQ(retire(ground.ada, installed.serial(), "superseded").status, 200);
    EXPECT_EQ(server_may(twin(installed, {})), "credential_key_once");
}

TEST_F(IssuanceLaw, a_device_stays_with_its_element) {
    EXPECT_EQ(server_may("INSERT INTO device (id, product, element) "
                         "VALUES ('another', 'tpm-gateway', 'swtpm/gw-1')"),
              "device_element_key");
    EXPECT_EQ(server_may("UPDATE device SET element = 'swtpm/gw-3'"), "privilege");
}

TEST_F(IssuanceLaw, one_request_of_a_station_is_one_row) {
    EXPECT_EQ(
        server_may(twin(issued, {{"request_id", "request_id"}, {"device", "'tpm-gateway:gw-3'"}})),
        "credential_request_once");
}

TEST_F(IssuanceLaw, a_limit_is_used_up_and_never_given_back) {
    EXPECT_EQ(server_may("UPDATE usage SET used = used - 1"), "usage_grows");
    EXPECT_EQ(server_may("UPDATE usage SET used = used"), "usage_grows");
    EXPECT_EQ(server_may("DELETE FROM usage"), "privilege");
}

TEST_F(IssuanceLaw, what_may_be_signed_is_what_its_digest_says) {
    EXPECT_EQ(server_may("INSERT INTO intent (serial, tbs, tbs_sha256) "
                         "SELECT serial, 'other', sha256('tbs') FROM credential LIMIT 1"),
              "intent_check");
}

}  // namespace
}  // namespace hallmark
