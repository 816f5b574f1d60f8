// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/nxp_se05x_apdu.cpp
// Commands, responses and attributes of an SE05x: the first octet chooses which, the second the
// applet.
#include "ca/attestation/nxp_se05x_apdu.h"

#include <cstdint>
#include <cstdlib>

namespace {

constexpr hallmark::AppletVersion applets[] = {{3, 1, 0}, {6, 0, 0}, {7, 2, 0}};

void read_command(hallmark::ByteView octets) {
    const auto command = hallmark::parse_se05x_command(octets);
    if (command && command->random.size() != 16) std::abort();
}

void read_response(hallmark::ByteView octets, const hallmark::AppletVersion& applet) {
    const auto response = hallmark::parse_se05x_response(octets, hallmark::ByteView(), applet);
    if (!response) return;
    const bool has_lengths = applet >= hallmark::first_se05x_with_lengths;
    if (response->chip.size() != 18 || response->random.size() != (has_lengths ? 0 : 16))
        std::abort();
    // Digest, five heads and the object's size; or the random octets.
    const std::size_t around = has_lengths ? 32 + 5 * 4 + 2 : 16;
    if (response->tbs.size() !=
        around + 12 + 18 + response->data.size() + response->attributes.size())
        std::abort();
}

void read_attributes(hallmark::ByteView octets, const hallmark::AppletVersion& applet) {
    const auto read = hallmark::parse_se05x_attributes(octets, applet);
    if (!read) return;
    const std::size_t tail = applet.major >= 6 ? 5 : 1;
    if (read->policies.size() > 16 || octets.size() != 14 + 9 * read->policies.size() + tail)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const hallmark::AppletVersion& applet = applets[data[1] % 3];
    const hallmark::ByteView octets(data + 2, size - 2);
    switch (data[0] % 3) {
        case 0:
            read_command(octets);
            break;
        case 1:
            read_response(octets, applet);
            break;
        default:
            read_attributes(octets, applet);
    }
    return 0;
}
