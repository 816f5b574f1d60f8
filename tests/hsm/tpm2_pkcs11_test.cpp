// A token whose module nothing brings back but a fresh C_Initialize: tpm2-pkcs11 over a software
// TPM that is restarted. SoftHSM cannot show it, since it has no device that could go.
#include "ca/crypto/der.h"
#include "ca/hsm/key_objects.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session.h"
#include "ca/hsm/token.h"
#include "tests/support/swtpm.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::Swtpm;
using testing::SwtpmCa;
using testing::TempDir;

std::string module_path() {
    for (const char* path : {"/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so",
                             "/usr/lib/aarch64-linux-gnu/pkcs11/libtpm2_pkcs11.so"})
        if (std::filesystem::exists(path)) return path;
    throw std::runtime_error("libtpm2_pkcs11.so not found: install libtpm2-pkcs11-1");
}

const std::string label = "tpm-token";
const std::string user_pin = "1234-user";
const std::string officer_pin = "5678-officer";

class TpmToken : public ::testing::Test {
protected:
    TpmToken() {
        setenv("TPM2_PKCS11_STORE", store_.path().c_str(), 1);
        setenv("TPM2_PKCS11_TCTI", tpm.tcti().c_str(), 1);
        // Both tell at length what a test wants to go wrong.
        setenv("TPM2_PKCS11_LOG_LEVEL", "0", 1);
        setenv("TSS2_LOG", "all+none", 1);
    }
    void take_up() {
        const PublicKey public_key = fill_token();
        open();
        const auto loaded =
            token->load("pkcs11:object=issuing", public_key, SignatureAlgorithm::ecdsa_sha256);
        if (!loaded) throw std::runtime_error(loaded.error().detail);
        key.emplace(*loaded);
    }
    void open() {
        token.reset();
        token.emplace(TokenOptions{.module_path = module_path(),
                                   .token_label = label,
                                   .pin = Secret(std::string(user_pin))});
    }
    /// As an officer does it beside us. The key is made by a template of its own: this module
    /// refuses to be told what a key shall not do, and makes one that signs and nothing else where
    /// it is told that much alone.
    static PublicKey fill_token() {
        const Module module(module_path());
        const CK_FUNCTION_LIST& call = module.call();
        CK_SLOT_ID slot = 0;
        unsigned long count = 1;
        check(call.C_GetSlotList(CK_TRUE, &slot, &count), "C_GetSlotList");
        std::string padded(label);
        padded.resize(32, ' ');
        check(call.C_InitToken(slot, octets(officer_pin), officer_pin.size(), octets(padded)),
              "C_InitToken");
        const Session session(call, module.slot_of(label), SessionUse::read_write);
        const auto login = [&](CK_USER_TYPE who, const std::string& pin) {
            check(call.C_Login(session.handle(), who, octets(pin), pin.size()), "C_Login");
        };
        login(CKU_SO, officer_pin);
        check(call.C_InitPIN(session.handle(), octets(user_pin), user_pin.size()), "C_InitPIN");
        check(call.C_Logout(session.handle()), "C_Logout");
        login(CKU_USER, user_pin);
        return public_key_of(session, make_key(session)).value();
    }
    static KeyPair make_key(const Session& session) {
        Template public_key;
        public_key.flag(CKA_TOKEN, true)
            .bytes(CKA_EC_PARAMS, der_oid("1.2.840.10045.3.1.7"))  // RFC 5480 2.1.1.1
            .bytes(CKA_LABEL, as_bytes("issuing"))
            .bytes(CKA_ID, to_bytes("1"));
        Template private_key;
        private_key.flag(CKA_TOKEN, true)
            .flag(CKA_PRIVATE, true)
            .flag(CKA_SENSITIVE, true)
            .flag(CKA_EXTRACTABLE, false)
            .flag(CKA_SIGN, true)
            .bytes(CKA_LABEL, as_bytes("issuing"))
            .bytes(CKA_ID, to_bytes("1"));
        auto public_attributes = public_key.attributes();
        auto private_attributes = private_key.attributes();
        CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
        KeyPair pair;
        check(session.call().C_GenerateKeyPair(session.handle(), &mechanism,
                                               public_attributes.data(), public_attributes.size(),
                                               private_attributes.data(), private_attributes.size(),
                                               &pair.public_key, &pair.private_key),
              "C_GenerateKeyPair");
        return pair;
    }
    /// PKCS#11 asks for writable text and writes to none of it.
    static unsigned char* octets(const std::string& text) {
        return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    }
    std::optional<HsmError> sign() {
        try {
            const Bytes signature = token->sign(*key, to_bytes("message"));
            EXPECT_TRUE(
                verify_signature(key->public_key, key->algorithm, to_bytes("message"), signature));
            return std::nullopt;
        } catch (const HsmFault& fault) {
            return fault.kind();
        }
    }

    std::optional<HsmError> heal() {
        try {
            EXPECT_TRUE(token->heal());
            return std::nullopt;
        } catch (const HsmFault& fault) {
            return fault.kind();
        }
    }

    TempDir store_;
    SwtpmCa maker;
    Swtpm tpm{maker};
    std::optional<Token> token;
    std::optional<SigningKey> key;
};

TEST_F(TpmToken, that_restarts_under_the_module_is_initialised_anew_and_signs_again) {
    tpm.forgive_power_cuts();
    take_up();
    for (int round = 0; round < 5; ++round) {
        ASSERT_EQ(sign(), std::nullopt);
        tpm.stop();
        EXPECT_EQ(sign(), HsmError::token_lost);
        EXPECT_EQ(heal(), HsmError::token_lost);
        tpm.start();
        EXPECT_EQ(sign(), HsmError::token_lost);
        EXPECT_EQ(heal(), std::nullopt);
    }
    EXPECT_EQ(sign(), std::nullopt);
}

TEST_F(TpmToken, that_locked_its_pin_is_never_asked_again) {
    take_up();
    const auto cut_power = [&] {
        tpm.stop();
        EXPECT_EQ(sign(), HsmError::token_lost);
        tpm.start();
        return heal();
    };
    std::optional<HsmError> healed;
    for (int round = 0; round < 10 && !healed; ++round)
        healed = cut_power();
    EXPECT_EQ(healed, HsmError::permanent);
    EXPECT_FALSE(token->is_up());
    EXPECT_EQ(sign(), HsmError::permanent);

    // It would take the PIN now, and is not asked.
    tpm.stop();
    tpm.start();
    tpm.forgive_power_cuts();
    EXPECT_EQ(heal(), HsmError::permanent);
    EXPECT_FALSE(token->is_up());
    open();
    EXPECT_EQ(sign(), std::nullopt) << "whoever starts anew after putting it right";
}

}  // namespace
}  // namespace hallmark
