#include "station/simulator/soft_authenticator.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_cbor.h"

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Example Authenticators Root";
constexpr std::string_view aaguid_oid = "1.3.6.1.4.1.45724.1.1.4";
constexpr std::string_view relying_party = "hallmark.example";
constexpr std::size_t point_octets = 65, coordinate_octets = 32;

const Instant from = from_rfc3339("2024-01-01T00:00:00Z").value();
const Instant until = from_rfc3339("2049-01-01T00:00:00Z").value();

/// C, O, OU, CN, as 8.2.1 asks for them.
Bytes subject_of(std::string_view unit) {
    const auto rdn = [](std::string_view oid, const Bytes& text) {
        return der_set_of({der_sequence({der_oid(oid), text})});
    };
    return der_sequence({rdn("2.5.4.6", der_printable("AA")),
                         rdn("2.5.4.10", der_utf8("Example Authenticators")),
                         rdn("2.5.4.11", der_utf8(unit)), rdn("2.5.4.3", der_utf8("Example"))});
}

/// COSE_Key of a P-256 key for ES256 (RFC 9053 7.1.1).
Bytes cose_key(EVP_PKEY* key) {
    const Bytes spki = spki_of(key);
    const ByteView point = ByteView(spki).last(point_octets);
    const auto number = soft_cbor_number;
    return soft_cbor_map({{number(1), number(2)},
                          {number(3), number(-7)},
                          {number(-1), number(1)},
                          {number(-2), soft_cbor_bytes(point.subspan(1, coordinate_octets))},
                          {number(-3), soft_cbor_bytes(point.last(coordinate_octets))}});
}

Bytes authenticator_data(EVP_PKEY* credential, const SoftCredential& how) {
    const Bytes credential_id(16, 0x1D);
    Bytes data = to_bytes(sha256(as_bytes(relying_party)));
    data.push_back(how.flags);
    append(data, ByteView(Bytes(4, 0)));  // signCount
    append(data, ByteView(how.aaguid.value_or(SoftAuthenticator::aaguid())));
    append(data, ByteView(Bytes{0, static_cast<unsigned char>(credential_id.size())}));
    append(data, ByteView(credential_id));
    append(data, ByteView(cose_key(credential)));
    append(data, ByteView(how.behind_authenticator_data));
    return data;
}

}  // namespace

SoftAuthenticatorMaker::SoftAuthenticatorMaker()
    : key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, key_.get(), key_.get())) {}

Bytes SoftAuthenticatorMaker::certify(ByteView spki, ByteView aaguid, std::string_view unit,
                                      bool ca) const {
    return soft_certificate(
        {.issuer = soft_name(root_name),
         .subject = subject_of(unit),
         .spki = to_bytes(spki),
         .extensions = concat({soft_basic_constraints(ca),
                               soft_extension(aaguid_oid, false, der_octet_string(aaguid))}),
         .not_before = from,
         .not_after = until},
        key_.get());
}

Bytes SoftAuthenticator::aaguid() {
    return Bytes(16, 0xA5);
}

SoftAuthenticator::SoftAuthenticator(const SoftAuthenticatorMaker& maker)
    : key_(soft_p256_key()), certificate_(maker.certify(spki_of(key_.get()), aaguid())) {}

SoftAuthenticator::SoftAuthenticator(PkeyPtr attestation_key, Bytes certificate)
    : key_(std::move(attestation_key)), certificate_(std::move(certificate)) {}

SoftAttestationObject SoftAuthenticator::attest(EVP_PKEY* credential, ByteView challenge,
                                                const SoftCredential& how) const {
    const Bytes client_data =
        to_bytes(R"({"type":")" + how.type + R"(","challenge":")" + to_base64url(challenge) +
                 R"(","origin":"https://)" + std::string(relying_party) + "\"}");
    const Bytes data = authenticator_data(credential, how);
    Bytes to_be_signed = data;
    append(to_be_signed, ByteView(sha256(how.client_data_signed.value_or(client_data))));
    EVP_PKEY* const signer = how.has_certificate ? key_.get() : credential;
    std::vector<std::pair<Bytes, Bytes>> statement{
        {soft_cbor_text("alg"), soft_cbor_number(how.algorithm)},
        {soft_cbor_text("sig"), soft_cbor_bytes(sign_sha256(signer, to_be_signed))}};
    if (how.has_certificate) {
        statement.emplace_back(soft_cbor_text("x5c"),
                               soft_cbor_array({soft_cbor_bytes(certificate_)}));
    }
    if (how.extra_member) statement.emplace_back(soft_cbor_text("more"), soft_cbor_number(1));
    return {.object = soft_cbor_map({{soft_cbor_text("fmt"), soft_cbor_text(how.format)},
                                     {soft_cbor_text("attStmt"), soft_cbor_map(statement)},
                                     {soft_cbor_text("authData"), soft_cbor_bytes(data)}}),
            .client_data = client_data};
}

}  // namespace hallmark
