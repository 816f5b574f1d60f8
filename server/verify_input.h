// Files and texts of the offline verifiers' command lines, decoded. What cannot be used at all is a
// usage error, told apart from evidence that is read and refused.
#pragma once

#include "ca/attestation/verifier.h"
#include "ca/domain/clock.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hallmark {

/// The command line cannot be obeyed as it stands: exit status 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline constexpr int exit_refused = 3;
inline constexpr int exit_usage = 2;

/// A regular file of at most 8 MiB.
[[nodiscard]] std::string read_file(const std::string& path, std::string_view what);
[[nodiscard]] std::vector<Bytes> read_certificates(const std::string& path, std::string_view what);
/// PEM with this label, or else the file's octets as DER.
[[nodiscard]] Bytes read_der_or_pem(const std::string& path, std::string_view label,
                                    std::string_view what);
[[nodiscard]] Bytes hex_argument(const std::string& text, std::string_view what);
[[nodiscard]] Bytes base64_argument(const std::string& text, std::string_view what);
[[nodiscard]] Instant instant_argument(const std::optional<std::string>& text, Instant otherwise);

/// "refused: <reason>: <detail>", or {"detail": ..., "reason": ...} with json. Answers the exit
/// status.
int tell_refusal(const Refusal& refusal, bool json, std::ostream& err);
int tell_usage(const UsageError& error, bool json, std::ostream& err);

}  // namespace hallmark
