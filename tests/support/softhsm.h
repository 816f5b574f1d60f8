// Throw-away SoftHSM2 tokens. All tokens of a test process live in one store, because the module
// reads one configuration when it is initialised. Refuses to touch a token that it did not make.
#pragma once

#include "ca/hsm/token.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace hallmark::testing {

/// One token of this process's store. The store is a TempDir with its own softhsm2.conf;
/// SOFTHSM2_CONF is set in this process's environment, so child processes find the same tokens.
class SoftHsm {
public:
    /// Makes and initialises a token. Its label is `purpose` and a number, so that two cases of one
    /// process never share a token. The module scans its store when it is initialised: make every
    /// token of a case before its first `Token`. Throws std::runtime_error when softhsm2 is missing
    /// or fails.
    [[nodiscard]] static SoftHsm make_token(const std::string& purpose = "hallmark");

    /// The shared library, where Debian puts it, or HALLMARK_SOFTHSM_MODULE.
    [[nodiscard]] static std::string module_path();
    /// The softhsm2.conf of the store (made at the first call).
    [[nodiscard]] static std::filesystem::path conf();

    [[nodiscard]] const std::string& label() const noexcept { return label_; }
    [[nodiscard]] const std::string& pin() const noexcept { return pin_; }
    [[nodiscard]] const std::string& so_pin() const noexcept { return so_pin_; }
    /// A file with the PIN in it, mode 0600, for what takes a PIN from a file.
    [[nodiscard]] const std::filesystem::path& pin_file() const noexcept { return pin_file_; }
    [[nodiscard]] TokenOptions options(std::size_t sessions = 4) const;

private:
    SoftHsm() = default;
    std::string label_;
    std::string pin_ = "1234-user";
    std::string so_pin_ = "5678-officer";
    std::filesystem::path pin_file_;
};

}  // namespace hallmark::testing
