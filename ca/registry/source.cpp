#include "ca/registry/source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include <arpa/inet.h>

namespace hallmark {
namespace {

/// RFC 4291 section 2.5.5.2: ::ffff:0:0/96.
constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<Bytes> octets_of(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    Bytes octets(4);
    if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) return octets;
    octets.resize(16);
    if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return octets;
    return std::nullopt;
}

bool bit(const Bytes& octets, std::size_t at) {
    return (octets[at / 8] >> (7 - at % 8) & 1) != 0;
}

Refusal refused(const char* why) {
    return Refusal{Reason::malformed_request, std::string("source network: ") + why};
}

}  // namespace

Result<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return refused("no prefix length");
    const auto octets = octets_of(text.substr(0, slash));
    if (!octets) return refused("no numeric address");
    const std::string_view digits = text.substr(slash + 1);
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0'))
        return refused("prefix length");
    Network network{.address = *octets, .prefix = 0};
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, network.prefix);
    const std::size_t bits = octets->size() * 8;
    if (error != std::errc() || stop != end || network.prefix > bits)
        return refused("prefix length");
    for (std::size_t at = network.prefix; at < bits; ++at) {
        if (bit(network.address, at)) return refused("bits beyond the prefix");
    }
    return network;
}

bool contains(const Network& network, std::string_view address) {
    auto octets = octets_of(address);
    if (!octets) return false;
    if (octets->size() == 16 && std::equal(mapped.begin(), mapped.end(), octets->begin()) &&
        network.address.size() == 4) {
        octets->erase(octets->begin(), octets->begin() + 12);
    }
    if (octets->size() != network.address.size()) return false;
    for (std::size_t at = 0; at < network.prefix; ++at) {
        if (bit(*octets, at) != bit(network.address, at)) return false;
    }
    return true;
}

}  // namespace hallmark
