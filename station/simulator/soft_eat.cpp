#include "station/simulator/soft_eat.h"

#include "ca/crypto/hash.h"
#include "station/simulator/soft_cbor.h"

namespace hallmark {

SoftEatEntity::SoftEatEntity(const SoftTokenMaker& maker)
    : key_(soft_p256_key()),
      chain_({maker.certify(spki_of(key_.get()))}),
      ueid_(concat({Bytes{0x01}, ByteView(sha256(spki_of(key_.get()))).first(16)})) {}

SoftEatEntity::SoftEatEntity(PkeyPtr attestation_key, std::vector<Bytes> chain, Bytes ueid)
    : key_(std::move(attestation_key)), chain_(std::move(chain)), ueid_(std::move(ueid)) {}

Bytes SoftEatEntity::attest(ByteView nonce, const SoftReport& how) const {
    constexpr std::int64_t enterprise = 32473;    // RFC 5612: for examples.
    constexpr std::int64_t multipartnumeric = 1;  // RFC 9393 4.1: the version's scheme.
    const SoftClaims claims{
        {10, soft_cbor_bytes(nonce)},
        {256, soft_cbor_bytes(ueid_)},
        {258, soft_cbor_number(enterprise)},
        {259, soft_cbor_bytes(to_bytes("Example entity 1"))},
        {260, soft_cbor_array({soft_cbor_text("B1")})},
        {262, {0xF5}},
        {263, soft_cbor_number(2)},
        {265, soft_cbor_text("https://example.org/eat/1")},
        {270, soft_cbor_text("Example firmware")},
        {271, soft_cbor_array({soft_cbor_text("4.2.1"), soft_cbor_number(multipartnumeric)})},
        {275, soft_cbor_number(4)}};
    return soft_token(key_.get(), claims, how);
}

}  // namespace hallmark
