// The PKCS#11 header (v2.40, p11-kit's) and what every CK_RV means to us: one classification, one
// check. Included by .cpp files of this room alone; no type of it stands in token.h.
#pragma once

#include "ca/hsm/signer.h"

#include <string>
#include <string_view>

#include <p11-kit/pkcs11.h>

namespace hallmark {

/// What a failed call leaves us with. What is not listed is permanent: a fault that nobody foresaw
/// is not tried again.
[[nodiscard]] HsmError kind_of(CK_RV result) noexcept;

/// "CKR_PIN_INCORRECT (0xa0)"; the number alone where the name is not one we know.
[[nodiscard]] std::string text_of(CK_RV result);

[[noreturn]] void throw_hsm_fault(CK_RV result, std::string_view function);

/// Throws HsmFault unless CKR_OK.
inline void check(CK_RV result, std::string_view function) {
    if (result != CKR_OK) throw_hsm_fault(result, function);
}

/// PKCS#11 v2.40 3.1: text fields are padded with blanks and not terminated.
[[nodiscard]] std::string padded_text(const unsigned char* field, std::size_t octets);
template <std::size_t size>
[[nodiscard]] std::string padded_text(const unsigned char (&field)[size]) {
    return padded_text(field, size);
}

}  // namespace hallmark
