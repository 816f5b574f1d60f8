#include "station/simulator/soft_open_dice.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/keys.h"
#include "station/simulator/soft_cbor.h"

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Example Open DICE Root";
const Instant from = from_rfc3339("2018-03-22T23:59:59Z").value();
const Instant until = from_rfc3339("9999-12-31T23:59:59Z").value();

/// 20 octets that follow from the key; a positive INTEGER of 20 octets as well.
Bytes id_of(ByteView spki) {
    Bytes id = hash(HashAlgorithm::sha512, spki);
    id.resize(20);
    id[0] = static_cast<unsigned char>((id[0] & 0x3F) | 0x40);
    return id;
}

Bytes serial_name(std::string_view id) {
    return der_sequence({der_set_of({der_sequence({der_oid("2.5.4.5"), der_utf8(id)})})});
}

Bytes android_configuration() {
    return soft_cbor_map({{soft_cbor_number(-70002), soft_cbor_text("bl")},
                          {soft_cbor_number(-70003), soft_cbor_text("2.1")},
                          {soft_cbor_number(-70005), soft_cbor_number(9)}});
}

void explicitly(Bytes& to, unsigned number, const std::optional<Bytes>& octets) {
    if (octets) append(to, der(tag::context(number, true), der_octet_string(*octets)));
}

Bytes open_dice_input(const SoftOpenLayer& says) {
    if (says.instead) return *says.instead;
    Bytes fields;
    explicitly(fields, 0, says.code_hash);
    explicitly(fields, 2, says.configuration_hash);
    explicitly(fields, 3, says.configuration.value_or(android_configuration()));
    explicitly(fields, 4, says.authority_hash);
    if (says.mode) append(fields, der(tag::context(6, true), der(tag::enumerated, *says.mode)));
    if (says.profile) append(fields, der(tag::context(7, true), der_utf8(*says.profile)));
    return der(tag::sequence, fields);
}

struct Made {
    Bytes spki;
    EVP_PKEY* issuer;
    Bytes issuer_name;  ///< Name DER
};

Bytes x509_certificate(const Made& made, const SoftOpenLayer& says) {
    const Bytes id = id_of(made.spki);
    Bytes extensions = concat(
        {soft_extension("2.5.29.14", false, der_octet_string(id)),
         soft_extension("2.5.29.35", false,
                        der_sequence({der(tag::context(0, false), id_of(spki_of(made.issuer)))})),
         soft_key_usage(says.key_usage == Bytes{0x01} ? 0 : 5),
         soft_basic_constraints(says.key_usage != Bytes{0x01})});
    if (says.is_measured)
        append(extensions,
               soft_extension("1.3.6.1.4.1.11129.2.1.24", says.critical, open_dice_input(says)));
    const PkeyPtr other = says.another_key_signs ? soft_p256_key() : nullptr;
    return soft_certificate({.issuer = made.issuer_name,
                             .subject = serial_name(says.named.value_or(to_hex(id))),
                             .spki = made.spki,
                             .extensions = std::move(extensions),
                             .not_before = from,
                             .not_after = until},
                            other ? other.get() : made.issuer);
}

/// COSE_Key (RFC 9053 7.1) of a P-256 key, for checking signatures with ES256.
Bytes cose_key(ByteView spki) {
    const ByteView point = spki.last(64);
    return soft_cbor_map({{soft_cbor_number(1), soft_cbor_number(2)},
                          {soft_cbor_number(3), soft_cbor_number(-7)},
                          {soft_cbor_number(4), soft_cbor_array({soft_cbor_number(2)})},
                          {soft_cbor_number(-1), soft_cbor_number(1)},
                          {soft_cbor_number(-2), soft_cbor_bytes(point.first(32))},
                          {soft_cbor_number(-3), soft_cbor_bytes(point.last(32))}});
}

struct Issue {
    Bytes spki;
    EVP_PKEY* issuer;
    std::string issuer_id;
};

