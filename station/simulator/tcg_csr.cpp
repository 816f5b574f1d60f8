#include "station/simulator/tcg_csr.h"

#include "ca/crypto/hash.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

void put32(Bytes& to, std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        to.push_back(static_cast<unsigned char>(value >> shift));
}

HashAlgorithm hash_from(std::uint32_t id) {
    return id == 0x0004   ? HashAlgorithm::sha1
           : id == 0x000C ? HashAlgorithm::sha384
           : id == 0x000D ? HashAlgorithm::sha512
                          : HashAlgorithm::sha256;
}

}  // namespace

Bytes TcgCsrContents::bytes() const {
    const HashAlgorithm algorithm = hash_from(hash_algorithm);
    const std::array<ByteView, 12> fields{
        as_bytes(product_model), as_bytes(product_serial), product_ca_data,
        boot_event_log,          ek_certificate,           attest_public,
        creation_ticket,         attest_certify_info,      attest_certify_signature,
        signing_public,          signing_certify_info,     signing_certify_signature};
    std::size_t octets = 3 * 4 + digest_size(algorithm) + 13 * 4;
    for (const ByteView field : fields)
        octets += field.size();
    const Bytes pad = random_bytes(padding.value_or((16 - octets % 16) % 16));

    Bytes hashed;
    for (const ByteView field : fields)
        put32(hashed, field.size());
    put32(hashed, pad.size());
    for (const ByteView field : fields)
        append(hashed, field);
    append(hashed, pad);

    Bytes out;
    put32(out, version);
    put32(out, hash_algorithm);
    const Bytes digest = hash.value_or(hallmark::hash(algorithm, hashed));
    put32(out, digest.size());
    append(out, digest);
    append(out, hashed);
    return out;
}

Bytes TcgCsrRequest::bytes() const {
    Bytes out;
    put32(out, version);
    put32(out, contents.size());
    put32(out, signature.size());
    append(out, contents);
    append(out, signature);
    return out;
}

}  // namespace hallmark
