#include "tests/support/pki.h"

#include "ca/crypto/der.h"

#include <stdexcept>

namespace hallmark::testing {

namespace {

Bytes encode(const Extension& extension) {
    const Bytes critical = extension.critical ? der_boolean(true) : Bytes{};
    return der_sequence({der_oid(extension.oid), critical, der_octet_string(extension.value)});
}

Bytes encode(const std::vector<Extension>& extensions) {
    Bytes list;
    for (const Extension& extension : extensions)
        append(list, encode(extension));
    return der(tag::sequence, list);
}

Bytes signed_document(const Bytes& body, const TestKey& key, SignatureAlgorithm algorithm,
                      bool break_signature) {
    // The broken one is a good signature over something else.
    Bytes signature = key.sign(break_signature ? Bytes{0x00} : body, algorithm);
    return der_sequence({body, algorithm_identifier(algorithm), der_bit_string(signature)});
}

/// Method (1) of RFC 5280 4.2.1.2 on any SubjectPublicKeyInfo.
Bytes identifier_of(ByteView spki) {
    const auto outer = sole_element(spki, tag::sequence);
    if (!outer) throw std::logic_error("no SubjectPublicKeyInfo");
    DerReader reader(outer->content);
    if (!reader.sequence()) throw std::logic_error("no SubjectPublicKeyInfo");
    const auto bits = reader.octet_aligned_bit_string();
    if (!bits) throw std::logic_error("no SubjectPublicKeyInfo");
    return hash(HashAlgorithm::sha1, *bits);
}

/// Distinct and stable per subject and key.
Bytes serial_for(ByteView subject, ByteView spki) {
    const Digest digest = sha256(concat({subject, spki}));
    Bytes serial(digest.begin(), digest.begin() + 16);
    serial[0] = static_cast<unsigned char>((serial[0] & 0x3Fu) | 0x40u);
    return serial;
}

}  // namespace

Instant instant(std::string_view rfc3339) {
    const auto parsed = from_rfc3339(rfc3339);
    if (!parsed) throw std::logic_error("no instant: " + std::string(rfc3339));
    return *parsed;
}

Instant noon() {
    return instant("2026-11-23T12:00:00Z");
}

Bytes name_of_attributes(const std::vector<TestAttribute>& attributes) {
    Bytes rdns;
    for (const auto& [oid, text] : attributes) {
        append(rdns, der_set_of({der_sequence({der_oid(oid), der_utf8(text)})}));
    }
    return der(tag::sequence, rdns);
}

Bytes common_name(std::string_view text) {
    return name_of_attributes({{"2.5.4.3", text}});
}

Bytes empty_name() {
    return der(tag::sequence, {});
}

Extension basic_constraints(bool ca, std::optional<int> path_length) {
    const Bytes flag = ca ? der_boolean(true) : Bytes{};
    const Bytes length = path_length ? der_integer(*path_length) : Bytes{};
    return {.oid = "2.5.29.19", .critical = true, .value = der_sequence({flag, length})};
}

Extension key_usage(std::initializer_list<unsigned> bits) {
    std::uint32_t first_highest = 0;
    for (const unsigned bit : bits)
        first_highest |= 1u << (8 - bit);
    return {.oid = "2.5.29.15", .critical = true, .value = der_named_bits(first_highest, 9)};
}

Extension extended_key_usage(std::initializer_list<std::string_view> oids) {
    Bytes list;
    for (const std::string_view oid : oids)
        append(list, der_oid(oid));
    return {.oid = "2.5.29.37", .critical = false, .value = der(tag::sequence, list)};
}

Extension subject_key_identifier(ByteView spki) {
    return {.oid = "2.5.29.14", .critical = false, .value = der_octet_string(identifier_of(spki))};
}

Extension authority_key_identifier(ByteView issuer_spki) {
    const Bytes key = der(tag::context(0, false), identifier_of(issuer_spki));
    return {.oid = "2.5.29.35", .critical = false, .value = der_sequence({key})};
}

Extension subject_alternative_name(const std::vector<Bytes>& names, bool critical) {
    Bytes list;
    for (const Bytes& name : names)
        append(list, name);
    return {.oid = "2.5.29.17", .critical = critical, .value = der(tag::sequence, list)};
}

Bytes dns_name(std::string_view name) {
    return der(tag::context(2, false), as_bytes(name));
}
Bytes uri_name(std::string_view uri) {
    return der(tag::context(6, false), as_bytes(uri));
}
Bytes directory_name(ByteView name_der) {
    return der(tag::context(4, true), name_der);
}
Bytes ip_address(std::initializer_list<unsigned char> octets) {
    return der(tag::context(7, false), Bytes(octets));
}

Bytes make_certificate(const CertificateSpec& spec, const TestKey& issuer_key) {
    const SignatureAlgorithm algorithm = spec.algorithm.value_or(issuer_key.natural_algorithm());
    const bool v3 = !spec.extensions.empty();
    const Bytes version = v3 ? der(tag::context(0, true), der_integer(2)) : Bytes{};
    const Bytes extensions = v3 ? der(tag::context(3, true), encode(spec.extensions)) : Bytes{};
    const Bytes validity = der_sequence({der_time(spec.not_before), der_time(spec.not_after)});
    const Bytes tbs =
        der_sequence({version, der(tag::integer, spec.serial), algorithm_identifier(algorithm),
                      spec.issuer, validity, spec.subject, spec.spki, extensions});
    return signed_document(tbs, issuer_key, algorithm, spec.break_signature);
}

CertificateSpec intermediate_spec(const TestAuthority& issuer, std::string_view cn,
                                  const TestKey& key) {
    CertificateSpec spec;
    spec.subject = common_name(cn);
    spec.issuer = issuer.name;
    spec.spki = key.spki();
    spec.serial = serial_for(spec.subject, spec.spki);
    spec.extensions = {
        basic_constraints(true), key_usage({KeyUsage::key_cert_sign, KeyUsage::crl_sign}),
        subject_key_identifier(key.spki()), authority_key_identifier(issuer.key.spki())};
    return spec;
}

TestAuthority make_root(std::string_view cn, std::optional<TestKey> key) {
    TestAuthority root{
        .key = key ? *key : make_ec_key(), .name = common_name(cn), .certificate = {}};
    CertificateSpec spec = intermediate_spec(root, cn, root.key);
    spec.extensions
        .pop_back();  // RFC 5280 4.2.1.1: a self-signed one needs no authority identifier.
    root.certificate = make_certificate(spec, root.key);
    return root;
}

TestAuthority make_intermediate(const TestAuthority& issuer, std::string_view cn,
                                std::optional<int> path_length) {
    const TestKey key = make_ec_key();
    CertificateSpec spec = intermediate_spec(issuer, cn, key);
    spec.extensions[0] = basic_constraints(true, path_length);
    return {.key = key, .name = spec.subject, .certificate = make_certificate(spec, issuer.key)};
}

CertificateSpec leaf_spec(const TestAuthority& issuer, std::string_view cn, const TestKey& key) {
    CertificateSpec spec;
    spec.subject = common_name(cn);
    spec.issuer = issuer.name;
    spec.spki = key.spki();
    spec.serial = serial_for(spec.subject, spec.spki);
    spec.extensions = {basic_constraints(false), key_usage({KeyUsage::digital_signature}),
                       authority_key_identifier(issuer.key.spki())};
    return spec;
}

Bytes self_signed(std::string_view cn, const TestKey& key) {
    const TestAuthority itself{.key = key, .name = common_name(cn), .certificate = {}};
    return make_certificate(leaf_spec(itself, cn, key), key);
}

Bytes make_client_certificate(const TestAuthority& issuer, std::string_view cn,
                              const TestKey& key) {
    CertificateSpec spec = leaf_spec(issuer, cn, key);
    spec.extensions.push_back(extended_key_usage({"1.3.6.1.5.5.7.3.2"}));
    return make_certificate(spec, issuer.key);
}

Bytes make_server_certificate(const TestAuthority& issuer, const TestKey& key) {
    CertificateSpec spec = leaf_spec(issuer, "localhost", key);
    spec.extensions.push_back(extended_key_usage({"1.3.6.1.5.5.7.3.1"}));
    spec.extensions.push_back(
        subject_alternative_name({dns_name("localhost"), ip_address({127, 0, 0, 1}),
                                  ip_address({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})}));
    return make_certificate(spec, issuer.key);
}

CertificateSpec ek_spec(const TestAuthority& issuer, const TestKey& key, const EkSpec& element) {
    CertificateSpec spec = leaf_spec(issuer, "", key);
    spec.subject = empty_name();
    const bool rsa = key.natural_algorithm() == SignatureAlgorithm::rsa_pkcs1_sha256;
    spec.extensions[1] = key_usage({rsa ? KeyUsage::key_encipherment : KeyUsage::key_agreement});
    const Bytes name = name_of_attributes({{"2.23.133.2.1", element.manufacturer},
                                           {"2.23.133.2.2", element.model},
                                           {"2.23.133.2.3", element.version}});
    spec.extensions.push_back(subject_alternative_name({directory_name(name)}, true));
    spec.extensions.push_back(extended_key_usage({"2.23.133.8.1"}));
    return spec;
}

Bytes make_ek_certificate(const TestAuthority& issuer, const TestKey& key, const EkSpec& element) {
    return make_certificate(ek_spec(issuer, key, element), issuer.key);
}

Bytes make_csr(const TestKey& key, const CsrSpec& spec) {
    const auto attribute = [](std::string_view oid, Bytes value) {
        return der_sequence({der_oid(oid), der_set_of({std::move(value)})});
    };
    std::vector<Bytes> attributes;
    if (spec.challenge_password) {
        attributes.push_back(attribute("1.2.840.113549.1.9.7", der_utf8(*spec.challenge_password)));
    }
    if (!spec.extensions.empty()) {
        attributes.push_back(attribute("1.2.840.113549.1.9.14", encode(spec.extensions)));
    }
    if (spec.attestation) {
        attributes.push_back(attribute("1.2.840.113549.1.9.16.2.59", *spec.attestation));
    }
    Bytes set = der_set_of(std::move(attributes));
    set[0] = tag::context(0, true);  // IMPLICIT
    const Bytes body = der_sequence({der_integer(0), spec.subject, key.spki(), set});
    return signed_document(body, key, spec.algorithm.value_or(key.natural_algorithm()),
                           spec.break_signature);
}

}  // namespace hallmark::testing
