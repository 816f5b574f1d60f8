// A PKCS#11 shared library in use: loaded at run time, initialised once a process however many
// tokens use it, finalised with its last use. Refuses to finalise what somebody else initialised.
#pragma once

#include "ca/hsm/cryptoki.h"

#include <string>

namespace hallmark {

class Module {
public:
    /// Loads and initialises, or joins the use that there is. Throws HsmFault.
    explicit Module(const std::string& path);
    ~Module();
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;

    /// C_Finalize and C_Initialize: what brings a token back that nothing less does. Every session
    /// and object handle is void afterwards, so the caller holds none. Throws HsmFault: token_lost
    /// while another Module of this process uses the library, or somebody else initialised it.
    void restart();

    [[nodiscard]] const CK_FUNCTION_LIST& call() const noexcept { return *functions_; }

    /// The only slot whose token bears this label. Throws HsmFault: token_lost when there is none,
    /// permanent when there are several.
    [[nodiscard]] CK_SLOT_ID slot_of(const std::string& token_label) const;

private:
    void* library_ = nullptr;
    const CK_FUNCTION_LIST* functions_ = nullptr;
};

}  // namespace hallmark
