#include "station/soft_elements.h"

#include "station/soft_authenticator_element.h"
#include "station/soft_hsm_element.h"
#include "station/soft_yubikey_element.h"

namespace hallmark {

std::unique_ptr<SecureElement> open_soft_element(const SoftIdentity& identity) {
    if (identity.format == "tpm2") return std::make_unique<SoftElement>(identity);
    if (identity.format == "yubikey-piv") return std::make_unique<SoftYubikeyElement>(identity);
    if (identity.format == "webauthn") return std::make_unique<SoftAuthenticatorElement>(identity);
    if (identity.format == "pkix-key-attestation")
        return std::make_unique<SoftHsmElement>(identity);
    throw ElementFault("there is no software element for " + identity.format);
}

}  // namespace hallmark
