// The operator's signature under a transcript. The only private key in this program that does not
// live in a token: it belongs to a person, signs what that person saw, and issues nothing.
#pragma once

#include "ca/crypto/file_key.h"

#include <filesystem>

namespace hallmark {

using OperatorKey = FileKey;

/// PEM, not encrypted, P-256, P-384 or RSA of 2048 bits and more, in a file that nobody else may
/// use. Reason: malformed_request, not_found, forbidden (the file's mode).
[[nodiscard]] Result<OperatorKey> read_operator_key(const std::filesystem::path& path);

}  // namespace hallmark
