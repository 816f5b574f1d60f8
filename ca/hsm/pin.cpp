#include "ca/hsm/pin.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hallmark {
namespace {

constexpr std::size_t most_pin_octets = 256;

class Descriptor {
public:
    explicit Descriptor(const std::string& path)
        : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {
        if (number_ < 0)
            throw Fault("cannot open the PIN file " + path + ": " + std::strerror(errno));
    }
    ~Descriptor() { close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

void check_private(int descriptor, const std::string& path) {
    struct stat file {};
    if (fstat(descriptor, &file) != 0) throw Fault("cannot examine the PIN file " + path);
    if (!S_ISREG(file.st_mode) && !S_ISFIFO(file.st_mode))
        throw Fault("the PIN file is no file: " + path);
    if (file.st_uid != geteuid() && file.st_uid != 0)
        throw Fault("the PIN file belongs to somebody else: " + path);
    if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw Fault("group or others may use the PIN file " + path + "; make it mode 0600 or 0400");
}

/// Fixed room, wiped after: no reallocation leaves a copy behind.
struct Room {
    std::array<char, most_pin_octets + 2> octets{};
    std::size_t used = 0;
    Room() = default;
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    ~Room() { explicit_bzero(octets.data(), octets.size()); }
};

Secret read_all(int descriptor, const std::string& source) {
    Room room;
    while (room.used < room.octets.size()) {
        const ssize_t count =
            read(descriptor, room.octets.data() + room.used, room.octets.size() - room.used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw Fault("cannot read the PIN from " + source + ": " + std::strerror(errno));
        if (count == 0) break;
        room.used += static_cast<std::size_t>(count);
    }
    if (room.used > 0 && room.octets[room.used - 1] == '\n') --room.used;
    if (room.used == 0) throw Fault("there is no PIN in " + source);
    if (room.used > most_pin_octets)
        throw Fault("the PIN in " + source + " is longer than 256 octets");
    return Secret(std::string(room.octets.data(), room.used));
}

}  // namespace

Secret read_pin(const std::string& source) {
    if (!source.starts_with("fd:")) {
        const Descriptor file(source);
        check_private(file.number(), source);
        return read_all(file.number(), source);
    }
    int number = -1;
    const char* const end = source.data() + source.size();
    const auto parsed = std::from_chars(source.data() + 3, end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < 0)
        throw Fault("a PIN's source is a path or fd: and a number");
    return read_all(number, source);
}

}  // namespace hallmark
