// Files of a ceremony: read whole up to a limit, written new and durable. Refuses to overwrite.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/domain/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace hallmark {

/// At most 64 KiB. Reason: not_found, too_large.
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& path);
/// Exactly one block with this label, its DER. Reasons as above, and malformed_request.
[[nodiscard]] Result<Bytes> read_pem_file(const std::filesystem::path& path,
                                          std::string_view label);
[[nodiscard]] Result<Certificate> read_certificate_file(const std::filesystem::path& path);
/// SubjectPublicKeyInfo under the label PUBLIC KEY, by the rules of parse_public_key.
[[nodiscard]] Result<PublicKey> read_public_key_file(const std::filesystem::path& path);

/// Reason: conflict when something is there, malformed_request when the path is empty.
[[nodiscard]] Result<Done> check_absent(const std::filesystem::path& path, std::string_view what);

/// A file of our own that did not exist before; every write goes to disk before it returns.
/// Throws Fault.
class NewFile {
public:
    explicit NewFile(std::filesystem::path path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    void write(std::string_view text);

private:
    std::filesystem::path path_;
    int descriptor_;
};
void write_new_file(const std::filesystem::path& path, std::string_view text);

}  // namespace hallmark
