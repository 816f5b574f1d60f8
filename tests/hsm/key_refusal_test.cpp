// Keys that are not what an issuing key must be, made with the token's own interface, and the rules
// over reports.
#include "ca/crypto/der.h"
#include "ca/hsm/key_objects.h"
#include "ca/hsm/key_rules.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"
#include "tests/support/softhsm.h"
#include "tests/support/temp_dir.h"

#include <cstdio>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hallmark {
namespace {

using testing::SoftHsm;

const Bytes id{0x01, 0x02};

struct BadKey {
    const char* name;
    CK_ATTRIBUTE_TYPE type;
    bool value;
    const char* attribute;  ///< That the refusal names.
};

/// An EC pair that would do, but for one attribute.
KeyPair make_pair_with(const Session& session, const BadKey& flaw) {
    Template public_values;
    public_values.flag(CKA_TOKEN, true).flag(CKA_VERIFY, true).bytes(CKA_ID, id);
    public_values.bytes(CKA_EC_PARAMS, der_oid("1.2.840.10045.3.1.7"));
    Template private_values;
    private_values.bytes(CKA_ID, id).bytes(CKA_LABEL, as_bytes("flawed"));
    const std::pair<CK_ATTRIBUTE_TYPE, bool> good[] = {
        {CKA_TOKEN, true},        {CKA_PRIVATE, true}, {CKA_SENSITIVE, true},
        {CKA_EXTRACTABLE, false}, {CKA_SIGN, true},    {CKA_DECRYPT, false},
        {CKA_UNWRAP, false},      {CKA_DERIVE, false}, {CKA_SIGN_RECOVER, false}};
    for (const auto& [type, value] : good)
        private_values.flag(type, type == flaw.type ? flaw.value : value);
    auto public_attributes = public_values.attributes();
    auto private_attributes = private_values.attributes();
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    KeyPair pair;
    check(session.call().C_GenerateKeyPair(session.handle(), &mechanism, public_attributes.data(),
                                           public_attributes.size(), private_attributes.data(),
                                           private_attributes.size(), &pair.public_key,
                                           &pair.private_key),
          "C_GenerateKeyPair");
    return pair;
}

class FlawedKey : public ::testing::TestWithParam<BadKey> {};

TEST_P(FlawedKey, is_refused_by_the_name_of_its_flaw) {
    const auto hsm = SoftHsm::make_token();
    const Module module(hsm.module_path());
    SessionPool pool({module.call(), module.slot_of(hsm.label()), Secret(hsm.pin())}, 1);
    const Session session = pool.open_writable();
    const KeyPair pair = make_pair_with(session, GetParam());
    const auto public_key = public_key_of(session, pair);
    ASSERT_TRUE(public_key) << public_key.error().detail;

    Token token(hsm.options());
    const auto key = token.load("pkcs11:id=%01%02", *public_key, SignatureAlgorithm::ecdsa_sha256);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().reason, Reason::unavailable);
    EXPECT_NE(key.error().detail.find(GetParam().attribute), std::string::npos)
        << key.error().detail;

    // Nor does it sign for somebody who never asked load().
    const SigningKey unasked{"pkcs11:id=%01%02", *public_key, SignatureAlgorithm::ecdsa_sha256};
    EXPECT_THROW((void)token.sign(unasked, to_bytes("message")), HsmFault);
}

INSTANTIATE_TEST_SUITE_P(
    flaws, FlawedKey,
    ::testing::Values(BadKey{"extractable", CKA_EXTRACTABLE, true, "CKA_EXTRACTABLE is true"},
                      BadKey{"not_sensitive", CKA_SENSITIVE, false, "CKA_SENSITIVE is false"},
                      BadKey{"not_private", CKA_PRIVATE, false, "CKA_PRIVATE is false"},
                      BadKey{"may_decrypt", CKA_DECRYPT, true, "CKA_DECRYPT is true"},
                      BadKey{"may_unwrap", CKA_UNWRAP, true, "CKA_UNWRAP is true"},
                      BadKey{"may_derive", CKA_DERIVE, true, "CKA_DERIVE is true"},
                      BadKey{"may_sign_with_recovery", CKA_SIGN_RECOVER, true,
                             "CKA_SIGN_RECOVER is true"},
                      BadKey{"may_not_sign", CKA_SIGN, false, "CKA_SIGN is false"}),
    [](const auto& flaw) { return std::string(flaw.param.name); });

/// A key that existed outside, brought in by the token's own tool; answers its public half.
PublicKey import_key(const SoftHsm& hsm, const std::filesystem::path& folder) {
    EVP_PKEY* made = EVP_EC_gen("P-256");
    const auto path = (folder / "outside.pem").string();
    std::FILE* file = std::fopen(path.c_str(), "w");
    EXPECT_EQ(PEM_write_PKCS8PrivateKey(file, made, nullptr, nullptr, 0, nullptr, nullptr), 1);
    std::fclose(file);
    unsigned char* encoded = nullptr;
    const int octets = i2d_PUBKEY(made, &encoded);
    const Bytes spki(encoded, encoded + octets);
    OPENSSL_free(encoded);
    EVP_PKEY_free(made);

    const std::string words[] = {"softhsm2-util", "--import", path,      "--token",
                                 hsm.label(),     "--pin",    hsm.pin(), "--label",
                                 "imported",      "--id",     "0102"};
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t child = 0;
    EXPECT_EQ(posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ), 0);
    int status = 1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return *parse_public_key(spki);
}

