// The names of purposes and exceptions, as pins and the command line write them.
#include "ca/crypto/chain.h"

#include <array>

namespace hallmark {

namespace {

constexpr std::array<std::string_view, 5> purposes{"any", "client", "server", "tpm-ek", "tpm-ak"};

constexpr std::array<std::string_view, 8> exceptions{"sha1-signatures",
                                                     "rsa-1024",
                                                     "missing-authority-key-identifier",
                                                     "missing-subject-key-identifier",
                                                     "missing-key-usage-in-issuer",
                                                     "expired-issuers",
                                                     "zero-serial",
                                                     "non-der-name-order"};

template <typename Enum, std::size_t count>
std::optional<Enum> find(const std::array<std::string_view, count>& names, std::string_view name) {
    for (std::size_t i = 0; i < count; ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Purpose purpose) noexcept {
    return purposes[static_cast<std::size_t>(purpose)];
}

std::optional<Purpose> purpose_from(std::string_view name) noexcept {
    return find<Purpose>(purposes, name);
}

std::string_view name_of(ChainException exception) noexcept {
    return exceptions[static_cast<std::size_t>(exception)];
}

std::optional<ChainException> chain_exception_from(std::string_view name) noexcept {
    return find<ChainException>(exceptions, name);
}

}  // namespace hallmark
