#include "station/simulator/soft_optiga.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Infineon OPTIGA(TM) ECC Root CA";
constexpr std::string_view authority_name = "Infineon OPTIGA(TM) Trust M CA 101";
constexpr std::string_view chip_name = "Infineon IoT Node";  // On every chip.
const Instant from = from_rfc3339("2019-06-18T06:30:12Z").value();
const Instant until = from_rfc3339("2039-06-18T06:30:12Z").value();

Bytes policies_extension(const std::vector<std::string>& policies) {
    Bytes list;
    for (const std::string& policy : policies)
        append(list, ByteView(der_sequence({der_oid(policy)})));
    return soft_extension("2.5.29.32", false, der(tag::sequence, list));
}

/// ECDSA over a digest that was made elsewhere; DER Ecdsa-Sig-Value.
Bytes sign_digest(EVP_PKEY* key, ByteView digest) {
    const PkeyContextPtr context =
        made(PkeyContextPtr(EVP_PKEY_CTX_new(key, nullptr)), "EVP_PKEY_CTX_new");
    check(EVP_PKEY_sign_init(context.get()), "EVP_PKEY_sign_init");
    std::size_t size = 0;
    check(EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()),
          "EVP_PKEY_sign");
    Bytes signature(size);
    check(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()),
          "EVP_PKEY_sign");
    signature.resize(size);
    return signature;
}

void append_length(Bytes& to, std::size_t length, unsigned octets) {
    for (unsigned left = octets; left > 0; --left)
        to.push_back(static_cast<unsigned char>(length >> (8 * (left - 1)) & 0xFFu));
}

}  // namespace

SoftInfineon::SoftInfineon()
    : root_key_(soft_p256_key()),
      key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, root_key_.get(), root_key_.get())),
      authority_(soft_ca_certificate(authority_name, root_name, key_.get(), root_key_.get())) {}

Bytes SoftInfineon::certify(ByteView spki, const SoftOptigaCertificate& how) const {
    Bytes extensions;
    if (!how.key_usage.empty())
        append(extensions, ByteView(soft_extension("2.5.29.15", true, how.key_usage)));
    append(extensions, ByteView(soft_basic_constraints(how.ca)));
    if (!how.policies.empty()) append(extensions, ByteView(policies_extension(how.policies)));
    append(extensions, ByteView(soft_authority_key_identifier(spki_of(key_.get()))));
    append(extensions, ByteView(how.more_extensions));
    return soft_certificate({.issuer = soft_name(authority_name),
                             .subject = soft_name(chip_name),
                             .spki = to_bytes(spki),
                             .extensions = std::move(extensions),
                             .not_before = from,
                             .not_after = until},
                            key_.get());
}

SoftOptiga::SoftOptiga(const SoftInfineon& maker)
    : key_(soft_p256_key()), certificate_(maker.certify(spki_of(key_.get()))) {}

SoftOptiga::SoftOptiga(PkeyPtr identity_key, Bytes certificate)
    : key_(std::move(identity_key)), certificate_(std::move(certificate)) {}

Bytes SoftOptiga::certificate_object() const {
    Bytes object{0xC0};
    append_length(object, certificate_.size() + 6, 2);
    append_length(object, certificate_.size() + 3, 3);
    append_length(object, certificate_.size(), 3);
    append(object, ByteView(certificate_));
    return object;
}

Bytes SoftOptiga::calc_sign(ByteView digest) const {
    const Bytes signature = sign_digest(key_.get(), digest);
    const auto both = sole_element(signature, tag::sequence);
    return to_bytes(both->content);
}

SoftOptigaEvidence SoftOptiga::attest(ByteView spki, ByteView nonce,
                                      const SoftOptigaReport& how) const {
    const std::vector<Bytes> fields{der_utf8(how.profile), der_integer(how.version),
                                    der_octet_string(how.key_object),
                                    how.spki.value_or(to_bytes(spki)), der_octet_string(nonce)};
    Bytes content;
    for (std::size_t i = 0; i < std::min(how.fields, fields.size()); ++i)
        append(content, ByteView(fields[i]));
    append(content, ByteView(how.behind_fields));
    const Bytes statement = concat({der(tag::sequence, content), how.behind_statement});
    const Digest digest = sha256(statement);
    const Bytes integers = how.another_key_signs ? SoftOptiga(soft_p256_key(), {}).calc_sign(digest)
                                                 : calc_sign(digest);
    return {.statement = statement,
            .signature = how.leave_integers_bare ? integers : der(tag::sequence, integers)};
}

}  // namespace hallmark
