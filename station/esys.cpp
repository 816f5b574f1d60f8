#include "station/esys.h"

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

namespace hallmark {

void check_tpm(TSS2_RC code, std::string_view operation) {
    if (code == TSS2_RC_SUCCESS) return;
    throw ElementFault(std::string(operation) + ": " + Tss2_RC_Decode(code));
}

TpmConnection::TpmConnection(const std::string& tcti) {
    check_tpm(Tss2_TctiLdr_Initialize(tcti.c_str(), &tcti_), "opening the TPM at " + tcti);
    const TSS2_RC code = Esys_Initialize(&esys_, tcti_, nullptr);
    if (code != TSS2_RC_SUCCESS) Tss2_TctiLdr_Finalize(&tcti_);
    check_tpm(code, "Esys_Initialize");
    // TPM 2.0 Library part 3, 9.3: TPM2_Startup after the platform's own only says that it was
    // initialised already.
    const TSS2_RC started = Esys_Startup(esys_, TPM2_SU_CLEAR);
    if (started != TSS2_RC_SUCCESS && started != TPM2_RC_INITIALIZE) {
        Esys_Finalize(&esys_);
        Tss2_TctiLdr_Finalize(&tcti_);
        check_tpm(started, "TPM2_Startup");
    }
}

TpmConnection::~TpmConnection() {
    Esys_Finalize(&esys_);
    Tss2_TctiLdr_Finalize(&tcti_);
}

Loaded::~Loaded() {
    if (handle_ != ESYS_TR_NONE) Esys_FlushContext(tpm_->get(), handle_);
}

Reference::Reference(const TpmConnection& tpm, TPM2_HANDLE handle) : tpm_(tpm) {
    check_tpm(Esys_TR_FromTPMPublic(tpm.get(), handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                    &handle_),
              "reading the handle 0x" + to_hex(Bytes{static_cast<unsigned char>(handle >> 24),
                                                     static_cast<unsigned char>(handle >> 16),
                                                     static_cast<unsigned char>(handle >> 8),
                                                     static_cast<unsigned char>(handle)}));
}

Reference::~Reference() {
    if (handle_ != ESYS_TR_NONE) Esys_TR_Close(tpm_.get(), &handle_);
}

std::vector<TPM2_HANDLE> handles_between(const TpmConnection& tpm, TPM2_HANDLE first,
                                         TPM2_HANDLE last) {
    std::vector<TPM2_HANDLE> found;
    for (TPM2_HANDLE from = first;;) {
        TPMI_YES_NO more = TPM2_NO;
        EsysPtr<TPMS_CAPABILITY_DATA> answer;
        check_tpm(
            Esys_GetCapability(tpm.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                               TPM2_CAP_HANDLES, from, TPM2_MAX_CAP_HANDLES, &more, out(answer)),
            "TPM2_GetCapability(handles)");
        const TPML_HANDLE& list = answer->data.handles;
        for (UINT32 i = 0; i < list.count; ++i) {
            if (list.handle[i] > last) return found;
            found.push_back(list.handle[i]);
        }
        if (more != TPM2_YES || list.count == 0) return found;
        from = list.handle[list.count - 1] + 1;
    }
}

bool has_handle(const TpmConnection& tpm, TPM2_HANDLE handle) {
    return !handles_between(tpm, handle, handle).empty();
}

}  // namespace hallmark
