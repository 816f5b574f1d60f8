// The token's faults: a real SoftHSM2 whose function list has single calls replaced, to count them
// or fail them.
#include "ca/hsm/mechanism.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"
#include "ca/hsm/token.h"
#include "tests/support/softhsm.h"

#include <array>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::SoftHsm;

// PKCS#11 calls carry no user pointer, so what the replacements count stands here; each case begins
// anew.
struct Counted {
    const CK_FUNCTION_LIST* real = nullptr;
    int logins = 0;
    int opened = 0;
    int open_limit = 1000;
};
Counted counted;

CK_RV counting_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char* pin,
                     unsigned long octets) {
    ++counted.logins;
    return counted.real->C_Login(session, user, pin, octets);
}

CK_RV limited_open(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                   CK_SESSION_HANDLE* session) {
    if (++counted.opened > counted.open_limit) return CKR_SESSION_COUNT;
    return counted.real->C_OpenSession(slot, flags, application, notify, session);
}

CK_RV failing_sign(CK_SESSION_HANDLE, unsigned char*, unsigned long, unsigned char*,
                   unsigned long*) {
    return CKR_FUNCTION_FAILED;
}

class Faults : public ::testing::Test {
protected:
    Faults() : hsm_(SoftHsm::make_token()), module_(hsm_.module_path()), call_(module_.call()) {
        counted = Counted{};
        counted.real = &module_.call();
        call_.C_Login = counting_login;
        call_.C_OpenSession = limited_open;
    }
    [[nodiscard]] SessionPool::Slot slot(const std::string& pin) {
        return {call_, module_.slot_of(hsm_.label()), Secret(pin)};
    }
    template <typename Act>
    static HsmError kind_thrown_by(Act act) {
        try {
            act();
        } catch (const HsmFault& fault) {
            EXPECT_EQ(std::string(fault.what()).find("0000"), std::string::npos)
                << "the PIN is told";
            return fault.kind();
        }
        ADD_FAILURE() << "no HsmFault";
        return HsmError::passing;
    }

    SoftHsm hsm_;
    Module module_;
    CK_FUNCTION_LIST call_;
};

TEST_F(Faults, a_wrong_pin_is_tried_exactly_once_however_many_sessions_are_wanted) {
    EXPECT_EQ(kind_thrown_by([&] { SessionPool pool(slot("0000-wrong"), 8); }),
              HsmError::permanent);
    EXPECT_EQ(counted.logins, 1);
    EXPECT_EQ(counted.opened, 1);
}

TEST_F(Faults, one_login_serves_all_sessions) {
    SessionPool pool(slot(hsm_.pin()), 4);
    EXPECT_EQ(counted.logins, 1);
    EXPECT_EQ(counted.opened, 4);
    { const Session writable = pool.open_writable(); }
    EXPECT_EQ(counted.logins, 1);
}

TEST_F(Faults, a_pin_that_was_changed_while_we_ran_is_tried_once_and_never_again) {
    SessionPool pool(slot(hsm_.pin()), 1);
    std::string old_pin = hsm_.pin();
    std::string new_pin = "9999-new";
    {
        const Session writable = pool.open_writable();
        ASSERT_EQ(call_.C_SetPIN(writable.handle(),
                                 reinterpret_cast<unsigned char*>(old_pin.data()), old_pin.size(),
                                 reinterpret_cast<unsigned char*>(new_pin.data()), new_pin.size()),
                  CKR_OK);
    }
    ASSERT_EQ(call_.C_CloseAllSessions(module_.slot_of(hsm_.label())), CKR_OK);
    EXPECT_EQ(kind_thrown_by([&] {
                  const auto lease = pool.take(std::chrono::milliseconds(0));
                  (void)lease.session().is_user();
              }),
              HsmError::session_lost);
    counted.logins = 0;
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(kind_thrown_by([&] { (void)pool.take(std::chrono::milliseconds(0)); }),
                  HsmError::permanent);
    EXPECT_EQ(counted.logins, 1);
    EXPECT_EQ(pool.in_use(), 0u);
}

TEST_F(Faults, a_token_that_grants_fewer_sessions_stops_the_start_at_the_first_it_denies) {
    counted.open_limit = 2;
    EXPECT_EQ(kind_thrown_by([&] { SessionPool pool(slot(hsm_.pin()), 8); }), HsmError::passing);
    EXPECT_EQ(counted.opened, 3);
}

TEST_F(Faults, a_session_whose_call_failed_is_replaced_and_its_place_is_kept) {
    SessionPool pool(slot(hsm_.pin()), 1);
    const auto key_of = [&](const Session& session) {
        Template wanted;
        wanted.number(CKA_CLASS, CKO_PRIVATE_KEY);
        const auto keys = session.find(std::move(wanted));
        EXPECT_EQ(keys.size(), 1u);
        return keys.at(0);
    };
    Token token(hsm_.options(1));
    const auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    const SigningInput input(key, to_bytes("message"));
    call_.C_Sign = failing_sign;
    EXPECT_EQ(kind_thrown_by([&] {
                  const auto lease = pool.take(std::chrono::milliseconds(0));
                  (void)lease.session().sign(key_of(lease.session()), input.mechanism(),
                                             input.input());
              }),
              HsmError::passing);
    EXPECT_EQ(pool.in_use(), 0u);
    call_.C_Sign = module_.call().C_Sign;
    const int opened = counted.opened;
    // The failed session had an operation under way; on the same one C_SignInit would be refused.
    const auto lease = pool.take(std::chrono::milliseconds(0));
    EXPECT_EQ(counted.opened, opened + 1);
    const Bytes raw =
        lease.session().sign(key_of(lease.session()), input.mechanism(), input.input());
    EXPECT_TRUE(verify_signature(key.public_key, key.algorithm, to_bytes("message"),
                                 input.signature_from(raw)));
}

