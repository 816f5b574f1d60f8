#include "station/simulator/soft_atecc.h"

#include "ca/crypto/hash.h"
#include "ca/crypto/keys.h"

#include <stdexcept>

namespace hallmark {
namespace {

constexpr std::size_t num_in_size = 20;
constexpr unsigned char nonce_command = 0x16, genkey_command = 0x40, sign_command = 0x41;

/// TempKey, with where it came from.
struct TempKey {
    Bytes value;
    bool is_given = false;
};

Bytes random_of(const SoftAteccTelling& how) {
    if (!how.is_unconfigured) return random_bytes(32);
    Bytes fixed;
    while (fixed.size() < 32)
        append(fixed, Bytes{0xFF, 0xFF, 0x00, 0x00});
    return fixed;
}

TempKey after_nonce(ByteView rand_out, ByteView nonce, const SoftAteccTelling& how) {
    if (how.gives_nonce) return {.value = to_bytes(nonce.first(32)), .is_given = true};
    const Bytes command{nonce_command, how.nonce_mode, 0x00};
    return {
        .value = to_bytes(ByteView(sha256(concat({rand_out, nonce.first(num_in_size), command})))),
        .is_given = false};
}

void overwrite(Bytes& message, const std::map<std::size_t, unsigned char>& octets) {
    for (const auto& [at, octet] : octets)
        message.at(at) = octet;
}

Bytes genkey_message(const Bytes& temp_key, ByteView spki, ByteView serial,
                     const SoftAteccTelling& how) {
    Bytes message(128, 0x00);
    std::copy(temp_key.begin(), temp_key.end(), message.begin());
    message[32] = genkey_command;
    message[33] = how.genkey_mode;
    message[34] = static_cast<unsigned char>(how.slot);
    message[36] = serial[8];
    message[37] = serial[0];
    message[38] = serial[1];
    const Bytes point = soft_point(spki);
    std::copy(point.begin(), point.end(), message.begin() + 64);
    overwrite(message, how.genkey_octets);
    return message;
}

Bytes sign_message(const Bytes& genkey, bool given_nonce, ByteView serial,
                   const SoftAteccTelling& how) {
    Bytes message(55, 0x00);
    const Digest temp_key = sha256(genkey);
    std::copy(temp_key.begin(), temp_key.end(), message.begin());
    message[32] = sign_command;
    message[33] = how.sign_mode;
    message[34] = static_cast<unsigned char>(how.signing_slot);
    message[36] = static_cast<unsigned char>(how.slot_config);
    message[37] = static_cast<unsigned char>(how.slot_config >> 8);
    message[38] = static_cast<unsigned char>(how.key_config);
    message[39] = static_cast<unsigned char>(how.key_config >> 8);
    const unsigned keyed = how.public_key_slot.value_or(how.slot);
    message[40] = static_cast<unsigned char>(0x40 | (given_nonce ? 0x10 : 0) | (keyed & 0x0F));
    message[43] = serial[8];
    message[48] = serial[0];
    message[49] = serial[1];
    if (how.whole_serial) {
        std::copy(serial.begin() + 4, serial.begin() + 8, message.begin() + 44);
        std::copy(serial.begin() + 2, serial.begin() + 4, message.begin() + 50);
    }
    message[52] = how.is_locked ? 0x00 : 0x01;
    overwrite(message, how.sign_octets);
    return message;
}

}  // namespace

SoftAteccStatement SoftAtecc::attest(ByteView spki, ByteView nonce,
                                     const SoftAteccTelling& how) const {
    SoftAteccStatement statement;
    statement.rand_out = random_of(how);
    const TempKey temp_key = after_nonce(statement.rand_out, nonce, how);
    statement.genkey = genkey_message(temp_key.value, spki, serial_, how);
    statement.sign_internal = sign_message(statement.genkey, temp_key.is_given, serial_, how);
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    const auto raw = ecdsa_raw_from_der(
        sign_sha256(other ? other.get() : key_.get(), statement.sign_internal), 32);
    if (!raw) throw std::logic_error("not a P-256 signature");
    statement.signature = *raw;
    return statement;
}

}  // namespace hallmark
