#include "ca/crypto/openssl.h"

#include "ca/domain/fault.h"

#include <array>
#include <string>

#include <openssl/err.h>

namespace hallmark {

void throw_crypto_fault(std::string_view operation) {
    std::string message = "OpenSSL failed in " + std::string(operation);
    // The queue holds 16 entries at most (ERR_NUM_ERRORS), so this ends.
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> text{};
        ERR_error_string_n(code, text.data(), text.size());
        message.append("; ").append(text.data());
    }
    throw Fault(message);
}

}  // namespace hallmark
