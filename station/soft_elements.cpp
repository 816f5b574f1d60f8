#include "station/soft_elements.h"

#include "station/soft_yubikey_element.h"

namespace hallmark {

std::unique_ptr<SecureElement> open_soft_element(const SoftIdentity& identity) {
    if (identity.format == "tpm2") return std::make_unique<SoftElement>(identity);
    if (identity.format == "yubikey-piv") return std::make_unique<SoftYubikeyElement>(identity);
    throw ElementFault("there is no software element for " + identity.format);
}

}  // namespace hallmark
