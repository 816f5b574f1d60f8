#include "station/simulator/soft_vendor.h"

#include "ca/crypto/der.h"

#include <openssl/x509.h>

namespace hallmark {
namespace {

/// The same members, the last one first.
Bytes unsorted_set_of(ByteView sorted) {
    const auto set = sole_element(sorted, tag::set);
    Bytes members;
    for (DerReader reader(set->content); !reader.at_end();) {
        const auto member = reader.any();
        members.insert(members.begin(), member->whole.begin(), member->whole.end());
    }
    return der(tag::set, members);
}

Bytes certificate_policies(const std::vector<std::string>& oids) {
    Bytes list;
    for (const std::string& oid : oids)
        append(list, der_sequence({der_oid(oid)}));
    return soft_extension("2.5.29.32", false, der(tag::sequence, list));
}

Bytes subject_alt_name(const SoftCertificate& certificate) {
    std::vector<Bytes> attributes;
    const auto put = [&](std::string_view oid, const std::optional<std::string>& value) {
        if (value) attributes.push_back(der_sequence({der_oid(oid), der_utf8(*value)}));
    };
    put("2.23.133.2.1", certificate.manufacturer);
    put("2.23.133.2.2", certificate.model);
    put("2.23.133.2.3", certificate.version);
    Bytes rdns;
    if (certificate.one_rdn) {
        rdns = der_set_of(attributes);
        if (certificate.unsorted_rdn) rdns = unsorted_set_of(rdns);
    } else {
        for (const Bytes& attribute : attributes)
            append(rdns, der_set_of({attribute}));
    }
    const Bytes directory_name = der(tag::context(4, true), der(tag::sequence, rdns));
    const Bytes names = certificate.second_directory_name
                            ? der_sequence({directory_name, directory_name})
                            : der_sequence({directory_name});
    return soft_extension("2.5.29.17", true, names);
}

Bytes directory_attributes(std::string_view family) {
    const Bytes specification = der_sequence({der_utf8(family), der_integer(0), der_integer(164)});
    return soft_extension(
        "2.5.29.9", false,
        der_sequence({der_sequence({der_oid("2.23.133.2.16"), der_set_of({specification})})}));
}

}  // namespace

Bytes soft_csr(EVP_PKEY* key) {
    const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1;
    const Bytes algorithm = rsa ? der_sequence({der_oid("1.2.840.113549.1.1.11"), der_null()})
                                : soft_ecdsa_with_sha256();
    const Bytes body = der_sequence(
        {der_integer(0), soft_name(""), spki_of(key), der(tag::context(0, true), Bytes{})});
    return der_sequence({body, algorithm, der_bit_string(sign_sha256(key, body))});
}

SoftVendor::SoftVendor(std::string name)
    : name_(std::move(name)),
      root_key_(soft_p256_key()),
      intermediate_key_(soft_p256_key()),
      root_(soft_ca_certificate(name_ + " TPM Root", name_ + " TPM Root", root_key_.get(),
                                root_key_.get())),
      intermediate_(soft_ca_certificate(name_ + " TPM CA 1", name_ + " TPM Root",
                                        intermediate_key_.get(), root_key_.get())) {}

Bytes SoftVendor::certify(ByteView spki, const SoftCertificate& certificate) const {
    const PkeyPtr key = [&] {
        const unsigned char* cursor = spki.data();
        return made(PkeyPtr(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size()))),
                    "d2i_PUBKEY");
    }();
    const unsigned usage = EVP_PKEY_is_a(key.get(), "RSA") == 1 ? 2 : 4;
    Bytes extensions;
    if (certificate.ca) append(extensions, soft_basic_constraints(*certificate.ca));
    if (certificate.key_usage)
        append(extensions, soft_key_usage(certificate.key_usage_bit.value_or(usage)));
    if (!certificate.usages.empty()) {
        Bytes usages;
        for (const std::string& oid : certificate.usages)
            append(usages, der_oid(oid));
        append(extensions, soft_extension("2.5.29.37", false, der(tag::sequence, usages)));
    }
    if (certificate.manufacturer || certificate.model || certificate.version) {
        append(extensions, subject_alt_name(certificate));
    }
    if (!certificate.policies.empty())
        append(extensions, certificate_policies(certificate.policies));
    if (!certificate.family.empty()) append(extensions, directory_attributes(certificate.family));
    if (certificate.unknown_critical_extension) {
        append(extensions,
               soft_extension(*certificate.unknown_critical_extension, true, der_null()));
    }
    append(extensions, soft_authority_key_identifier(spki_of(intermediate_key_.get())));
    return soft_certificate({.issuer = soft_name(name_ + " TPM CA 1"),
                             .subject = soft_name(""),
                             .spki = to_bytes(spki),
                             .extensions = std::move(extensions),
                             .not_before = certificate.not_before,
                             .not_after = certificate.not_after},
                            intermediate_key_.get());
}

}  // namespace hallmark
