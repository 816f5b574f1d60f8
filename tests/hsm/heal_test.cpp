// A token that goes away and comes back, on a real SoftHSM2: whoever comes meanwhile is told at
// once, and it is taken up again without a new Token.
#include "ca/hsm/token.h"
#include "tests/support/softhsm.h"

#include <filesystem>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace hallmark {
namespace {

using testing::SoftHsm;

/// The module's own functions, as somebody else in the process would call them.
CK_FUNCTION_LIST& functions() {
    void* const library = dlopen(SoftHsm::module_path().c_str(), RTLD_NOW | RTLD_LOCAL);
    const auto list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    CK_FUNCTION_LIST* found = nullptr;
    if (list == nullptr || list(&found) != CKR_OK) throw std::runtime_error("no PKCS#11 module");
    return *found;
}

/// The folder that SoftHSM keeps its tokens in.
std::filesystem::path store() {
    return SoftHsm::conf().parent_path() / "tokens";
}

class LostToken : public ::testing::Test {
protected:
    LostToken() : hsm(SoftHsm::make_token()), token(hsm.options(2)) {
        auto made = token.generate("issuing", KeyAlgorithm::ec_p256);
        if (!made) throw std::runtime_error(made.error().detail);
        key = std::make_unique<SigningKey>(*made);
    }
    /// nullopt: it signed, and the signature verifies.
    std::optional<HsmError> sign() {
        try {
            const Bytes signature = token.sign(*key, to_bytes("message"));
            EXPECT_TRUE(
                verify_signature(key->public_key, key->algorithm, to_bytes("message"), signature));
            return std::nullopt;
        } catch (const HsmFault& fault) {
            return fault.kind();
        }
    }
    std::optional<HsmError> heal() {
        try {
            EXPECT_TRUE(token.heal());
            return std::nullopt;
        } catch (const HsmFault& fault) {
            return fault.kind();
        }
    }
    SoftHsm hsm;
    Token token;
    std::unique_ptr<SigningKey> key;
};

TEST_F(LostToken, of_a_module_that_must_be_initialised_anew_signs_again_once_healed) {
    ASSERT_EQ(sign(), std::nullopt);
    EXPECT_FALSE(token.heal()) << "there was nothing to heal";
    ASSERT_EQ(functions().C_Finalize(nullptr), CKR_OK);
    EXPECT_EQ(sign(), HsmError::token_lost);
    EXPECT_FALSE(token.is_up());
    EXPECT_EQ(sign(), HsmError::token_lost) << "told at once, without a call";
    EXPECT_EQ(heal(), std::nullopt);
    EXPECT_TRUE(token.is_up());
    EXPECT_EQ(sign(), std::nullopt);
}

TEST_F(LostToken, stays_lost_while_it_is_away_and_heals_when_it_is_back) {
    ASSERT_EQ(functions().C_Finalize(nullptr), CKR_OK);
    const std::filesystem::path away = store().string() + "-away";
    std::filesystem::rename(store(), away);
    std::filesystem::create_directory(store());
    EXPECT_EQ(sign(), HsmError::token_lost);
    EXPECT_EQ(heal(), HsmError::token_lost);
    EXPECT_EQ(sign(), HsmError::token_lost);
    std::filesystem::remove_all(store());
    std::filesystem::rename(away, store());
    EXPECT_EQ(heal(), std::nullopt);
    EXPECT_EQ(sign(), std::nullopt);
}

TEST_F(LostToken, whose_sessions_were_closed_opens_others_without_being_healed) {
    CK_SLOT_ID slots[64];
    unsigned long count = 64;
    ASSERT_EQ(functions().C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    for (unsigned long i = 0; i < count; ++i)
        functions().C_CloseAllSessions(slots[i]);
    // Each of the two sessions is found lost once; the third call has a new one.
    EXPECT_EQ(sign(), HsmError::session_lost);
    EXPECT_EQ(sign(), HsmError::session_lost);
    EXPECT_EQ(sign(), std::nullopt);
    EXPECT_TRUE(token.is_up());
}

TEST_F(LostToken, whose_pin_was_changed_is_asked_once_and_never_again) {
    const CK_FUNCTION_LIST& call = functions();
    CK_SLOT_ID slots[64];
    unsigned long count = 64;
    ASSERT_EQ(call.C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    // The PIN behind our back: a session of this process is logged in already, so it may change it.
    for (unsigned long i = 0; i < count; ++i) {
        CK_TOKEN_INFO info{};
        call.C_GetTokenInfo(slots[i], &info);
        const std::string label(reinterpret_cast<const char*>(info.label), 32);
        if (label.substr(0, label.find_last_not_of(' ') + 1) != hsm.label()) continue;
        CK_SESSION_HANDLE session = 0;
        ASSERT_EQ(call.C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                     nullptr, &session),
                  CKR_OK);
        std::string old_pin = hsm.pin();
        std::string new_pin = "another-pin";
        ASSERT_EQ(
            call.C_SetPIN(session, reinterpret_cast<unsigned char*>(old_pin.data()), old_pin.size(),
                          reinterpret_cast<unsigned char*>(new_pin.data()), new_pin.size()),
            CKR_OK);
    }
    ASSERT_EQ(call.C_Finalize(nullptr), CKR_OK);
    EXPECT_EQ(sign(), HsmError::token_lost);
    EXPECT_EQ(heal(), HsmError::permanent);
    try {
        token.heal();
        FAIL() << "healed with a PIN that was refused";
    } catch (const HsmFault& fault) {
        EXPECT_NE(std::string(fault.what()).find("not tried again"), std::string::npos);
    }
    EXPECT_EQ(sign(), HsmError::permanent);
    EXPECT_FALSE(token.is_up());
}

}  // namespace
}  // namespace hallmark