TEST_F(Faults, a_place_stays_free_when_its_new_session_cannot_be_opened) {
    SessionPool pool(slot(hsm_.pin()), 1);
    EXPECT_EQ(kind_thrown_by([&] {
                  const auto lease = pool.take(std::chrono::milliseconds(0));
                  throw HsmFault(HsmError::session_lost, "lost");
              }),
              HsmError::session_lost);
    counted.open_limit = counted.opened;
    // Without any session the token is as good as lost, which a call on it cannot heal.
    EXPECT_EQ(kind_thrown_by([&] { (void)pool.take(std::chrono::milliseconds(0)); }),
              HsmError::token_lost);
    EXPECT_EQ(pool.in_use(), 0u);
    counted.open_limit = 1000;
    EXPECT_TRUE(pool.take(std::chrono::milliseconds(0)).session().is_user());
}

TEST_F(Faults, a_full_table_leaves_the_pool_at_work_with_the_sessions_it_has) {
    SessionPool pool(slot(hsm_.pin()), 2);
    (void)kind_thrown_by([&] {
        const auto lease = pool.take(std::chrono::milliseconds(0));
        throw HsmFault(HsmError::session_lost, "lost");
    });
    counted.open_limit = counted.opened;
    std::promise<void> taken;
    std::thread other([&] {
        const auto lease = pool.take(std::chrono::milliseconds(0));
        taken.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    });
    taken.get_future().wait();
    EXPECT_EQ(kind_thrown_by([&] { (void)pool.take(std::chrono::milliseconds(0)); }),
              HsmError::passing);
    EXPECT_TRUE(pool.take(std::chrono::seconds(10)).session().is_user());
    other.join();
    EXPECT_EQ(pool.in_use(), 0u);
    EXPECT_EQ(counted.logins, 1);
}

TEST_F(Faults, a_pool_that_needs_no_more_begins_with_one_session_and_opens_others_when_asked) {
    SessionPool pool(slot(hsm_.pin()), 3, SessionPool::Fill::first);
    EXPECT_EQ(counted.opened, 1);
    const auto first = pool.take(std::chrono::milliseconds(0));
    const auto second = pool.take(std::chrono::milliseconds(0));
    EXPECT_EQ(counted.opened, 2);
    EXPECT_EQ(pool.in_use(), 2u);
}

TEST_F(Faults, an_answer_of_the_wrong_length_is_no_signature) {
    Token token(hsm_.options(1));
    const auto key = *token.generate("issuing", KeyAlgorithm::ec_p256);
    const SigningInput input(key, to_bytes("message"));
    for (const std::size_t octets :
         {std::size_t{0}, std::size_t{63}, std::size_t{65}, std::size_t{96}})
        EXPECT_EQ(kind_thrown_by([&] { (void)input.signature_from(Bytes(octets, 1)); }),
                  HsmError::permanent);
}

TEST(ErrorKinds, are_told_apart) {
    struct Case {
        CK_RV result;
        HsmError kind;
    };
    constexpr std::array cases{
        Case{CKR_FUNCTION_FAILED, HsmError::passing},
        Case{CKR_SESSION_COUNT, HsmError::passing},
        Case{CKR_HOST_MEMORY, HsmError::passing},
        Case{CKR_SESSION_HANDLE_INVALID, HsmError::session_lost},
        Case{CKR_SESSION_CLOSED, HsmError::session_lost},
        Case{CKR_USER_NOT_LOGGED_IN, HsmError::session_lost},
        Case{CKR_DEVICE_REMOVED, HsmError::token_lost},
        Case{CKR_TOKEN_NOT_PRESENT, HsmError::token_lost},
        Case{CKR_DEVICE_ERROR, HsmError::token_lost},
        Case{CKR_GENERAL_ERROR, HsmError::token_lost},
        Case{CKR_CRYPTOKI_NOT_INITIALIZED, HsmError::token_lost},
        Case{CKR_KEY_HANDLE_INVALID, HsmError::key_lost},
        Case{CKR_OBJECT_HANDLE_INVALID, HsmError::key_lost},
        Case{CKR_PIN_INCORRECT, HsmError::permanent},
        Case{CKR_PIN_LOCKED, HsmError::permanent},
        Case{CKR_ATTRIBUTE_TYPE_INVALID, HsmError::permanent},
        Case{CKR_MECHANISM_INVALID, HsmError::permanent},
        Case{CKR_VENDOR_DEFINED + 7, HsmError::permanent},
    };
    for (const Case& one : cases)
        EXPECT_EQ(kind_of(one.result), one.kind) << text_of(one.result);
    EXPECT_EQ(text_of(CKR_PIN_INCORRECT), "CKR_PIN_INCORRECT (0xa0)");
    EXPECT_EQ(text_of(0x80000007UL), "CKR 0x80000007");
}

}  // namespace
}  // namespace hallmark
