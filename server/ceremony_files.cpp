#include "server/ceremony_files.h"

#include "ca/domain/fault.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace hallmark {
namespace {

constexpr std::size_t most_file_octets = 64 * 1024;

/// A new name is durable once its folder is.
void sync_folder_of(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw Fault("cannot open the folder " + folder.string());
    const int result = fsync(descriptor);
    close(descriptor);
    if (result != 0) throw Fault("cannot sync the folder " + folder.string());
}

}  // namespace

Result<std::string> read_small_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Refusal{Reason::not_found, "cannot read " + path.string()};
    std::string text(most_file_octets + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return Refusal{Reason::not_found, "cannot read " + path.string()};
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > most_file_octets)
        return Refusal{Reason::too_large, path.string() + " is over 64 KiB"};
    return text;
}

Result<Bytes> read_pem_file(const std::filesystem::path& path, std::string_view label) {
    HALLMARK_TRY(text, read_small_file(path));
    HALLMARK_TRY(blocks, parse_pem(text, label, 2));
    if (blocks.size() != 1)
        return Refusal{Reason::malformed_request,
                       path.string() + " does not hold exactly one " + std::string(label)};
    return std::move(blocks[0]);
}

Result<Certificate> read_certificate_file(const std::filesystem::path& path) {
    HALLMARK_TRY(der, read_pem_file(path, "CERTIFICATE"));
    return parse_certificate(der);
}

Result<PublicKey> read_public_key_file(const std::filesystem::path& path) {
    HALLMARK_TRY(der, read_pem_file(path, "PUBLIC KEY"));
    return parse_public_key(der);
}

Result<Done> check_absent(const std::filesystem::path& path, std::string_view what) {
    if (path.empty())
        return Refusal{Reason::malformed_request, "no path is given for the " + std::string(what)};
    std::error_code failed;
    if (std::filesystem::symlink_status(path, failed).type() !=
        std::filesystem::file_type::not_found)
        return Refusal{Reason::conflict,
                       path.string() + " is there already; nothing is overwritten"};
    return Done{};
}

NewFile::NewFile(std::filesystem::path path)
    : path_(std::move(path)),
      descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644)) {
    if (descriptor_ < 0) throw Fault("cannot make " + path_.string() + ": " + std::strerror(errno));
    sync_folder_of(path_);
}

NewFile::~NewFile() {
    close(descriptor_);
}

void NewFile::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor_, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw Fault("cannot write " + path_.string() + ": " + std::strerror(errno));
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (fdatasync(descriptor_) != 0) throw Fault("cannot sync " + path_.string());
}

void write_new_file(const std::filesystem::path& path, std::string_view text) {
    NewFile(path).write(text);
}

}  // namespace hallmark
