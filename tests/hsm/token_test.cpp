// Token against a real SoftHSM2: making keys, signing, and the pool.
#include "ca/hsm/token.h"

#include "ca/crypto/keys.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"
#include "tests/support/softhsm.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::SoftHsm;

struct SignCase {
    const char* name;
    KeyAlgorithm key;
    std::vector<SignatureAlgorithm> algorithms;
};

class Signing : public ::testing::TestWithParam<SignCase> {};

TEST_P(Signing, makes_signatures_that_verify_with_the_public_key) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    const auto made = token.generate("issuing", GetParam().key);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->public_key.algorithm(), GetParam().key);
    const Bytes message = to_bytes("what is to be signed");
    for (const SignatureAlgorithm algorithm : GetParam().algorithms) {
        const auto key = token.load(made->uri, made->public_key, algorithm);
        ASSERT_TRUE(key) << key.error().detail;
        const Bytes signature = token.sign(*key, message);
        EXPECT_TRUE(verify_signature(key->public_key, algorithm, message, signature))
            << name_of(algorithm);
        EXPECT_FALSE(verify_signature(key->public_key, algorithm, to_bytes("another"), signature));
    }
}

constexpr auto name_of_case = [](const auto& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(
    algorithms, Signing,
    ::testing::Values(
        SignCase{"p256",
                 KeyAlgorithm::ec_p256,
                 {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
                  SignatureAlgorithm::ecdsa_sha512}},
        SignCase{"p384",
                 KeyAlgorithm::ec_p384,
                 {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
                  SignatureAlgorithm::ecdsa_sha512}},
        SignCase{"rsa2048",
                 KeyAlgorithm::rsa_2048,
                 {SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::rsa_pkcs1_sha384,
                  SignatureAlgorithm::rsa_pkcs1_sha512, SignatureAlgorithm::rsa_pss_sha256,
                  SignatureAlgorithm::rsa_pss_sha384, SignatureAlgorithm::rsa_pss_sha512}},
        SignCase{"rsa3072",
                 KeyAlgorithm::rsa_3072,
                 {SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::rsa_pss_sha384}}),
    name_of_case);

TEST(Token, generates_a_key_whose_report_is_an_issuing_keys) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    const auto key = token.generate("issuing", KeyAlgorithm::ec_p256);
    ASSERT_TRUE(key) << key.error().detail;
    const KeyAttributes report = token.attributes_of(*key);
    EXPECT_EQ(report.label, "issuing");
    EXPECT_EQ(report.key_type, "EC");
    EXPECT_EQ(report.id.size(), 20u);
    const std::vector<std::pair<std::string, std::string>> expected{
        {"CKA_TOKEN", "true"},
        {"CKA_PRIVATE", "true"},
        {"CKA_SENSITIVE", "true"},
        {"CKA_ALWAYS_SENSITIVE", "true"},
        {"CKA_EXTRACTABLE", "false"},
        {"CKA_NEVER_EXTRACTABLE", "true"},
        {"CKA_LOCAL", "true"},
        {"CKA_SIGN", "true"},
        {"CKA_DECRYPT", "false"},
        {"CKA_UNWRAP", "false"},
        {"CKA_DERIVE", "false"},
        {"CKA_SIGN_RECOVER", "false"},
        {"CKA_ALWAYS_AUTHENTICATE", "false"},
        {"CKA_MODIFIABLE", "false"}};
    EXPECT_EQ(report.attributes, expected);
}

TEST(Token, refuses_a_label_that_is_taken) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    ASSERT_TRUE(token.generate("issuing", KeyAlgorithm::ec_p256));
    const auto again = token.generate("issuing", KeyAlgorithm::ec_p256);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().reason, Reason::conflict);
}

TEST(Token, refuses_a_label_that_is_no_label) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    for (const std::string& label : {std::string(), std::string(65, 'a'), std::string("a\nb")}) {
        const auto key = token.generate(label, KeyAlgorithm::ec_p256);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().reason, Reason::malformed_request);
    }
}

TEST(Token, finds_its_key_again_after_a_restart) {
    const auto hsm = SoftHsm::make_token();
    std::optional<SigningKey> key;
    {
        Token token(hsm.options());
        key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    }
    Token token(hsm.options());
    const auto loaded =
        token.load("pkcs11:object=issuing", key->public_key, SignatureAlgorithm::ecdsa_sha256);
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(loaded->uri, key->uri);
    const Bytes message = to_bytes("after the restart");
    EXPECT_TRUE(
        verify_signature(key->public_key, key->algorithm, message, token.sign(*loaded, message)));
}

TEST(Token, serves_two_tokens_of_one_module_at_once) {
    const auto first_hsm = SoftHsm::make_token("root");
    const auto second_hsm = SoftHsm::make_token("online");
    auto first = std::make_unique<Token>(first_hsm.options());
    Token second(second_hsm.options());
    const auto root = *first->generate("key", KeyAlgorithm::ec_p256);
    const auto online = *second.generate("key", KeyAlgorithm::ec_p256);
    EXPECT_NE(root.public_key.digest(), online.public_key.digest());
    const auto wrong = second.load(root.uri, root.public_key, root.algorithm);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().reason, Reason::unavailable);
    first.reset();  // The module stays initialised for the other one.
    const Bytes message = to_bytes("still here");
    EXPECT_TRUE(verify_signature(online.public_key, online.algorithm, message,
                                 second.sign(online, message)));
}

TEST(Token, says_what_it_is) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    const auto said = token.description();
    ASSERT_EQ(said.size(), 6u);
    EXPECT_EQ(said[0], std::pair(std::string("label"), hsm.label()));
    EXPECT_EQ(said[1].second, "SoftHSM project");
    EXPECT_EQ(said[3].second.size(), 16u);
}

