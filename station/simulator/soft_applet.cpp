#include "station/simulator/soft_applet.h"

#include "ca/crypto/der.h"

#include <algorithm>
#include <vector>

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Example Card Issuer Root";
const Instant from = from_rfc3339("2024-01-01T00:00:00Z").value();
const Instant until = from_rfc3339("2049-01-01T00:00:00Z").value();

Bytes card_name(std::string_view serial) {
    const auto rdn = [](std::string_view type, Bytes value) {
        return der_set_of({der_sequence({der_oid(type), value})});
    };
    return der_sequence({rdn("2.5.4.3", der_utf8("Example applet attestation key")),
                         rdn("2.5.4.5", der_printable(serial))});
}

std::vector<Bytes> fields_of(ByteView spki, ByteView nonce, const SoftAppletReport& how) {
    return {der_utf8(how.profile),
            der_integer(how.version),
            der_octet_string(how.applet),
            der_octet_string(how.load_file),
            der_octet_string(how.key_reference),
            how.spki.value_or(to_bytes(spki)),
            der(tag::enumerated, how.origin),
            der(tag::boolean, how.exportable),
            der(tag::bit_string, how.usage),
            der_octet_string(how.card_state),
            how.counter,
            der_octet_string(nonce)};
}

}  // namespace

SoftCardIssuer::SoftCardIssuer()
    : key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, key_.get(), key_.get())) {}

Bytes SoftCardIssuer::certify(ByteView spki, std::string_view serial,
                              const SoftAppletCertificate& how) const {
    const Bytes purposes = how.purposes.value_or(der_oid("1.3.6.1.5.5.7.3.999"));
    return soft_certificate(
        {.issuer = soft_name(root_name),
         .subject = how.subject.value_or(card_name(serial)),
         .spki = to_bytes(spki),
         .extensions = concat(
             {soft_basic_constraints(how.ca), how.key_usage, soft_subject_key_identifier(spki),
              soft_authority_key_identifier(spki_of(key_.get())),
              purposes.empty() ? Bytes()
                               : soft_extension("2.5.29.37", false, der(tag::sequence, purposes))}),
         .not_before = from,
         .not_after = until},
        key_.get());
}

SoftApplet::SoftApplet(const SoftCardIssuer& issuer, std::string_view serial)
    : key_(soft_p256_key()), certificate_(issuer.certify(spki_of(key_.get()), serial)) {}

SoftApplet::SoftApplet(PkeyPtr attestation_key, Bytes certificate)
    : key_(std::move(attestation_key)), certificate_(std::move(certificate)) {}

SoftAppletEvidence SoftApplet::attest(ByteView spki, ByteView nonce,
                                      const SoftAppletReport& how) const {
    const std::vector<Bytes> fields = fields_of(spki, nonce, how);
    Bytes content;
    for (std::size_t i = 0; i < std::min(how.fields, fields.size()); ++i)
        append(content, ByteView(fields[i]));
    append(content, ByteView(how.behind_fields));
    const Bytes statement = concat({der(tag::sequence, content), how.behind_statement});
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    return {.statement = statement,
            .signature = sign_sha256(other ? other.get() : key_.get(), statement)};
}

}  // namespace hallmark
