#include "ca/hsm/cryptoki.h"

#include <array>
#include <cstdio>

namespace hallmark {
namespace {

struct Meaning {
    CK_RV result;
    const char* name;
    HsmError kind;
};

constexpr std::array meanings{
    // The token is busy or short of something; the same call may work in a moment.
    Meaning{CKR_HOST_MEMORY, "CKR_HOST_MEMORY", HsmError::passing},
    Meaning{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", HsmError::passing},
    Meaning{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", HsmError::passing},
    Meaning{CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED", HsmError::passing},
    Meaning{CKR_SESSION_COUNT, "CKR_SESSION_COUNT", HsmError::passing},
    Meaning{CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", HsmError::passing},
    // This session is of no use any more; another one is.
    Meaning{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", HsmError::session_lost},
    Meaning{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", HsmError::session_lost},
    Meaning{CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED", HsmError::session_lost},
    Meaning{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", HsmError::session_lost},
    // The handle is stale or the key is gone: nobody knows until it was looked for again.
    Meaning{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", HsmError::key_lost},
    Meaning{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", HsmError::key_lost},
    // Nothing but a fresh C_Initialize can help. tpm2-pkcs11 says CKR_GENERAL_ERROR for ever after
    // its TPM restarted.
    Meaning{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", HsmError::token_lost},
    Meaning{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", HsmError::token_lost},
    Meaning{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", HsmError::token_lost},
    Meaning{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", HsmError::token_lost},
    Meaning{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", HsmError::token_lost},
    Meaning{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", HsmError::token_lost},
    Meaning{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", HsmError::token_lost},
    // A person has to do something.
    Meaning{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", HsmError::permanent},
    Meaning{CKR_PIN_INVALID, "CKR_PIN_INVALID", HsmError::permanent},
    Meaning{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", HsmError::permanent},
    Meaning{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", HsmError::permanent},
    Meaning{CKR_PIN_LOCKED, "CKR_PIN_LOCKED", HsmError::permanent},
    Meaning{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", HsmError::permanent},
    Meaning{CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
            HsmError::permanent},
    Meaning{CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", HsmError::permanent},
    Meaning{CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", HsmError::permanent},
    Meaning{CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", HsmError::permanent},
    Meaning{CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", HsmError::permanent},
    Meaning{CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", HsmError::permanent},
    Meaning{CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", HsmError::permanent},
    Meaning{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", HsmError::permanent},
    Meaning{CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", HsmError::permanent},
    Meaning{CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", HsmError::permanent},
    Meaning{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", HsmError::permanent},
    Meaning{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", HsmError::permanent},
    Meaning{CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", HsmError::permanent},
    Meaning{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", HsmError::permanent},
    Meaning{CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED", HsmError::permanent},
    Meaning{CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", HsmError::permanent},
};

const Meaning* meaning_of(CK_RV result) noexcept {
    for (const auto& meaning : meanings)
        if (meaning.result == result) return &meaning;
    return nullptr;
}

}  // namespace

HsmError kind_of(CK_RV result) noexcept {
    const Meaning* meaning = meaning_of(result);
    return meaning != nullptr ? meaning->kind : HsmError::permanent;
}

std::string text_of(CK_RV result) {
    std::array<char, 24> number{};
    std::snprintf(number.data(), number.size(), "0x%lx", result);
    const Meaning* meaning = meaning_of(result);
    if (meaning == nullptr) return std::string("CKR ") + number.data();
    return std::string(meaning->name) + " (" + number.data() + ")";
}

void throw_hsm_fault(CK_RV result, std::string_view function) {
    throw HsmFault(kind_of(result), std::string(function) + ": " + text_of(result));
}

std::string padded_text(const unsigned char* field, std::size_t octets) {
    while (octets > 0 && (field[octets - 1] == ' ' || field[octets - 1] == 0))
        --octets;
    return {reinterpret_cast<const char*>(field), octets};
}

std::string_view name_of(HsmError error) noexcept {
    switch (error) {
        case HsmError::passing:
            return "passing";
        case HsmError::session_lost:
            return "session-lost";
        case HsmError::token_lost:
            return "token-lost";
        case HsmError::key_lost:
            return "key-lost";
        case HsmError::permanent:
            return "permanent";
    }
    return "permanent";
}

}  // namespace hallmark
