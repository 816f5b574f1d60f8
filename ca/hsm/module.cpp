#include "ca/hsm/module.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include <dlfcn.h>

namespace hallmark {
namespace {

/// C_Initialize is once a process and library by PKCS#11's own rule (v2.40 5.4), so its count is
/// kept once a process, by what dlopen answers: two paths to one file are one library.
struct Use {
    std::size_t count = 0;
    bool initialised_by_us = false;
};
std::mutex uses_mutex;
std::map<void*, Use>& uses() {
    static auto* const by_library = new std::map<void*, Use>;  // Outlives every static Token.
    return *by_library;
}

constexpr unsigned long most_slots = 1024;

const CK_FUNCTION_LIST* function_list(void* library, const std::string& path) {
    void* const symbol = dlsym(library, "C_GetFunctionList");
    if (symbol == nullptr) throw HsmFault(HsmError::permanent, path + " is no PKCS#11 module");
    CK_FUNCTION_LIST* functions = nullptr;
    check(reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions), "C_GetFunctionList");
    if (functions == nullptr || functions->version.major != 2)
        throw HsmFault(HsmError::permanent, path + " does not speak PKCS#11 version 2");
    return functions;
}

/// True where it was this call that initialised it.
bool initialise(const CK_FUNCTION_LIST& functions) {
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    const CK_RV result = functions.C_Initialize(&arguments);
    if (result != CKR_CRYPTOKI_ALREADY_INITIALIZED) check(result, "C_Initialize");
    return result == CKR_OK;
}

}  // namespace

Module::Module(const std::string& path) {
    // A path without a slash would be searched for along LD_LIBRARY_PATH: whoever sets that would
    // get the PIN.
    if (path.empty() || path[0] != '/')
        throw HsmFault(HsmError::permanent, "the PKCS#11 module's path is not absolute: " + path);
    // Never unloaded: libraries leave threads and exit handlers behind that must not lose their
    // code.
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library_ == nullptr) {
        const char* why = dlerror();
        throw HsmFault(HsmError::permanent,
                       "cannot load " + path + ": " + (why != nullptr ? why : "unknown"));
    }
    functions_ = function_list(library_, path);

    // Held over C_Initialize: two threads in it at once crash SoftHSM.
    const std::lock_guard lock(uses_mutex);
    Use& use = uses()[library_];
    if (use.count == 0) use.initialised_by_us = initialise(*functions_);
    ++use.count;
}

void Module::restart() {
    const std::lock_guard lock(uses_mutex);
    const Use& use = uses()[library_];
    if (use.count > 1 || !use.initialised_by_us)
        throw HsmFault(HsmError::token_lost,
                       "the PKCS#11 module is lost, and another part of this process uses it");
    // Whatever it answers: one that lost its state may say that it was never initialised.
    (void)functions_->C_Finalize(nullptr);
    (void)initialise(*functions_);
}

Module::~Module() {
    const std::lock_guard lock(uses_mutex);
    Use& use = uses()[library_];
    if (--use.count == 0 && use.initialised_by_us) functions_->C_Finalize(nullptr);
}

CK_SLOT_ID Module::slot_of(const std::string& token_label) const {
    unsigned long count = 0;
    check(functions_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    if (count > most_slots) throw HsmFault(HsmError::permanent, "the module lists too many slots");
    std::vector<CK_SLOT_ID> slots(count);
    if (count > 0) check(functions_->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    slots.resize(std::min<std::size_t>(count, slots.size()));

    std::vector<CK_SLOT_ID> found;
    for (const CK_SLOT_ID slot : slots) {
        CK_TOKEN_INFO info{};
        // A slot that cannot tell its token's name is not ours; another one may be.
        if (functions_->C_GetTokenInfo(slot, &info) != CKR_OK) continue;
        if ((info.flags & CKF_TOKEN_INITIALIZED) != 0 && padded_text(info.label) == token_label)
            found.push_back(slot);
    }
    if (found.empty()) throw HsmFault(HsmError::token_lost, "no token is labelled " + token_label);
    if (found.size() > 1)
        throw HsmFault(HsmError::permanent, "several tokens are labelled " + token_label);
    return found[0];
}

}  // namespace hallmark
