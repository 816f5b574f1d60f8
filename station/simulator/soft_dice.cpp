#include "station/simulator/soft_dice.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

constexpr unsigned key_cert_sign = 5;  // RFC 5280 4.2.1.3
constexpr std::string_view device_name = "Example DeviceID", first_name = "Example layer 0",
                           alias_name = "Example alias";
// tcg-dice, 2.23.133.5.4.
constexpr std::string_view tcb_info_oid = "2.23.133.5.4.1", ueid_oid = "2.23.133.5.4.4",
                           several_oid = "2.23.133.5.4.5";
// A layer has no clock: from TCG's publication of DICE on, and without an end.
const Instant from = from_rfc3339("2018-03-22T23:59:59Z").value();
const Instant until = from_rfc3339("9999-12-31T23:59:59Z").value();

Bytes implicit(unsigned number, ByteView content) {
    return der(tag::context(number, false), content);
}

/// An INTEGER's content octets.
Bytes number_content(std::int64_t value) {
    const Bytes integer = der_integer(value);
    return {integer.begin() + 2, integer.end()};
}

Bytes fwid(ByteView sha256) {
    return der_sequence({der_oid("2.16.840.1.101.3.4.2.1"), der_octet_string(sha256)});
}

struct Subject {
    std::string_view name;
    Bytes spki;
    Bytes extensions;
};

Bytes certified(const Subject& subject, std::string_view issuer, EVP_PKEY* issuer_key) {
    return soft_certificate(
        {.issuer = soft_name(issuer),
         .subject = soft_name(subject.name),
         .spki = subject.spki,
         .extensions =
             concat({soft_subject_key_identifier(subject.spki),
                     soft_authority_key_identifier(spki_of(issuer_key)), subject.extensions}),
         .not_before = from,
         .not_after = until},
        issuer_key);
}

Bytes authority(ByteView more) {
    return concat({soft_basic_constraints(true), soft_key_usage(key_cert_sign), more});
}

}  // namespace

Bytes soft_tcb_info(const SoftTcbInfo& info) {
    Bytes fields = concat({implicit(0, as_bytes(info.vendor)), implicit(1, as_bytes(info.model))});
    if (info.version) append(fields, implicit(2, as_bytes(*info.version)));
    if (info.svn) append(fields, implicit(3, number_content(*info.svn)));
    append(fields, implicit(4, number_content(info.layer)));
    if (info.digest) append(fields, der(tag::context(6, true), fwid(*info.digest)));
    if (info.flags) append(fields, implicit(7, *info.flags));
    if (info.flags_mask) append(fields, implicit(10, *info.flags_mask));
    return der(tag::sequence, fields);
}

Bytes soft_tcb_info_extension(const std::vector<SoftTcbInfo>& infos) {
    if (infos.size() == 1) return soft_extension(tcb_info_oid, true, soft_tcb_info(infos.front()));
    Bytes all;
    for (const SoftTcbInfo& info : infos)
        append(all, soft_tcb_info(info));
    return soft_extension(several_oid, true, der(tag::sequence, all));
}

Bytes soft_riot_extension(ByteView issuer_spki, ByteView sha256) {
    return soft_extension(tcb_info_oid, false,
                          der_sequence({der_integer(1), issuer_spki, fwid(sha256)}));
}

Bytes soft_ueid_extension(ByteView ueid) {
    return soft_extension(ueid_oid, false, der_sequence({der_octet_string(ueid)}));
}

SoftDiceMaker::SoftDiceMaker() : key_(soft_p256_key()), name_("Example DICE Root") {
    root_ = soft_ca_certificate(name_, name_, key_.get(), key_.get());
}

SoftDiceMaker::SoftDiceMaker(PkeyPtr key, Bytes certificate, std::string name)
    : key_(std::move(key)), root_(std::move(certificate)), name_(std::move(name)) {}

SoftDiceMaker SoftDiceMaker::branch() const {
    constexpr std::string_view below = "Example DICE CA";
    PkeyPtr key = soft_p256_key();
    Bytes certificate = soft_ca_certificate(below, name_, key.get(), key_.get());
    return {std::move(key), std::move(certificate), std::string(below)};
}

Bytes SoftDiceMaker::certify(ByteView spki, ByteView extensions) const {
    return certified(
        {.name = device_name, .spki = to_bytes(spki), .extensions = authority(extensions)}, name_,
        key_.get());
}

SoftDice::SoftDice(const SoftDiceMaker& maker, ByteView ueid)
    : device_id_(soft_p256_key()),
      certificate_(maker.certify(spki_of(device_id_.get()), soft_ueid_extension(ueid))),
      first_layer_(soft_p256_key()) {}

SoftDice::SoftDice(PkeyPtr device_id, Bytes certificate)
    : device_id_(std::move(device_id)),
      certificate_(std::move(certificate)),
      first_layer_(soft_p256_key()) {}

std::vector<Bytes> SoftDice::chain(ByteView alias_spki, const SoftDiceLayers& how) const {
    const Bytes first = certified(
        {.name = first_name,
         .spki = spki_of(first_layer_.get()),
         .extensions = authority(how.first_says.value_or(soft_tcb_info_extension({how.first})))},
        device_name, device_id_.get());
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    Bytes alias_extensions =
        concat({soft_basic_constraints(how.alias_is_authority), soft_key_usage(how.alias_usage),
                how.alias_says.value_or(soft_tcb_info_extension({how.alias}))});
    Bytes alias = certified({.name = alias_name,
                             .spki = to_bytes(alias_spki),
                             .extensions = std::move(alias_extensions)},
                            first_name, first_layer_.get());
    if (other) {
        // Everything as it was but for the signature.
        const auto outer = sole_element(alias, tag::sequence);
        const Bytes tbs = to_bytes(DerReader(outer->content).any()->whole);
        alias = der_sequence(
            {tbs, soft_ecdsa_with_sha256(), der_bit_string(sign_sha256(other.get(), tbs))});
    }
    return {std::move(alias), first, certificate_};
}

Bytes SoftDice::answer(EVP_PKEY* alias, ByteView nonce) {
    return sign_sha256(alias, concat({as_bytes("hallmark-dice-v1"), Bytes{0}, nonce}));
}

}  // namespace hallmark
