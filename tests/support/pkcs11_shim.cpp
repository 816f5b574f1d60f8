// A PKCS#11 module over a real one, for tests: every call goes through, and C_Sign first writes
// what it is about to sign to a file, so that a test that kills the process still knows every
// digest that a key signed. Refuses nothing and changes no answer.
//
// HALLMARK_SHIM_MODULE is the real module's path. HALLMARK_SHIM_DIGESTS is the file: one line of
// lower-case hex a signature, appended before it is made. HALLMARK_SHIM_RULES may be "delay_us=N",
// which makes each signature so much slower.
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

namespace {

// PKCS#11 calls carry no user pointer: what they need stands here, set once by C_GetFunctionList.
const CK_FUNCTION_LIST* real = nullptr;
CK_FUNCTION_LIST shim;
int digests = -1;

const char* setting(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::chrono::microseconds wanted_delay() {
    const std::string rule = setting("HALLMARK_SHIM_RULES");
    const std::string name = "delay_us=";
    const auto at = rule.find(name);
    if (at == std::string::npos) return std::chrono::microseconds(0);
    return std::chrono::microseconds(std::strtol(rule.c_str() + at + name.size(), nullptr, 10));
}

CK_RV sign(CK_SESSION_HANDLE session, unsigned char* input, unsigned long octets,
           unsigned char* signature, unsigned long* signature_octets) {
    constexpr const char* digits = "0123456789abcdef";
    std::string line;
    for (unsigned long i = 0; i < octets; ++i) {
        line += digits[input[i] >> 4];
        line += digits[input[i] & 15];
    }
    line += '\n';
    // One write, which a kill cannot part: what is signed is written first, or is not signed.
    if (digests >= 0 &&
        write(digests, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return CKR_FUNCTION_FAILED;
    std::this_thread::sleep_for(wanted_delay());
    return real->C_Sign(session, input, octets, signature, signature_octets);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
    if (real == nullptr) {
        void* const library = dlopen(setting("HALLMARK_SHIM_MODULE"), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) return CKR_GENERAL_ERROR;
        const auto theirs =
            reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
        CK_FUNCTION_LIST* found = nullptr;
        if (theirs == nullptr || theirs(&found) != CKR_OK) return CKR_GENERAL_ERROR;
        if (*setting("HALLMARK_SHIM_DIGESTS") != '\0') {
            digests = open(setting("HALLMARK_SHIM_DIGESTS"),
                           O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
            if (digests < 0) return CKR_GENERAL_ERROR;
        }
        real = found;
        shim = *found;
        shim.C_Sign = sign;
        shim.C_GetFunctionList = C_GetFunctionList;
    }
    *list = &shim;
    return CKR_OK;
}
