// What a test wants to go wrong in the token, read from a file at each call, so that it changes
// under a server that runs. For the shim alone.
//
// One fault a line: FUNCTION RESULT [object=LABEL] [until=C_Initialize]
//   C_Sign CKR_DEVICE_REMOVED                        every call answers so
//   * CKR_GENERAL_ERROR until=C_Initialize           all of them but C_Initialize, which ends it
//   C_SignInit CKR_KEY_HANDLE_INVALID object=line-1  with the key of this label alone
//   C_FindObjectsInit absent object=line-1           nothing of this label is found
#pragma once

#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <p11-kit/pkcs11.h>

namespace hallmark::testing {

struct ShimFault {
    std::string function;
    std::string result;
    std::string object;  ///< Empty: any.
    bool ends_with_initialize = false;
};

class ShimFaults {
public:
    explicit ShimFaults(std::string file) : file_(std::move(file)) {}

    /// The first that concerns this call; nullopt where it shall go through.
    [[nodiscard]] std::optional<ShimFault> of(std::string_view function,
                                              std::string_view object = {}) const {
        std::ifstream lines(file_);
        for (std::string line; std::getline(lines, line);) {
            ShimFault fault = parsed(line);
            if (fault.function != function && fault.function != "*") continue;
            if (!fault.object.empty() && fault.object != object) continue;
            return fault;
        }
        return std::nullopt;
    }
    /// CKR_OK where it shall go through.
    [[nodiscard]] CK_RV result_of(std::string_view function, std::string_view object = {}) const {
        const auto fault = of(function, object);
        return fault ? value_of(fault->result) : CKR_OK;
    }
    /// Takes out what C_Initialize ends.
    void initialised() const {
        std::string left;
        std::ifstream lines(file_);
        for (std::string line; std::getline(lines, line);)
            if (!parsed(line).ends_with_initialize) left += line + '\n';
        if (!lines.eof()) return;  // There is no such file.
        lines.close();
        std::ofstream(file_ + ".new") << left;
        std::rename((file_ + ".new").c_str(), file_.c_str());
    }

private:
    static ShimFault parsed(const std::string& line) {
        ShimFault fault;
        std::istringstream words(line);
        words >> fault.function >> fault.result;
        for (std::string word; words >> word;) {
            if (word == "until=C_Initialize") fault.ends_with_initialize = true;
            if (word.starts_with("object=")) fault.object = word.substr(7);
        }
        return fault;
    }
    static CK_RV value_of(std::string_view name) {
        struct Named {
            std::string_view name;
            CK_RV value;
        };
        static constexpr std::array known{
            Named{"CKR_SESSION_COUNT", CKR_SESSION_COUNT},
            Named{"CKR_SESSION_HANDLE_INVALID", CKR_SESSION_HANDLE_INVALID},
            Named{"CKR_KEY_HANDLE_INVALID", CKR_KEY_HANDLE_INVALID},
            Named{"CKR_DEVICE_REMOVED", CKR_DEVICE_REMOVED},
            Named{"CKR_CRYPTOKI_NOT_INITIALIZED", CKR_CRYPTOKI_NOT_INITIALIZED},
            Named{"CKR_PIN_LOCKED", CKR_PIN_LOCKED},
        };
        for (const Named& each : known)
            if (each.name == name) return each.value;
        return CKR_GENERAL_ERROR;
    }

    std::string file_;
};

}  // namespace hallmark::testing
