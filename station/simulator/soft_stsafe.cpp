#include "station/simulator/soft_stsafe.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/keys.h"

namespace hallmark {
namespace {

constexpr std::size_t spki_p384 = 120;  // And 91 on P-256.
const Instant from = from_rfc3339("2021-03-05T00:00:00Z").value();
const Instant until = from_rfc3339("2051-03-05T00:00:00Z").value();

Bytes attribute(std::string_view type, const Bytes& value) {
    return der_set_of({der_sequence({der_oid(type), value})});
}

Bytes stm_name(std::string_view country, std::string_view organisation, std::string_view cn) {
    std::vector<Bytes> parts{attribute("2.5.4.6", der_printable(country)),
                             attribute("2.5.4.10", der_utf8(organisation))};
    if (!cn.empty()) parts.push_back(attribute("2.5.4.3", der_utf8(cn)));
    Bytes name;
    for (const Bytes& part : parts)
        append(name, ByteView(part));
    return der(tag::sequence, name);
}

Bytes authority() {
    return stm_name("NL", "STMicroelectronics nv", "STM STSAFE-A PROD CA 01");
}

Bytes two(std::size_t number) {
    return {static_cast<unsigned char>(number >> 8), static_cast<unsigned char>(number)};
}

Bytes counted(ByteView octets) {
    return concat({two(octets.size()), octets});
}

std::string upper(ByteView octets) {
    std::string text = to_hex(octets);
    for (char& c : text) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

}  // namespace

SoftStm::SoftStm()
    : key_(soft_p256_key()),
      // As ST's has it: basicConstraints and nothing else.
      root_(soft_certificate({.issuer = authority(),
                              .subject = authority(),
                              .spki = spki_of(key_.get()),
                              .extensions = soft_basic_constraints(true),
                              .not_before = from_rfc3339("2018-07-27T00:00:00Z").value(),
                              .not_after = from_rfc3339("2048-07-27T00:00:00Z").value(),
                              .serial = {1}},
                             key_.get())) {}

Bytes SoftStm::certify(ByteView spki, ByteView serial, const SoftStsafeCertificate& how) const {
    const std::string name = how.name.value_or("eval3-" + upper(serial));
    return soft_certificate({.issuer = authority(),
                             .subject = stm_name("FR", "STMicroelectronics", name),
                             .spki = to_bytes(spki),
                             .extensions = how.extensions,
                             .not_before = from,
                             .not_after = until,
                             .serial = to_bytes(serial)},
                            key_.get());
}

SoftStsafe::SoftStsafe(const SoftStm& maker)
    // Eleven octets, the first and the last two those of the product.
    : serial_(concat({Bytes{0x02, 0x09}, random_bytes(7), Bytes{0x01, 0x39}})),
      slot_0_(soft_p256_key()),
      certificate_(maker.certify(spki_of(slot_0_.get()), serial_)) {}

SoftStsafe::SoftStsafe(Bytes serial, PkeyPtr slot_0, Bytes certificate)
    : serial_(std::move(serial)),
      slot_0_(std::move(slot_0)),
      certificate_(std::move(certificate)) {}

std::vector<Bytes> SoftStsafe::session(ByteView spki, ByteView nonce, const SoftKeyOrder& order) {
    const bool wide = spki.size() == spki_p384;
    const std::size_t width = wide ? 48 : 32;
    const ByteView y = spki.last(width);
    const ByteView x = spki.last(2 * width).first(width);
    const Bytes natural = wide ? Bytes{0x2B, 0x81, 0x04, 0x00, 0x22}
                               : Bytes{0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
    const Bytes make =
        concat({Bytes{static_cast<unsigned char>(order.host_mac ? 0xB1 : 0x11), 0x13, order.slot},
                two(order.use_limit), two(order.mode), counted(order.curve.value_or(natural)),
                order.host_mac ? Bytes(4, 0x6D) : Bytes()});
    return {Bytes{0x00}, make, concat({Bytes{0x00, 0x04}, counted(x), counted(y)}),
            concat({Bytes{0x15}, nonce})};
}

Bytes SoftStsafe::sign(const std::vector<Bytes>& messages) const {
    Bytes hashed;
    unsigned char kind = 2;  // The first is a response.
    for (const Bytes& message : messages) {
        append(hashed, concat({Bytes{kind}, counted(message)}));
        kind = kind == 2 ? 1 : 2;
    }
    const bool wide = spki_of(slot_0_.get()).size() == spki_p384;
    const Bytes der =
        wide ? sign_sha384(slot_0_.get(), hashed) : sign_sha256(slot_0_.get(), hashed);
    const std::size_t width = wide ? 48 : 32;
    const Bytes raw = ecdsa_raw_from_der(der, width).value();
    const ByteView both(raw);
    return concat({counted(both.first(width)), counted(both.last(width))});
}

}  // namespace hallmark
