// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/crypto/cose.cpp
// COSE_Sign1 in each of its forms: the first octet chooses tag and unprotected header.
#include "ca/crypto/cose.h"

#include <cstdint>
#include <cstdlib>

namespace {

const hallmark::PublicKey& some_key() {
    // The base point of P-256 (SP 800-186 3.2.1.3): a key whose private half is 1.
    static const hallmark::PublicKey key =
        hallmark::ec_public_key(
            hallmark::KeyAlgorithm::ec_p256,
            *hallmark::from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
            *hallmark::from_hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"))
            .value();
    return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    const hallmark::CoseForm form{
        .tag = (data[0] & 1u) != 0 ? hallmark::CoseTag::forbidden : hallmark::CoseTag::required,
        .unprotected = (data[0] & 2u) != 0 ? hallmark::CoseUnprotected::hints
                                           : hallmark::CoseUnprotected::empty};
    const auto message = hallmark::parse_cose_sign1(octets, form);
    if (!message) return 0;
    // What is signed is one item again, whose parts are the message's.
    const auto structure = hallmark::parse_cbor(hallmark::cose_signed_octets(*message),
                                                {.octets = size + 64, .depth = 2, .items = 8});
    if (!structure || structure->items.size() != 4 ||
        structure->items[1].octets != message->protected_header ||
        structure->items[3].octets != message->payload) {
        std::abort();
    }
    const bool is_signed = hallmark::verify_cose_sign1(*message, some_key()).has_value();
    if (is_signed && message->signature.size() != 64) std::abort();
    return 0;
}
