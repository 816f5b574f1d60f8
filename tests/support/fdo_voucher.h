// Ownership vouchers for tests, made part by part so that any of them may be spoilt. Header-only.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "tests/support/pki.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark::testing {

namespace cbor {

inline Bytes head(unsigned major, std::uint64_t value) {
    const auto first = [&](unsigned information) {
        return static_cast<unsigned char>(major << 5 | information);
    };
    if (value < 24) return {first(static_cast<unsigned>(value))};
    const unsigned octets = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
    Bytes out{first(octets == 1 ? 24 : octets == 2 ? 25 : 26)};
    for (unsigned shift = 8 * octets; shift > 0; shift -= 8)
        out.push_back(static_cast<unsigned char>(value >> (shift - 8)));
    return out;
}
inline Bytes number(std::int64_t value) {
    return value >= 0 ? head(0, static_cast<std::uint64_t>(value))
                      : head(1, static_cast<std::uint64_t>(-1 - value));
}
inline Bytes bytes(ByteView content) {
    return concat({head(2, content.size()), content});
}
inline Bytes text(std::string_view content) {
    return concat({head(3, content.size()), as_bytes(content)});
}
inline Bytes array(const std::vector<Bytes>& items) {
    Bytes out = head(4, items.size());
    for (const Bytes& item : items)
        append(out, item);
    return out;
}
inline Bytes null() {
    return {0xF6};
}

}  // namespace cbor

inline Bytes fdo_hash(ByteView octets) {
    return cbor::array({cbor::number(-16), cbor::bytes(sha256(octets))});
}
/// SECP256R1 in X.509 encoding.
inline Bytes fdo_key(const TestKey& key) {
    return cbor::array({cbor::number(10), cbor::number(1), cbor::bytes(key.spki())});
}

/// Tagged COSE_Sign1, ES256.
inline Bytes fdo_sign(const TestKey& key, ByteView payload) {
    const Bytes header = concat({cbor::head(5, 1), cbor::number(1), cbor::number(-7)});
    const Bytes signed_octets = cbor::array(
        {cbor::text("Signature1"), cbor::bytes(header), cbor::bytes({}), cbor::bytes(payload)});
    const Bytes raw =
        *ecdsa_raw_from_der(key.sign(signed_octets, SignatureAlgorithm::ecdsa_sha256), 32);
    return concat({cbor::head(6, 18), cbor::array({cbor::bytes(header), cbor::head(5, 0),
                                                   cbor::bytes(payload), cbor::bytes(raw)})});
}

/// One device's voucher; each part is as it should be unless a test says otherwise.
struct FdoVoucher {
    const TestKey& maker;
    std::vector<const TestKey*> owners;  ///< After the maker, one a transfer.
    Bytes guid;                          ///< 16 octets.
    std::vector<Bytes> certificates;     ///< The device's first.
    std::string device_information = "Gateway 5";
    std::int64_t version = 101;
    bool hashes_payload_alone = false;
    /// Spoils the payload of a transfer before it is signed.
    std::function<void(std::size_t transfer, std::vector<Bytes>& parts)> spoil_payload = {};
    /// Spoils the voucher's own parts, the header's after it was made.
    std::function<void(std::vector<Bytes>& header)> spoil_header = {};
    std::function<void(std::vector<Bytes>& parts)> spoil = {};
};

inline Bytes fdo_voucher(const FdoVoucher& wanted) {
    Bytes chain;
    std::vector<Bytes> certificates;
    for (const Bytes& certificate : wanted.certificates) {
        append(chain, certificate);
        certificates.push_back(cbor::bytes(certificate));
    }
    std::vector<Bytes> header_parts{
        cbor::number(wanted.version),   cbor::bytes(wanted.guid),
        cbor::array({cbor::array({})}), cbor::text(wanted.device_information),
        fdo_key(wanted.maker),          fdo_hash(chain)};
    if (wanted.spoil_header) wanted.spoil_header(header_parts);
    const Bytes header = cbor::array(header_parts);
    const Bytes hmac = cbor::array({cbor::number(5), cbor::bytes(Bytes(32, 0x5A))});
    const Bytes device = concat({wanted.guid, as_bytes(wanted.device_information)});
    Bytes before = concat({header, hmac});
    const TestKey* owner = &wanted.maker;
    std::vector<Bytes> entries;
    for (std::size_t i = 0; i < wanted.owners.size(); ++i) {
        std::vector<Bytes> parts{fdo_hash(before), fdo_hash(device), cbor::null(),
                                 fdo_key(*wanted.owners[i])};
        if (wanted.spoil_payload) wanted.spoil_payload(i, parts);
        const Bytes payload = cbor::array(parts);
        entries.push_back(fdo_sign(*owner, payload));
        before = wanted.hashes_payload_alone ? payload : entries.back();
        owner = wanted.owners[i];
    }
    std::vector<Bytes> parts{cbor::number(wanted.version), cbor::bytes(header), hmac,
                             cbor::array(certificates), cbor::array(entries)};
    if (wanted.spoil) wanted.spoil(parts);
    return cbor::array(parts);
}

}  // namespace hallmark::testing
