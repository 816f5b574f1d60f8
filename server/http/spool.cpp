#include "server/http/spool.h"

#include "ca/domain/fault.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hallmark {
namespace {

constexpr const char* extension = ".spool";

std::string cause() {
    return std::strerror(errno);
}

/// The folder's lock goes with the process, however it ends.
int lock_of(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "lock";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) throw Fault("spool " + file.string() + ": " + cause());
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
    ::close(descriptor);
    throw Fault("spool " + folder.string() + ": another process has it");
}

}  // namespace

SpooledBody::SpooledBody(Spool& spool, std::filesystem::path file)
    : spool_(spool),
      file_(std::move(file)),
      descriptor_(
          ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {}

SpooledBody::~SpooledBody() {
    if (descriptor_ >= 0) ::close(descriptor_);
    ::unlink(file_.c_str());
    spool_.give_back(octets_);
}

Digest SpooledBody::sha256() const {
    return digest_from_bytes(hash_.digest()).value();
}

Result<Done> SpooledBody::write(std::string_view more) {
    if (octets_ + more.size() > spool_.limits_.body_octets)
        return Refusal{Reason::too_large, "body too large"};
    if (!spool_.take(more.size())) return Refusal{Reason::overloaded, "the spool is full"};
    octets_ += more.size();
    hash_.update(as_bytes(more));
    while (!more.empty()) {
        const ssize_t written = ::write(descriptor_, more.data(), more.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw PassingFault("spool " + file_.string() + ": " + cause());
        more.remove_prefix(static_cast<std::size_t>(written));
    }
    return Done{};
}

Spool::Spool(std::filesystem::path folder, SpoolLimits limits)
    : folder_(std::move(folder)), limits_(limits), writers_(limits.bodies) {
    std::error_code failed;
    if (std::filesystem::create_directories(folder_, failed))
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failed);
    if (failed) throw Fault("spool " + folder_.string() + ": " + failed.message());
    lock_ = lock_of(folder_);
    for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
        if (entry.path().extension() == extension) std::filesystem::remove(entry.path(), failed);
    }
}

Spool::~Spool() {
    ::close(lock_);
}

Result<std::shared_ptr<SpooledBody>> Spool::begin(std::string_view name) {
    {
        const std::lock_guard lock(mutex_);
        if (bodies_ == limits_.bodies)
            return Refusal{Reason::overloaded, "too many spooled bodies"};
        ++bodies_;
    }
    std::shared_ptr<SpooledBody> body(
        new SpooledBody(*this, folder_ / (std::string(name) + extension)));
    if (body->descriptor_ < 0) throw PassingFault("spool " + body->file_.string() + ": " + cause());
    return body;
}

bool Spool::take(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    if (octets > limits_.octets - octets_) return false;
    octets_ += octets;
    return true;
}

void Spool::give_back(std::uint64_t octets) noexcept {
    const std::lock_guard lock(mutex_);
    octets_ -= octets;
    --bodies_;
}

}  // namespace hallmark
