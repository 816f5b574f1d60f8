#include "station/simulator/soft_key_attestation.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Example HSM Root";
const std::string arc = "1.3.6.1.5.5.999";
const Instant from = from_rfc3339("2024-01-01T00:00:00Z").value();
const Instant until = from_rfc3339("2049-01-01T00:00:00Z").value();

Bytes claim(const std::string& number, ByteView value) {
    return der_sequence({der_oid(arc + ".1." + number), value});
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts)
        append(all, ByteView(part));
    return all;
}

Bytes element(const std::string& number, const std::vector<Bytes>& claims) {
    return der_sequence({der_oid(arc + ".0." + number), der(tag::sequence, joined(claims))});
}

Bytes key_element(ByteView spki, const SoftKeyReport& how) {
    std::vector<Bytes> claims{claim("2.0", der_utf8("key-1")),
                              claim("2.1", der_octet_string(spki))};
    const auto say = [&](const char* number, const std::optional<bool>& value) {
        if (value) claims.push_back(claim(number, der_boolean(*value)));
    };
    say("2.2", how.extractable);
    say("2.3", how.sensitive);
    say("2.4", how.never_extractable);
    say("2.5", how.local);
    if (how.claim_twice) say("2.5", how.local);
    if (!how.purpose.empty()) claims.push_back(claim("2.7", der_sequence({der_oid(how.purpose)})));
    return element("2", claims);
}

}  // namespace

SoftHsmMaker::SoftHsmMaker()
    : key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, key_.get(), key_.get())) {}

Bytes SoftHsmMaker::certify(ByteView spki, std::string_view purpose) const {
    return soft_certificate(
        {.issuer = soft_name(root_name),
         .subject = soft_name("Example HSM attestation key"),
         .spki = to_bytes(spki),
         .extensions = concat(
             {soft_basic_constraints(false), soft_key_usage(0), soft_subject_key_identifier(spki),
              soft_authority_key_identifier(spki_of(key_.get())),
              soft_extension("2.5.29.37", false, der_sequence({der_oid(purpose)}))}),
         .not_before = from,
         .not_after = until},
        key_.get());
}

SoftKeyAttester::SoftKeyAttester(const SoftHsmMaker& maker, std::string serial)
    : key_(soft_p256_key()),
      certificate_(maker.certify(spki_of(key_.get()))),
      serial_(std::move(serial)) {}

SoftKeyAttester::SoftKeyAttester(PkeyPtr attestation_key, Bytes certificate, std::string serial)
    : key_(std::move(attestation_key)),
      certificate_(std::move(certificate)),
      serial_(std::move(serial)) {}

Bytes SoftKeyAttester::attest(ByteView spki, ByteView nonce, const SoftKeyReport& how) const {
    const Bytes deal = element(
        "0", {claim("0.0", der_octet_string(nonce)),
              claim("0.2", der_octet_string(how.stated_signer.value_or(spki_of(key_.get()))))});
    std::vector<Bytes> elements{deal};
    if (how.transaction_twice) elements.push_back(deal);
    elements.push_back(element(
        "1", {claim("1.0", der_utf8("Example")), claim("1.2", der_octet_string(as_bytes("HSM-1"))),
              claim("1.4", der_utf8(serial_)), claim("1.6", der_utf8("2.1.0"))}));
    if (how.has_key) elements.push_back(key_element(spki, how));
    if (how.key_twice) elements.push_back(key_element(spki, how));
    const Bytes tbs =
        der_sequence({der_integer(how.version), der(tag::sequence, joined(elements))});
    Bytes signer;
    if (how.key_id) append(signer, der(tag::context(0, true), der_octet_string(*how.key_id)));
    append(signer, der(tag::context(2, true), certificate_));
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    Bytes blocks;
    for (int i = 0; i < how.signatures; ++i) {
        append(blocks, der_sequence(
                           {der(tag::sequence, signer), soft_ecdsa_with_sha256(),
                            der_octet_string(sign_sha256(other ? other.get() : key_.get(), tbs))}));
    }
    return der_sequence({tbs, der(tag::sequence, blocks)});
}

}  // namespace hallmark
