#include "station/files.h"

#include "ca/domain/fault.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace hallmark {
namespace {

constexpr std::size_t file_limit = 1024 * 1024;

class Descriptor {
public:
    Descriptor(const std::filesystem::path& file, int flags)
        : fd_(open(file.c_str(), flags | O_CLOEXEC, 0600)) {
        if (fd_ < 0) throw Fault("cannot open " + file.string() + ": " + std::strerror(errno));
    }
    ~Descriptor() { close(fd_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

void write_whole(int fd, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw Fault(std::string("cannot write: ") + std::strerror(errno));
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sync(int fd) {
    if (fsync(fd) != 0) throw Fault(std::string("cannot sync: ") + std::strerror(errno));
}

}  // namespace

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Fault("cannot read " + file.string());
    std::string content(file_limit + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (in.bad() || in.gcount() > static_cast<std::streamsize>(file_limit)) {
        throw Fault("cannot read " + file.string() + ", or it is too large");
    }
    content.resize(static_cast<std::size_t>(in.gcount()));
    return content;
}

void replace_file(const std::filesystem::path& file, std::string_view content) {
    const std::filesystem::path beside = file.string() + ".new";
    {
        const Descriptor descriptor(beside, O_WRONLY | O_CREAT | O_TRUNC);
        write_whole(descriptor.get(), content);
        sync(descriptor.get());
    }
    std::filesystem::rename(beside, file);
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    sync(Descriptor(folder, O_RDONLY | O_DIRECTORY).get());
}

}  // namespace hallmark
