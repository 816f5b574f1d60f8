#include "server/http/request_id.h"

#include "ca/domain/bytes.h"
#include "ca/domain/fault.h"

#include <array>

#include <openssl/rand.h>

namespace hallmark {

std::string make_request_id() {
    std::array<unsigned char, 16> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
        throw Fault("the random generator gave nothing");
    }
    octets[6] = static_cast<unsigned char>((octets[6] & 0x0fu) | 0x40u);
    octets[8] = static_cast<unsigned char>((octets[8] & 0x3fu) | 0x80u);
    std::string text = to_hex(octets);
    for (const std::size_t place : {20u, 16u, 12u, 8u})
        text.insert(place, 1, '-');
    return text;
}

}  // namespace hallmark
