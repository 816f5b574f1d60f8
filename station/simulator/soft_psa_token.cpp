#include "station/simulator/soft_psa_token.h"

#include "ca/crypto/hash.h"
#include "station/simulator/soft_cbor.h"

namespace hallmark {
namespace {

constexpr std::string_view silabs_root = "Device Root CA", silabs_factory = "Factory",
                           silabs_batch = "Batch 1001317";

Bytes random_instance(EVP_PKEY* key) {
    return concat({Bytes{0x01}, sha256(spki_of(key))});
}

Bytes software(std::string_view type, std::string_view version, unsigned char fill,
               bool has_signer) {
    std::vector<std::pair<Bytes, Bytes>> pairs{
        {soft_cbor_number(1), soft_cbor_text(type)},
        {soft_cbor_number(4), soft_cbor_text(version)},
        {soft_cbor_number(2), soft_cbor_bytes(Bytes(32, fill))}};
    if (has_signer) pairs.emplace_back(soft_cbor_number(5), soft_cbor_bytes(Bytes(32, 0x51)));
    return soft_cbor_map(pairs);
}

/// RFC 9783; the drafts had the boot seed under another key.
SoftClaims new_claims(SoftPsaForm form) {
    const bool is_rfc = form == SoftPsaForm::tfm;
    return {{265, soft_cbor_text(is_rfc ? "tag:psacertified.org,2023:psa#tfm"
                                        : "http://arm.com/psa/2.0.0")},
            {2395, soft_cbor_number(0x3000)},
            {2396, soft_cbor_bytes(SoftPsaPlatform::implementation_id())},
            {is_rfc ? 268 : 2397, soft_cbor_bytes(Bytes(32, 0xB5))},
            {2398, soft_cbor_text("1234567890123-12345")},
            {2399, soft_cbor_array({software("BL", "2.1.0", 0xA1, true),
                                    software("PRoT", "1.3.5", 0xA2, true),
                                    software("ARoT", "0.1.4", 0xA3, true)})},
            {2400, soft_cbor_text("https://verifier.example")}};
}

SoftClaims old_claims(SoftPsaForm form) {
    const bool is_silabs = form == SoftPsaForm::silabs;
    SoftClaims claims{{-75000, soft_cbor_text("PSA_IOT_PROFILE_1")},
                      {-75002, soft_cbor_number(0x3000)},
                      {-75003, soft_cbor_bytes(SoftPsaPlatform::implementation_id())},
                      {-75004, soft_cbor_bytes(Bytes(32, 0xB5))}};
    if (is_silabs) {
        claims.emplace_back(-75006, soft_cbor_array({software("PRoT", "00010209", 0xA2, false)}));
        return claims;
    }
    claims.emplace_back(-75005, soft_cbor_text("1234567890123"));
    claims.emplace_back(-75006, soft_cbor_array({software("BL", "2.1.0", 0xA1, true),
                                                 software("PRoT", "1.3.5", 0xA2, true)}));
    claims.emplace_back(-75010, soft_cbor_text("www.example.org"));
    return claims;
}

}  // namespace

SoftPsaPlatform::SoftPsaPlatform(const SoftTokenMaker& maker, SoftPsaForm form)
    : key_(soft_p256_key()),
      chain_({maker.certify(spki_of(key_.get()))}),
      instance_id_(random_instance(key_.get())),
      form_(form) {}

SoftPsaPlatform::SoftPsaPlatform(PkeyPtr attestation_key, std::vector<Bytes> chain,
                                 Bytes instance_id, SoftPsaForm form)
    : key_(std::move(attestation_key)),
      chain_(std::move(chain)),
      instance_id_(std::move(instance_id)),
      form_(form) {}

Bytes SoftPsaPlatform::implementation_id() {
    return to_bytes("example-implementation-id-000001");
}

Bytes SoftPsaPlatform::attest(ByteView nonce, const SoftReport& how, std::int64_t client_id) const {
    const bool is_new = form_ == SoftPsaForm::tfm || form_ == SoftPsaForm::psa_2_0_0;
    SoftClaims claims = is_new ? new_claims(form_) : old_claims(form_);
    claims.emplace_back(is_new ? 10 : -75008, soft_cbor_bytes(nonce));
    claims.emplace_back(is_new ? 256 : -75009, soft_cbor_bytes(instance_id_));
    claims.emplace_back(is_new ? 2394 : -75001, soft_cbor_number(client_id));
    return soft_token(key_.get(), std::move(claims), how);
}

SoftSilabs::SoftSilabs()
    : root_key_(soft_p256_key()),
      factory_key_(soft_p256_key()),
      batch_key_(soft_p256_key()),
      root_(soft_ca_certificate(silabs_root, silabs_root, root_key_.get(), root_key_.get())),
      factory_(
          soft_ca_certificate(silabs_factory, silabs_root, factory_key_.get(), root_key_.get())),
      batch_(soft_ca_certificate(silabs_batch, silabs_factory, batch_key_.get(),
                                 factory_key_.get())) {}

SoftPsaPlatform SoftSilabs::platform(ByteView eui, std::string_view words) const {
    constexpr unsigned digital_signature = 0;
    PkeyPtr key = soft_p256_key();
    std::string name = "EUI:";
    for (const char digit : to_hex(eui))
        name.push_back(digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit);
    name.append(words);
    const Bytes certificate = soft_certificate(
        {.issuer = soft_name(silabs_batch),
         .subject = soft_name(name),
         .spki = spki_of(key.get()),
         .extensions = concat({soft_basic_constraints(false), soft_key_usage(digital_signature)}),
         .not_before = from_rfc3339("2019-11-19T15:10:33Z").value(),
         .not_after = from_rfc3339("2119-11-19T15:10:33Z").value()},
        batch_key_.get());
    return SoftPsaPlatform(std::move(key), {certificate, batch_, factory_},
                           concat({Bytes{0x06}, eui}), SoftPsaForm::silabs);
}

}  // namespace hallmark