TEST(ImportedKey, is_refused_since_it_was_seen_outside) {
    const auto hsm = SoftHsm::make_token();
    const testing::TempDir folder;
    const PublicKey outside = import_key(hsm, folder.path());
    Token token(hsm.options());
    const auto key =
        token.load("pkcs11:object=imported", outside, SignatureAlgorithm::ecdsa_sha256);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().reason, Reason::unavailable);
    EXPECT_NE(key.error().detail.find("CKA_"), std::string::npos) << key.error().detail;
}

TEST(Load, refuses_a_key_with_another_public_half_and_one_that_is_not_there) {
    const auto hsm = SoftHsm::make_token();
    Token token(hsm.options());
    const auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    const auto other = *token.generate("other", KeyAlgorithm::ec_p256);
    const auto wrong = token.load(key.uri, other.public_key, key.algorithm);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().reason, Reason::unavailable);
    EXPECT_NE(wrong.error().detail.find("another public key"), std::string::npos);
    const auto absent = token.load("pkcs11:object=absent", key.public_key, key.algorithm);
    ASSERT_FALSE(absent);
    EXPECT_NE(absent.error().detail.find("no such private key"), std::string::npos);
    const auto elsewhere =
        token.load("pkcs11:token=elsewhere;object=issuing", key.public_key, key.algorithm);
    ASSERT_FALSE(elsewhere);
    EXPECT_NE(elsewhere.error().detail.find("another token"), std::string::npos);
}

TEST(Load, refuses_a_name_that_two_keys_bear) {
    const auto hsm = SoftHsm::make_token();
    const Module module(hsm.module_path());
    SessionPool pool({module.call(), module.slot_of(hsm.label()), Secret(hsm.pin())}, 1);
    const Session session = pool.open_writable();
    const BadKey none{"", CKA_VENDOR_DEFINED, false, ""};
    const KeyPair first = make_pair_with(session, none);
    const auto public_key = public_key_of(session, first);
    ASSERT_TRUE(public_key);
    (void)make_pair_with(session, none);
    Token token(hsm.options());
    const auto key =
        token.load("pkcs11:object=flawed", *public_key, SignatureAlgorithm::ecdsa_sha256);
    ASSERT_FALSE(key);
    EXPECT_NE(key.error().detail.find("several private keys"), std::string::npos);
}

KeyAttributes good_report() {
    return {"label",
            id,
            "EC",
            {{"CKA_TOKEN", "true"},
             {"CKA_PRIVATE", "true"},
             {"CKA_SENSITIVE", "true"},
             {"CKA_ALWAYS_SENSITIVE", "true"},
             {"CKA_EXTRACTABLE", "false"},
             {"CKA_NEVER_EXTRACTABLE", "true"},
             {"CKA_LOCAL", "true"},
             {"CKA_SIGN", "true"},
             {"CKA_DECRYPT", "absent"},
             {"CKA_UNWRAP", "absent"},
             {"CKA_DERIVE", "absent"},
             {"CKA_SIGN_RECOVER", "absent"}}};
}

TEST(KeyRules, take_a_token_that_does_not_know_what_only_other_uses_have) {
    EXPECT_TRUE(check_key_attributes(good_report()));
}

TEST(KeyRules, refuse_each_attribute_that_is_wrong_and_each_that_must_not_be_absent) {
    const auto refused_with = [](const std::string& name, const std::string& answer) {
        KeyAttributes report = good_report();
        for (auto& entry : report.attributes)
            if (entry.first == name) entry.second = answer;
        const auto verdict = check_key_attributes(report);
        return !verdict && verdict.error().reason == Reason::unavailable &&
               verdict.error().detail.find(name + " is " + answer) != std::string::npos;
    };
    for (const char* name : {"CKA_TOKEN", "CKA_PRIVATE", "CKA_SENSITIVE", "CKA_ALWAYS_SENSITIVE",
                             "CKA_NEVER_EXTRACTABLE", "CKA_LOCAL", "CKA_SIGN"}) {
        EXPECT_TRUE(refused_with(name, "false")) << name;
        EXPECT_TRUE(refused_with(name, "absent")) << name;
    }
    EXPECT_TRUE(refused_with("CKA_EXTRACTABLE", "true"));
    EXPECT_TRUE(refused_with("CKA_EXTRACTABLE", "absent"));
    for (const char* name : {"CKA_DECRYPT", "CKA_UNWRAP", "CKA_DERIVE", "CKA_SIGN_RECOVER"})
        EXPECT_TRUE(refused_with(name, "true")) << name;
}

}  // namespace
}  // namespace hallmark
