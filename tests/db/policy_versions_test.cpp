// Policy versions: named by their digest, never changed, and one of them in force.
#include "ca/crypto/hash.h"
#include "ca/registry/registry.h"
#include "tests/support/pki.h"
#include "tests/support/postgres.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::noon;

std::string example() {
    std::ifstream file(HALLMARK_SOURCE_DIR "/policy/products/idevid.toml");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, std::string_view old, std::string_view by) {
    text.replace(text.find(old), old.size(), by);
    return text;
}

class PolicyVersions : public ::testing::Test {
protected:
    Database database{{.conninfo = testing::fresh_server_database(), .connections = 2}};
    Registry registry{database};
    ProductId product{"idevid-switch"};
    Policy first = parse_policy(example()).value();
    Policy second =
        parse_policy(replaced(example(), "lot_limit = 3000", "lot_limit = 2999")).value();

    Result<Digest> apply(const Policy& policy) {
        return registry.apply_policy(policy, "setup", noon());
    }
    Digest current() { return registry.current_policy(product).value().digest(); }
    int count(const std::string& what) {
        return database.transact(
            [&](Tx& tx) { return tx.raw().exec1("SELECT count(*) FROM " + what)[0].as<int>(); });
    }
};

TEST_F(PolicyVersions, follow_each_other_and_stay_known) {
    ASSERT_NE(first.digest(), second.digest());
    ASSERT_TRUE(apply(first).has_value());
    EXPECT_EQ(current(), first.digest());
    ASSERT_TRUE(apply(second).has_value());
    EXPECT_EQ(current(), second.digest());
    EXPECT_EQ(registry.policy_by_digest(first.digest()).value().canonical(), first.canonical());
    EXPECT_EQ(count("event WHERE type = 'policy.applied' AND product = 'idevid-switch'"), 2);
}

TEST_F(PolicyVersions, are_read_back_whole_by_a_registry_that_never_saw_them) {
    ASSERT_TRUE(apply(first).has_value());
    Registry other(database);
    EXPECT_EQ(other.current_policy(product).value().canonical(), first.canonical());
}

TEST_F(PolicyVersions, may_be_gone_back_to) {
    for (const Policy* policy : {&first, &second, &first})
        ASSERT_TRUE(apply(*policy).has_value());
    EXPECT_EQ(current(), first.digest());
    EXPECT_EQ(count("policy_version"), 2);
    EXPECT_EQ(count("product_policy"), 3);
}

TEST_F(PolicyVersions, change_nothing_when_the_one_in_force_is_applied_again) {
    ASSERT_TRUE(apply(first).has_value());
    const auto again = apply(first);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, first.digest());
    EXPECT_EQ(count("product_policy"), 1);
    EXPECT_EQ(count("event"), 1);
}

TEST_F(PolicyVersions, are_refused_when_an_example_of_theirs_fails) {
    const auto wrong =
        parse_policy(replaced(example(), "refused = \"assurance\"", "refused = \"firmware\""));
    ASSERT_TRUE(wrong.has_value());
    const auto answer = apply(*wrong);
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().reason, Reason::invalid_document);
    EXPECT_EQ(count("policy_version"), 0);
    EXPECT_EQ(count("event"), 0);
}

TEST_F(PolicyVersions, are_forbidden_for_a_product_without_one) {
    const auto answer = registry.current_policy(product);
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().reason, Reason::forbidden);
    const auto unknown = registry.policy_by_digest(first.digest());
    ASSERT_TRUE(unknown.has_error());
    EXPECT_EQ(unknown.error().reason, Reason::not_found);
}

TEST_F(PolicyVersions, are_refused_by_the_database_when_text_and_digest_differ) {
    const auto forged = [](Tx& tx) {
        tx.raw().exec(
            "INSERT INTO policy_version (policy_sha256, product, canonical) VALUES (sha256('a'), "
            "'p', 'b')");
    };
    EXPECT_THROW(database.transact(forged), ConstraintViolation);
}

TEST_F(PolicyVersions, may_not_be_followed_by_another_product) {
    ASSERT_TRUE(apply(first).has_value());
    const auto forged = [](Tx& tx) {
        tx.raw().exec(
            "INSERT INTO product_policy (product, policy_sha256, applied_at, applied_by) "
            "SELECT 'other', policy_sha256, now(), 'x' FROM policy_version");
    };
    EXPECT_THROW(database.transact(forged), ConstraintViolation);
}

}  // namespace
}  // namespace hallmark
