#include "station/simulator/soft_android.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Key Attestation CA1";
// Google's arc for attestation, 1.3.6.1.4.1.11129.2.1.
constexpr std::string_view key_description = "1.3.6.1.4.1.11129.2.1.17",
                           provisioning_information = "1.3.6.1.4.1.11129.2.1.30";
constexpr unsigned digital_signature = 0, key_cert_sign = 5;

const Instant from = from_rfc3339("2020-01-01T00:00:00Z").value();
const Instant until = from_rfc3339("2049-01-01T00:00:00Z").value();

Bytes attribute(std::string_view oid, std::string_view text) {
    return der_set_of({der_sequence({der_oid(oid), der_utf8(text)})});
}

Bytes google_name(std::string_view cn) {
    return der_sequence({attribute("2.5.4.10", "Google LLC"), attribute("2.5.4.3", cn)});
}

Bytes remote_name(const std::string& level) {
    return der_sequence(
        {attribute("2.5.4.3", "65d2949536924da695f5ae1eb290cd4d"), attribute("2.5.4.10", level)});
}

Bytes factory_name(const std::string& level, std::string_view serial) {
    return der_sequence({attribute("2.5.4.12", level), attribute("2.5.4.5", serial)});
}

Bytes authority(const Bytes& subject, const Bytes& issuer, EVP_PKEY* key, EVP_PKEY* issuer_key) {
    return soft_certificate(
        {.issuer = issuer,
         .subject = subject,
         .spki = spki_of(key),
         .extensions = concat({soft_basic_constraints(true), soft_key_usage(key_cert_sign),
                               soft_subject_key_identifier(spki_of(key)),
                               soft_authority_key_identifier(spki_of(issuer_key))}),
         .not_before = from,
         .not_after = until},
        issuer_key);
}

Bytes enumerated(unsigned value) {
    return der(tag::enumerated, Bytes{static_cast<unsigned char>(value)});
}

/// EXPLICIT [number] around a value; X.690 8.1.2.4 from 31 on.
Bytes tagged(std::uint32_t number, const Bytes& value, bool bare) {
    if (number < 31) return der(static_cast<std::uint8_t>(0xA0u | number), value);
    Bytes octets{0xBF};
    if (bare) octets.push_back(0x80);
    if (number > 0x7F) octets.push_back(static_cast<unsigned char>(0x80u | number >> 7));
    octets.push_back(static_cast<unsigned char>(number & 0x7Fu));
    // The length as der() writes it, behind a tag of its own.
    const Bytes with_length = der(tag::octet_string, value);
    octets.insert(octets.end(), with_length.begin() + 1, with_length.end());
    return octets;
}

Bytes list_of(const SoftAuthorizations& authorizations, const SoftKeyDescription& description) {
    Bytes fields;
    for (const auto& [number, value] : authorizations) {
        const Bytes field = tagged(number, value, description.bare_high_tags);
        fields.insert(description.highest_first ? fields.begin() : fields.end(), field.begin(),
                      field.end());
    }
    return der(tag::sequence, fields);
}

}  // namespace

SoftGoogle::SoftGoogle()
    : root_key_(soft_p256_key()),
      remote_key_(soft_p256_key()),
      factory_key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, root_key_.get(), root_key_.get())),
      remote_(authority(google_name("Droid CA3"), soft_name(root_name), remote_key_.get(),
                        root_key_.get())),
      factory_(authority(factory_name("StrongBox", "8ea03f9f7725aa48d78379533b301ba9"),
                         soft_name(root_name), factory_key_.get(), root_key_.get())) {}

std::vector<Bytes> SoftGoogle::provision(ByteView spki, const SoftAttester& attester) const {
    EVP_PKEY* const issuer = attester.remote ? remote_key_.get() : factory_key_.get();
    const Bytes& above = attester.remote ? remote_ : factory_;
    Bytes extensions =
        concat({soft_basic_constraints(true), soft_key_usage(key_cert_sign),
                soft_subject_key_identifier(spki), soft_authority_key_identifier(spki_of(issuer))});
    // CBOR: {1: certificates issued in the last 30 days}
    if (attester.remote)
        append(extensions,
               soft_extension(provisioning_information, false, Bytes{0xA1, 0x01, 0x04}));
    if (attester.describes_a_key)
        append(extensions, soft_extension(key_description, false, soft_key_description({})));
    return {soft_certificate(
                {.issuer = parse_certificate(above)->subject,
                 .subject = attester.remote
                                ? remote_name(attester.level)
                                : factory_name(attester.level, "fff8fab50c14802b0dbacc4928f51d25"),
                 .spki = to_bytes(spki),
                 .extensions = std::move(extensions),
                 .not_before = from,
                 .not_after = attester.until},
                issuer),
            above};
}

Bytes soft_root_of_trust(const SoftBoot& boot) {
    return der_sequence({der_octet_string(Bytes(32, 0)), der(tag::boolean, boot.locked),
                         enumerated(boot.state),
                         boot.hash ? der_octet_string(Bytes(32, 0xA2)) : Bytes()});
}

SoftAuthorizations soft_authorizations() {
    const auto text = [](std::string_view value) { return der_octet_string(as_bytes(value)); };
    return {{1, der(tag::set, der_integer(2))},  // purpose: sign
            {2, der_integer(3)},                 // algorithm: EC
            {3, der_integer(256)},               // keySize
            {5, der(tag::set, der_integer(4))},  // digest: SHA-256
            {10, der_integer(1)},                // ecCurve: P-256
            {503, der_null()},                   // noAuthRequired
            {702, der_integer(0)},               // origin: generated
            {704, soft_root_of_trust({})},       // rootOfTrust
            {705, der_integer(160'000)},         // osVersion
            {706, der_integer(202'511)},         // osPatchLevel
            {710, text("example")},              // attestationIdBrand
            {711, text("box")},                  // attestationIdDevice
            {712, text("box")},                  // attestationIdProduct
            {716, text("Example")},              // attestationIdManufacturer
            {717, text("Example Box 1")},        // attestationIdModel
            {718, der_integer(20'251'105)},      // vendorPatchLevel
            {719, der_integer(20'251'105)}};     // bootPatchLevel
}

Bytes soft_key_description(const SoftKeyDescription& description) {
    return der_sequence({der_integer(description.version), enumerated(description.attested_by),
                         der_integer(description.version), enumerated(description.kept_in),
                         der_octet_string(description.challenge), der_octet_string({}),
                         list_of(description.software, description),
                         list_of(description.hardware, description), description.behind});
}

SoftAndroid::SoftAndroid(const SoftGoogle& google, const SoftAttester& attester)
    : key_(soft_p256_key()), chain_(google.provision(spki_of(key_.get()), attester)) {}

SoftAndroid::SoftAndroid(PkeyPtr attestation_key, std::vector<Bytes> chain)
    : key_(std::move(attestation_key)), chain_(std::move(chain)) {}

std::vector<Bytes> SoftAndroid::attest(ByteView spki, const SoftKeyDescription& description) const {
    std::vector<Bytes> whole{soft_certificate(
        {.issuer = parse_certificate(chain_.front())->subject,
         .subject = soft_name("Android Keystore Key"),
         .spki = to_bytes(spki),
         .extensions =
             concat({soft_extension(key_description, false, soft_key_description(description)),
                     soft_key_usage(digital_signature)}),
         .not_before = from_rfc3339("1970-01-01T00:00:00Z").value(),
         .not_after = from_rfc3339("2048-01-01T00:00:00Z").value()},
        key_.get())};
    whole.insert(whole.end(), chain_.begin(), chain_.end());
    return whole;
}

}  // namespace hallmark
