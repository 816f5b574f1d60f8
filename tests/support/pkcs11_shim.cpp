// A PKCS#11 module over a real one, for tests: every call goes through unless a fault is wanted of
// it, and C_Sign first writes what it is about to sign to a file, so that a test that kills the
// process still knows every digest that a key signed.
//
// HALLMARK_SHIM_MODULE is the real module's path. HALLMARK_SHIM_DIGESTS is the file: one line of
// lower-case hex a signature, appended before it is made. HALLMARK_SHIM_RULES may be "delay_us=N",
// which makes each signature so much slower. HALLMARK_SHIM_FAULTS is a file of faults, as
// shim_faults.h says; HALLMARK_SHIM_CALLS one to which the name of each C_Initialize and C_Login is
// appended.
#include "tests/support/shim_faults.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

using hallmark::testing::ShimFaults;

const char* setting(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

// PKCS#11 calls carry no user pointer: what they need stands here, set once by C_GetFunctionList.
const CK_FUNCTION_LIST* real = nullptr;
CK_FUNCTION_LIST shim;
int digests = -1;
int calls = -1;
const ShimFaults& faults() {
    static const ShimFaults read(setting("HALLMARK_SHIM_FAULTS"));
    return read;
}

/// One write, which a kill cannot part.
bool append(int file, std::string line) {
    line += '\n';
    return file < 0 || write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

/// -1 where the setting names no file.
int opened(const char* name) {
    if (*setting(name) == '\0') return -1;
    const int file = open(setting(name), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) std::abort();
    return file;
}

std::chrono::microseconds wanted_delay() {
    const std::string rule = setting("HALLMARK_SHIM_RULES");
    const std::string name = "delay_us=";
    const auto at = rule.find(name);
    if (at == std::string::npos) return std::chrono::microseconds(0);
    return std::chrono::microseconds(std::strtol(rule.c_str() + at + name.size(), nullptr, 10));
}

std::string label_of(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    std::string label(64, '\0');
    CK_ATTRIBUTE asked{CKA_LABEL, label.data(), label.size()};
    if (real->C_GetAttributeValue(session, object, &asked, 1) != CKR_OK) return {};
    return label.substr(0, asked.ulValueLen);
}

CK_RV initialize(void* arguments) {
    append(calls, "C_Initialize");
    faults().initialised();
    return real->C_Initialize(arguments);
}

CK_RV get_slot_list(unsigned char present, CK_SLOT_ID* slots, unsigned long* count) {
    if (const CK_RV wanted = faults().result_of("C_GetSlotList")) return wanted;
    return real->C_GetSlotList(present, slots, count);
}

CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify,
                   CK_SESSION_HANDLE* session) {
    if (const CK_RV wanted = faults().result_of("C_OpenSession")) return wanted;
    return real->C_OpenSession(slot, flags, application, notify, session);
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char* pin,
            unsigned long octets) {
    append(calls, "C_Login");
    if (const CK_RV wanted = faults().result_of("C_Login")) return wanted;
    return real->C_Login(session, user, pin, octets);
}

CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE* attributes, unsigned long count) {
    std::vector<CK_ATTRIBUTE> sought(attributes, attributes + count);
    std::string nobody = "nobody";
    for (CK_ATTRIBUTE& attribute : sought) {
        if (attribute.type != CKA_LABEL) continue;
        const std::string label(static_cast<const char*>(attribute.pValue), attribute.ulValueLen);
        const auto fault = faults().of("C_FindObjectsInit", label);
        if (fault && fault->result == "absent") attribute = {CKA_LABEL, nobody.data(), 6};
    }
    return real->C_FindObjectsInit(session, sought.data(), count);
}

CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
    if (const CK_RV wanted = faults().result_of("C_SignInit", label_of(session, key)))
        return wanted;
    return real->C_SignInit(session, mechanism, key);
}

CK_RV sign(CK_SESSION_HANDLE session, unsigned char* input, unsigned long octets,
           unsigned char* signature, unsigned long* signature_octets) {
    constexpr const char* digits = "0123456789abcdef";
    std::string line;
    for (unsigned long i = 0; i < octets; ++i) {
        line += digits[input[i] >> 4];
        line += digits[input[i] & 15];
    }
    // What is signed is written first, or is not signed.
    if (!append(digests, line)) return CKR_FUNCTION_FAILED;
    if (const CK_RV wanted = faults().result_of("C_Sign")) return wanted;
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
        digests = opened("HALLMARK_SHIM_DIGESTS");
        calls = opened("HALLMARK_SHIM_CALLS");
        real = found;
        shim = *found;
        shim.C_Initialize = initialize;
        shim.C_GetSlotList = get_slot_list;
        shim.C_OpenSession = open_session;
        shim.C_Login = login;
        shim.C_FindObjectsInit = find_objects_init;
        shim.C_SignInit = sign_init;
        shim.C_Sign = sign;
        shim.C_GetFunctionList = C_GetFunctionList;
    }
    *list = &shim;
    return CKR_OK;
}
