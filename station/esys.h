// RAII over tpm2-tss' ESYS: a connection, objects flushed whatever happens, memory freed, every
// return code checked. A TPM on a line has three transient slots and no resource manager: nothing
// stays loaded longer than one operation.
#pragma once

#include "station/element.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tss2/tss2_esys.h>

namespace hallmark {

/// Throws ElementFault with tpm2-tss' own words for the code.
void check_tpm(TSS2_RC code, std::string_view operation);

struct EsysFree {
    void operator()(void* memory) const noexcept { Esys_Free(memory); }
};
template <typename T>
using EsysPtr = std::unique_ptr<T, EsysFree>;

/// Takes ownership of what an ESYS call writes through its last argument: `call(...,
/// out(pointer))`.
template <typename T>
class EsysOut {
public:
    explicit EsysOut(EsysPtr<T>& target) : target_(target) {}
    ~EsysOut() { target_.reset(raw_); }
    EsysOut(const EsysOut&) = delete;
    EsysOut& operator=(const EsysOut&) = delete;
    operator T**() noexcept { return &raw_; }

private:
    EsysPtr<T>& target_;
    T* raw_ = nullptr;
};
template <typename T>
[[nodiscard]] EsysOut<T> out(EsysPtr<T>& target) {
    return EsysOut<T>(target);
}

/// One TPM, by a TCTI name ("device:/dev/tpm0", "swtpm:path=..."). Not thread-safe.
class TpmConnection {
public:
    explicit TpmConnection(const std::string& tcti);
    ~TpmConnection();
    TpmConnection(const TpmConnection&) = delete;
    TpmConnection& operator=(const TpmConnection&) = delete;
    [[nodiscard]] ESYS_CONTEXT* get() const noexcept { return esys_; }

private:
    TSS2_TCTI_CONTEXT* tcti_ = nullptr;
    ESYS_CONTEXT* esys_ = nullptr;
};

/// A transient object or session: flushed when it goes.
class Loaded {
public:
    Loaded(const TpmConnection& tpm, ESYS_TR handle) : tpm_(&tpm), handle_(handle) {}
    ~Loaded();
    Loaded(Loaded&& other) noexcept
        : tpm_(other.tpm_), handle_(std::exchange(other.handle_, ESYS_TR_NONE)) {}
    Loaded& operator=(Loaded&&) = delete;
    [[nodiscard]] ESYS_TR get() const noexcept { return handle_; }

private:
    const TpmConnection* tpm_;
    ESYS_TR handle_;
};

/// ESYS' own record of a persistent object or NV index: closed when it goes, the TPM keeps what it
/// has.
class Reference {
public:
    /// Throws ElementFault when there is nothing at this handle.
    Reference(const TpmConnection& tpm, TPM2_HANDLE handle);
    ~Reference();
    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;
    [[nodiscard]] ESYS_TR get() const noexcept { return handle_; }
    /// The record went with the object (evicted, undefined).
    void forget() noexcept { handle_ = ESYS_TR_NONE; }

private:
    const TpmConnection& tpm_;
    ESYS_TR handle_ = ESYS_TR_NONE;
};

/// Asks the TPM, so that an absent handle is no error.
[[nodiscard]] bool has_handle(const TpmConnection& tpm, TPM2_HANDLE handle);
/// Handles of one kind in [first, last], ascending.
[[nodiscard]] std::vector<TPM2_HANDLE> handles_between(const TpmConnection& tpm, TPM2_HANDLE first,
                                                       TPM2_HANDLE last);

}  // namespace hallmark
