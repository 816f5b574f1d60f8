// fuzz: NEEDS ca/domain
// covers: ca/domain/bytes.cpp ca/domain/clock.cpp ca/domain/ids.cpp
// The text forms of octets, times and names: whatever a decoder takes, the encoder writes back.
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// As text of strangers: one value has one spelling, the case of hexadecimal aside.
void decode_octets(std::string_view text) {
    if (const auto octets = from_hex(text)) require(to_hex(*octets) == lower(text));
    if (const auto octets = from_base64(text)) require(to_base64(*octets) == text);
    if (const auto octets = from_base64url(text)) require(to_base64url(*octets) == text);
    if (const auto digest = digest_from_hex(text)) {
        require(digest_from_bytes(*digest) == digest && to_hex(*digest) == lower(text));
    }
}

/// As octets of our own: what is written is read again.
void encode_octets(ByteView octets) {
    require(equal(from_hex(to_hex(octets)).value(), octets));
    require(equal(from_base64(to_base64(octets)).value(), octets));
    require(equal(from_base64url(to_base64url(octets)).value(), octets));
    require(equal(concat({octets.first(octets.size() / 2), octets.subspan(octets.size() / 2)}),
                  octets));
    Bytes twice = to_bytes(octets);
    append(twice, as_text(octets));
    require(twice.size() == 2 * octets.size() && equal(to_bytes(as_text(octets)), octets));
}

void decode_time(std::string_view text) {
    const auto instant = from_rfc3339(text);
    if (!instant) return;
    require(from_rfc3339(to_rfc3339(*instant)) == instant &&
            *instant < no_expiry() + std::chrono::seconds(1));
    const Instant second = floor_to_second(*instant);
    require(second <= *instant && floor_to_hour(second) <= second);
}

void decode_names(std::string_view text) {
    if (const auto uuid = parse_uuid(text, "id")) {
        require(*uuid == lower(text) && parse_uuid(*uuid, "id").value() == *uuid);
    }
    if (const auto slug = parse_slug_as<LotId>(text, "lot")) {
        require(slug->get() == text && text.size() <= 64 &&
                text.find_first_of("/%\\ \r\n") == std::string_view::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const ByteView octets(bytes, size);
    decode_octets(as_text(octets));
    encode_octets(octets);
    decode_time(as_text(octets));
    decode_names(as_text(octets));
    return 0;
}
