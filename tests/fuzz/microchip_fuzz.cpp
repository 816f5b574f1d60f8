// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/microchip_messages.cpp ca/attestation/microchip_compressed.cpp
// An ATECC608's messages as they come, the same with GenKey's digest in its place, and compressed
// certificates: the first octet chooses which.
#include "ca/attestation/microchip_compressed.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using hallmark::Bytes;
using hallmark::ByteView;

ByteView cut(ByteView& octets, std::size_t size) {
    const ByteView taken = octets.first(std::min(size, octets.size()));
    octets = octets.subspan(taken.size());
    return taken;
}

void read_messages(ByteView octets, bool in_place) {
    const ByteView rand_out = cut(octets, 32), genkey = cut(octets, 128);
    Bytes sign_internal = hallmark::to_bytes(octets);
    if (in_place && sign_internal.size() >= 32) {
        const hallmark::Digest digest = hallmark::sha256(genkey);
        std::copy(digest.begin(), digest.end(), sign_internal.begin());
    }
    const auto messages = hallmark::take_messages(
        {.rand_out = rand_out, .genkey = genkey, .sign_internal = sign_internal});
    if (!messages) return;
    const hallmark::AteccSerial serial = hallmark::serial_in(*messages);
    const auto unasked = hallmark::read_statement(*messages, {.serial = serial, .num_in = {}});
    // Nobody finds the octets whose hash stands there.
    const auto asked =
        hallmark::read_statement(*messages, {.serial = serial, .num_in = Bytes(20, 1)});
    if (asked && !unasked) std::abort();
    if (!unasked) return;
    if (unasked->slot > 15 || unasked->signing_slot > 15) std::abort();
    if (unasked->x.size() != 32 || unasked->y.size() != 32) std::abort();
    if (!std::equal(unasked->y.begin(), unasked->y.end(), genkey.end() - 32)) std::abort();
}

/// A name that ends in a common name, and a key identifier: all that is taken of an issuer.
const hallmark::Certificate& issuer() {
    static const hallmark::Certificate made = [] {
        hallmark::Certificate certificate;
        certificate.subject = hallmark::der_sequence({hallmark::der_set_of({hallmark::der_sequence(
            {hallmark::der_oid("2.5.4.3"), hallmark::der_utf8("Signer 0000")})})});
        certificate.extensions.push_back({.oid = "2.5.29.14",
                                          .critical = false,
                                          .value = hallmark::der_octet_string(Bytes(20, 2))});
        return certificate;
    }();
    return made;
}

void check_rebuilt(const hallmark::Result<Bytes>& rebuilt, ByteView point) {
    if (!rebuilt) return;
    const auto certificate = hallmark::parse_certificate(*rebuilt);
    if (!certificate) std::abort();
    if (!std::equal(point.begin(), point.end(), certificate->spki.end() - 64)) std::abort();
    const auto number = certificate->serial;
    if (number.size() != 16 || (number[0] & 0xC0u) != 0x40u) std::abort();
}

void rebuild(ByteView octets) {
    const auto compressed = hallmark::parse_compressed(cut(octets, 72));
    if (!compressed) return;
    if (compressed->not_after < compressed->not_before) std::abort();
    const ByteView point = cut(octets, 64);
    const hallmark::CompressedParts parts{
        .compressed = *compressed, .point = point, .issuer = issuer()};
    check_rebuilt(hallmark::rebuild_signer(parts), point);
    hallmark::DeviceName name{
        .serial = {0x01, 0x23}, .before = "sn", .after = " internal sign", .eui48 = {}};
    if (!octets.empty()) name.eui48 = hallmark::to_bytes(octets);
    check_rebuilt(hallmark::rebuild_device(parts, name), point);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView octets(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_messages(octets, false);
            break;
        case 1:
            read_messages(octets, true);
            break;
        default:
            rebuild(octets);
            break;
    }
    return 0;
}