template <typename Act>
HsmError kind_thrown_by(Act act) {
    try {
        act();
    } catch (const HsmFault& fault) {
        return fault.kind();
    }
    ADD_FAILURE() << "no HsmFault";
    return HsmError::passing;
}

TEST(Token, tells_what_is_missing_at_its_start) {
    const auto hsm = SoftHsm::make_token();
    auto options = hsm.options();
    options.token_label = "no such token";
    EXPECT_EQ(kind_thrown_by([&] { Token token(std::move(options)); }), HsmError::token_lost);
    options = hsm.options();
    options.module_path = "/nonexistent/module.so";
    EXPECT_EQ(kind_thrown_by([&] { Token token(std::move(options)); }), HsmError::permanent);
    options = hsm.options();
    options.module_path = "libsofthsm2.so";
    EXPECT_EQ(kind_thrown_by([&] { Token token(std::move(options)); }), HsmError::permanent);
    options = hsm.options();
    options.sessions = 0;
    EXPECT_EQ(kind_thrown_by([&] { Token token(std::move(options)); }), HsmError::permanent);
}

TEST(Token, refuses_a_signature_that_its_key_cannot_make) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    for (const auto algorithm :
         {SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::ecdsa_sha1}) {
        const auto loaded = token.load(key.uri, key.public_key, algorithm);
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().reason, Reason::unavailable);
        key.algorithm = algorithm;
        EXPECT_EQ(kind_thrown_by([&] { (void)token.sign(key, to_bytes("message")); }),
                  HsmError::permanent);
    }
    EXPECT_EQ(token.sessions_in_use(), 0u);
}

TEST(Token, says_that_a_key_is_not_there) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    const auto other = *token.generate("other", KeyAlgorithm::ec_p256);
    SigningKey stranger = key;
    stranger.public_key = other.public_key;
    stranger.uri = "pkcs11:object=nothing";
    Token fresh(hsm.options());
    EXPECT_EQ(kind_thrown_by([&] { (void)fresh.sign(stranger, to_bytes("message")); }),
              HsmError::key_lost);
    stranger.uri = key.uri;
    EXPECT_EQ(kind_thrown_by([&] { (void)fresh.sign(stranger, to_bytes("message")); }),
              HsmError::key_lost);
    EXPECT_EQ(fresh.sessions_in_use(), 0u);
}

TEST(Token, signs_for_eight_threads_with_two_sessions) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options(2));
    const auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    std::vector<std::future<int>> crew;
    for (int thread = 0; thread < 8; ++thread)
        crew.push_back(std::async(std::launch::async, [&, thread] {
            int good = 0;
            for (int round = 0; round < 25; ++round) {
                const Bytes message =
                    to_bytes(std::to_string(thread) + "/" + std::to_string(round));
                if (verify_signature(key.public_key, key.algorithm, message,
                                     token.sign(key, message)))
                    ++good;
            }
            return good;
        }));
    for (auto& one : crew)
        EXPECT_EQ(one.get(), 25);
    EXPECT_EQ(token.sessions_in_use(), 0u);
}

TEST(SessionPool, lets_the_one_too_many_wait_for_a_bounded_time) {
    const auto hsm = SoftHsm::make_token();
    const Module module(hsm.module_path());
    SessionPool pool({module.call(), module.slot_of(hsm.label()), Secret(hsm.pin())}, 2);
    {
        const auto first = pool.take(std::chrono::milliseconds(0));
        const auto second = pool.take(std::chrono::milliseconds(0));
        EXPECT_NE(first.session().handle(), second.session().handle());
        EXPECT_EQ(pool.in_use(), 2u);
        EXPECT_EQ(kind_thrown_by([&] { (void)pool.take(std::chrono::milliseconds(5)); }),
                  HsmError::passing);
    }
    EXPECT_EQ(pool.in_use(), 0u);
    const auto third = pool.take(std::chrono::milliseconds(0));
    EXPECT_TRUE(third.session().is_user());
}

TEST(SessionPool, wakes_the_one_who_waits_when_a_session_comes_back) {
    const auto hsm = SoftHsm::make_token();
    const Module module(hsm.module_path());
    SessionPool pool({module.call(), module.slot_of(hsm.label()), Secret(hsm.pin())}, 1);
    std::future<bool> waiter;
    {
        const auto held = pool.take(std::chrono::milliseconds(0));
        waiter = std::async(std::launch::async, [&] {
            const auto lease = pool.take(std::chrono::seconds(10));
            return lease.session().is_user();
        });
    }
    EXPECT_TRUE(waiter.get());
}

TEST(SessionPool, replaces_lost_sessions_and_logs_in_again_when_all_are_lost) {
    const auto hsm = SoftHsm::make_token();
    const Module module(hsm.module_path());
    const CK_SLOT_ID slot = module.slot_of(hsm.label());
    SessionPool pool({module.call(), slot, Secret(hsm.pin())}, 2);
    // What a network HSM does after an outage: every handle that we hold is void, and so is the
    // login.
    ASSERT_EQ(module.call().C_CloseAllSessions(slot), CKR_OK);
    for (int round = 0; round < 2; ++round)
        EXPECT_EQ(kind_thrown_by([&] {
                      const auto lease = pool.take(std::chrono::milliseconds(0));
                      (void)lease.session().is_user();
                  }),
                  HsmError::session_lost);
    const auto first = pool.take(std::chrono::milliseconds(0));
    const auto second = pool.take(std::chrono::milliseconds(0));
    EXPECT_TRUE(first.session().is_user());
    EXPECT_TRUE(second.session().is_user());
}

}  // namespace
}  // namespace hallmark
