// What a signature costs in SoftHSM, bare and through our Token.
#include "ca/hsm/pin.h"
#include "ca/hsm/token.h"
#include "tests/bench/terms.h"
#include "tests/e2e/groundwork.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace hallmark::testing {
namespace {

/// Initialises the module and logs in, once a process.
struct BenchToken {
    BenchToken() {
        const Groundwork& ground = Groundwork::laid();
        const auto certificate = parse_certificate(ground.line_1).value();
        const PublicKey public_key = parse_public_key(certificate.spki).value();
        token =
            std::make_unique<Token>(TokenOptions{.module_path = SoftHsm::module_path(),
                                                 .token_label = ground.factory_token.label(),
                                                 .pin = read_pin(ground.factory_token.pin_file())});
        key = token->load("pkcs11:object=line-1", public_key, SignatureAlgorithm::ecdsa_sha256)
                  .value();
    }
    static const BenchToken& made() {
        static const BenchToken only;
        return only;
    }
    std::unique_ptr<Token> token;
    SigningKey key;
};

void must(CK_RV answer) {
    if (answer != CKR_OK) throw std::runtime_error("PKCS#11: " + std::to_string(answer));
}

const CK_FUNCTION_LIST& functions() {
    void* const module = dlopen(SoftHsm::module_path().c_str(), RTLD_NOW);
    const auto get_list =
        reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
    CK_FUNCTION_LIST* list = nullptr;
    must(get_list(&list));
    return *list;
}

/// The slot whose token is the factory's.
CK_SLOT_ID factory_slot(const CK_FUNCTION_LIST& call) {
    std::array<CK_SLOT_ID, 16> slots{};
    CK_ULONG count = slots.size();
    must(call.C_GetSlotList(CK_TRUE, slots.data(), &count));
    const std::string label = Groundwork::laid().factory_token.label();
    for (CK_ULONG i = 0; i < count; ++i) {
        CK_TOKEN_INFO info{};
        must(call.C_GetTokenInfo(slots.at(i), &info));
        const std::string name(reinterpret_cast<const char*>(info.label), sizeof info.label);
        if (name.starts_with(label + " ")) return slots.at(i);
    }
    throw std::runtime_error("no slot has the factory's token");
}

Act bare_signature() {
    (void)BenchToken::made();
    const CK_FUNCTION_LIST& call = functions();
    CK_SESSION_HANDLE session = 0;
    must(call.C_OpenSession(factory_slot(call), CKF_SERIAL_SESSION, nullptr, nullptr, &session));
    CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
    std::string label = "line-1";
    std::array<CK_ATTRIBUTE, 2> wanted{
        {{CKA_CLASS, &private_key, sizeof private_key}, {CKA_LABEL, label.data(), label.size()}}};
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG found = 0;
    must(call.C_FindObjectsInit(session, wanted.data(), wanted.size()));
    must(call.C_FindObjects(session, &key, 1, &found));
    must(call.C_FindObjectsFinal(session));
    if (found != 1) throw std::runtime_error("line-1 is not in the token");
    return [&call, session, key] {
        CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
        std::array<CK_BYTE, 32> digest{};
        std::array<CK_BYTE, 64> signature{};
        CK_ULONG size = signature.size();
        must(call.C_SignInit(session, &mechanism, key));
        must(call.C_Sign(session, digest.data(), digest.size(), signature.data(), &size));
    };
}

}  // namespace

Microseconds cost_of_bare_signature() {
    return fastest_of_five(bare_signature);
}

Microseconds cost_of_our_signature() {
    const BenchToken& made = BenchToken::made();
    return fastest_of_five([&made]() -> Act {
        return [&made, message = Bytes(600, 7)] { (void)made.token->sign(made.key, message); };
    });
}

}  // namespace hallmark::testing