/// COSE_Sign1 (RFC 9052 4.2), untagged, over a CWT.
Bytes cbor_certificate(const Issue& issue, const SoftOpenLayer& says) {
    std::vector<std::pair<Bytes, Bytes>> claims{
        {soft_cbor_number(1), soft_cbor_text(issue.issuer_id)},
        {soft_cbor_number(2), soft_cbor_text(says.named.value_or(to_hex(id_of(issue.spki))))}};
    const auto claim = [&](std::int64_t label, const std::optional<Bytes>& octets) {
        if (octets) claims.emplace_back(soft_cbor_number(label), soft_cbor_bytes(*octets));
    };
    if (says.is_measured) {
        claim(-4670545, says.code_hash);
        claim(-4670547, says.configuration_hash);
        claim(-4670548, says.configuration.value_or(android_configuration()));
        claim(-4670549, says.authority_hash);
        claim(-4670551, says.mode);
        if (says.profile)
            claims.emplace_back(soft_cbor_number(-4670554), soft_cbor_text(*says.profile));
    }
    claim(-4670552, cose_key(issue.spki));
    claim(-4670553, says.key_usage);
    Bytes payload = soft_cbor_map(claims);
    payload[0] = static_cast<unsigned char>(payload[0] + says.more_pairs);
    append(payload, ByteView(says.more_claims));
    if (says.instead) payload = *says.instead;
    const Bytes header = soft_cbor_map({{soft_cbor_number(1), soft_cbor_number(-7)}});
    const Bytes structure = soft_cbor_array({soft_cbor_text("Signature1"), soft_cbor_bytes(header),
                                             soft_cbor_bytes({}), soft_cbor_bytes(payload)});
    const PkeyPtr other = says.another_key_signs ? soft_p256_key() : nullptr;
    const Bytes signature = sign_sha256(other ? other.get() : issue.issuer, structure);
    return soft_cbor_array({soft_cbor_bytes(header), soft_cbor_map({}), soft_cbor_bytes(payload),
                            soft_cbor_bytes(*ecdsa_raw_from_der(signature, 32))});
}

}  // namespace

SoftOpenDice::SoftOpenDice()
    : maker_(soft_p256_key()),
      uds_(soft_p256_key()),
      first_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, maker_.get(), maker_.get())) {}

std::vector<Bytes> SoftOpenDice::x509_chain(ByteView leaf_spki, const SoftOpenLayers& how) const {
    const Bytes uds_spki = spki_of(uds_.get()), first_spki = spki_of(first_.get());
    const Bytes uds_name = serial_name(to_hex(id_of(uds_spki)));
    const Bytes first_name = serial_name(how.first.named.value_or(to_hex(id_of(first_spki))));
    const Bytes uds = soft_certificate(
        {.issuer = soft_name(root_name),
         .subject = uds_name,
         .spki = uds_spki,
         .extensions =
             concat({soft_extension("2.5.29.14", false, der_octet_string(id_of(uds_spki))),
                     soft_authority_key_identifier(spki_of(maker_.get())), soft_key_usage(5),
                     soft_basic_constraints(true)}),
         .not_before = from,
         .not_after = until},
        maker_.get());
    return {x509_certificate(
                {.spki = to_bytes(leaf_spki), .issuer = first_.get(), .issuer_name = first_name},
                how.leaf),
            x509_certificate({.spki = first_spki, .issuer = uds_.get(), .issuer_name = uds_name},
                             how.first),
            uds};
}

std::vector<Bytes> SoftOpenDice::cbor_chain(EVP_PKEY* leaf, const SoftOpenLayers& how) const {
    const std::string uds_id = to_hex(id_of(spki_of(uds_.get())));
    const std::string first_id = how.first.named.value_or(to_hex(id_of(spki_of(first_.get()))));
    SoftOpenLayer silent;
    silent.is_measured = false;
    return {
        cbor_certificate({.spki = spki_of(leaf), .issuer = first_.get(), .issuer_id = first_id},
                         how.leaf),
        cbor_certificate({.spki = spki_of(first_.get()), .issuer = uds_.get(), .issuer_id = uds_id},
                         how.first),
        cbor_certificate({.spki = spki_of(uds_.get()),
                          .issuer = maker_.get(),
                          .issuer_id = std::string(root_name)},
                         silent)};
}

}  // namespace hallmark
