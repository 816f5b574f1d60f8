// A key that goes from its token and comes back, on a real SoftHSM2: it alone stops, it is known
// before anybody signs with it, and nobody has to make a new Token.
#include "ca/hsm/token.h"
#include "tests/support/pki.h"
#include "tests/support/softhsm.h"

#include <fstream>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace hallmark {
namespace {

using std::chrono::seconds;
using testing::SoftHsm;

class LostKey : public ::testing::Test {
protected:
    LostKey() : hsm(SoftHsm::make_token()), token(hsm.options(2)) {
        for (const char* label : {"issuing", "other"})
            keys.push_back(token.generate(label, KeyAlgorithm::ec_p256).value());
    }
    /// nullopt: it signed, and the signature verifies.
    std::optional<HsmError> sign(const SigningKey& key) {
        try {
            const Bytes signature = token.sign(key, to_bytes("message"));
            EXPECT_TRUE(
                verify_signature(key.public_key, key.algorithm, to_bytes("message"), signature));
            return std::nullopt;
        } catch (const HsmFault& fault) {
            return fault.kind();
        }
    }
    /// As an officer does beside the server.
    void destroy(const SigningKey& key) {
        std::filesystem::copy(store(), kept(), std::filesystem::copy_options::recursive);
        void* const library = dlopen(SoftHsm::module_path().c_str(), RTLD_NOW | RTLD_LOCAL);
        const auto list =
            reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* call = nullptr;
        ASSERT_EQ(list(&call), CKR_OK);
        CK_SLOT_ID slots[64];
        unsigned long count = 64;
        ASSERT_EQ(call->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
        for (unsigned long i = 0; i < count; ++i) {
            CK_SESSION_HANDLE session = 0;
            if (call->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                    &session) != CKR_OK)
                continue;
            auto id = parse_key_uri(key.uri).value().id;
            CK_ATTRIBUTE wanted{CKA_ID, id.data(), id.size()};
            CK_OBJECT_HANDLE objects[4];
            unsigned long found = 0;
            call->C_FindObjectsInit(session, &wanted, 1);
            call->C_FindObjects(session, objects, 4, &found);
            call->C_FindObjectsFinal(session);
            for (unsigned long each = 0; each < found; ++each)
                EXPECT_EQ(call->C_DestroyObject(session, objects[each]), CKR_OK);
            call->C_CloseSession(session);
        }
        tell_of_change(1);
    }
    /// From the copy.
    static void restore() {
        std::filesystem::copy(kept(), store(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::skip_existing);
        tell_of_change(2);
        std::filesystem::remove_all(kept());
    }
    /// SoftHSM looks at a token's folder again when its counter is another, as a change by another
    /// process leaves it.
    static void tell_of_change(char count) {
        for (const auto& folder : std::filesystem::directory_iterator(store())) {
            std::fstream generation(folder.path() / "generation",
                                    std::ios::in | std::ios::out | std::ios::binary);
            generation.seekp(0);
            generation.put(count);
        }
    }
    static std::filesystem::path store() { return SoftHsm::conf().parent_path() / "tokens"; }
    static std::filesystem::path kept() { return SoftHsm::conf().parent_path() / "kept"; }

    SoftHsm hsm;
    Token token;
    std::vector<SigningKey> keys;
    const Instant noon = testing::instant("2026-11-23T12:00:00Z");
};

TEST_F(LostKey, stops_alone_and_signs_again_once_it_is_found) {
    ASSERT_EQ(sign(keys[0]), std::nullopt);
    destroy(keys[0]);
    EXPECT_EQ(sign(keys[0]), HsmError::key_lost);
    EXPECT_FALSE(token.is_usable(keys[0].public_key));
    EXPECT_TRUE(token.is_usable(keys[1].public_key));
    EXPECT_TRUE(token.is_up());
    EXPECT_EQ(sign(keys[1]), std::nullopt);

    EXPECT_TRUE(token.look_again(noon).empty());
    EXPECT_FALSE(token.is_usable(keys[0].public_key));
    restore();
    EXPECT_EQ(token.look_again(noon), std::vector<std::string>{keys[0].uri});
    EXPECT_TRUE(token.is_usable(keys[0].public_key));
    EXPECT_EQ(sign(keys[0]), std::nullopt);
    EXPECT_TRUE(token.look_again(noon).empty()) << "there was nothing to look for";
}

TEST_F(LostKey, that_is_looked_for_by_a_wrong_name_is_unusable_until_it_is_found) {
    const auto loaded = token.load("pkcs11:object=nothing", keys[0].public_key, keys[0].algorithm);
    ASSERT_FALSE(loaded);
    EXPECT_FALSE(token.is_usable(keys[0].public_key));
    ASSERT_TRUE(token.load(keys[0].uri, keys[0].public_key, keys[0].algorithm));
    EXPECT_TRUE(token.is_usable(keys[0].public_key));
}

TEST_F(LostKey, that_is_found_in_vain_is_not_believed_again_for_half_a_minute) {
    // The token has the key, and what is asked of it can never be done.
    SigningKey key = keys[0];
    key.algorithm = SignatureAlgorithm::rsa_pkcs1_sha256;
    ASSERT_FALSE(token.load(key.uri, key.public_key, key.algorithm));
    EXPECT_EQ(token.look_again(noon).size(), 1u);
    ASSERT_FALSE(token.load(key.uri, key.public_key, key.algorithm));
    EXPECT_TRUE(token.look_again(noon + seconds(29)).empty());
    EXPECT_FALSE(token.is_usable(key.public_key));
    EXPECT_EQ(token.look_again(noon + seconds(30)).size(), 1u);
}

}  // namespace
}  // namespace hallmark
