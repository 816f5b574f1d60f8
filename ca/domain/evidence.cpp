#include "ca/domain/evidence.h"

namespace hallmark {

std::string_view name_of(Assurance assurance) noexcept {
    switch (assurance) {
        case Assurance::hw_key_attested:
            return "hw-key-attested";
        case Assurance::hw_identity_only:
            return "hw-identity-only";
        case Assurance::platform_only:
            return "platform-only";
    }
    return "platform-only";
}

std::optional<Assurance> assurance_from(std::string_view name) noexcept {
    for (const auto assurance :
         {Assurance::hw_key_attested, Assurance::hw_identity_only, Assurance::platform_only}) {
        if (name_of(assurance) == name) return assurance;
    }
    return std::nullopt;
}

}  // namespace hallmark
