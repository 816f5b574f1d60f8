// Names and AlgorithmIdentifiers of keys.h.
#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

#include <array>

namespace hallmark {

namespace {

struct Row {
    SignatureAlgorithm algorithm;
    std::string_view name;
    HashAlgorithm hash;
    std::string_view oid;
};

// RFC 5758 3.2, RFC 3279 2.2, RFC 4055 5 and 3.1. In the order of the enumeration.
constexpr std::array rows{
    Row{SignatureAlgorithm::ecdsa_sha256, "ecdsa-sha256", HashAlgorithm::sha256,
        "1.2.840.10045.4.3.2"},
    Row{SignatureAlgorithm::ecdsa_sha384, "ecdsa-sha384", HashAlgorithm::sha384,
        "1.2.840.10045.4.3.3"},
    Row{SignatureAlgorithm::ecdsa_sha512, "ecdsa-sha512", HashAlgorithm::sha512,
        "1.2.840.10045.4.3.4"},
    Row{SignatureAlgorithm::rsa_pkcs1_sha256, "rsa-pkcs1-sha256", HashAlgorithm::sha256,
        "1.2.840.113549.1.1.11"},
    Row{SignatureAlgorithm::rsa_pkcs1_sha384, "rsa-pkcs1-sha384", HashAlgorithm::sha384,
        "1.2.840.113549.1.1.12"},
    Row{SignatureAlgorithm::rsa_pkcs1_sha512, "rsa-pkcs1-sha512", HashAlgorithm::sha512,
        "1.2.840.113549.1.1.13"},
    Row{SignatureAlgorithm::rsa_pss_sha256, "rsa-pss-sha256", HashAlgorithm::sha256,
        "1.2.840.113549.1.1.10"},
    Row{SignatureAlgorithm::rsa_pss_sha384, "rsa-pss-sha384", HashAlgorithm::sha384,
        "1.2.840.113549.1.1.10"},
    Row{SignatureAlgorithm::rsa_pss_sha512, "rsa-pss-sha512", HashAlgorithm::sha512,
        "1.2.840.113549.1.1.10"},
    Row{SignatureAlgorithm::ecdsa_sha1, "ecdsa-sha1", HashAlgorithm::sha1, "1.2.840.10045.4.1"},
    Row{SignatureAlgorithm::rsa_pkcs1_sha1, "rsa-pkcs1-sha1", HashAlgorithm::sha1,
        "1.2.840.113549.1.1.5"},
    // RFC 8410 3; SHA-512 is inside the scheme (RFC 8032 5.1).
    Row{SignatureAlgorithm::ed25519, "ed25519", HashAlgorithm::sha512, "1.3.101.112"},
};

const Row& row_of(SignatureAlgorithm algorithm) noexcept {
    return rows[static_cast<std::size_t>(algorithm)];
}

Bytes pss_parameters(HashAlgorithm algorithm) {
    // NIST's hash algorithms: 2.16.840.1.101.3.4.2.{1,2,3}; parameters NULL by RFC 4055 2.1.
    std::string_view oid = "2.16.840.1.101.3.4.2.1";
    if (algorithm == HashAlgorithm::sha384) oid = "2.16.840.1.101.3.4.2.2";
    if (algorithm == HashAlgorithm::sha512) oid = "2.16.840.1.101.3.4.2.3";
    const Bytes hash_identifier = der_sequence({der_oid(oid), der_null()});
    const Bytes mgf1 = der_sequence({der_oid("1.2.840.113549.1.1.8"), hash_identifier});
    const Bytes salt = der_integer(static_cast<std::int64_t>(digest_size(algorithm)));
    return der_sequence({der(tag::context(0, true), hash_identifier),
                         der(tag::context(1, true), mgf1), der(tag::context(2, true), salt)});
}

Bytes make_identifier(const Row& row) {
    const Bytes oid = der_oid(row.oid);
    if (row.name.starts_with("ecdsa") || row.algorithm == SignatureAlgorithm::ed25519)
        return der_sequence({oid});
    if (row.name.starts_with("rsa-pss")) return der_sequence({oid, pss_parameters(row.hash)});
    return der_sequence({oid, der_null()});
}

const std::array<Bytes, rows.size()>& identifiers() {
    static const std::array<Bytes, rows.size()> made = [] {
        std::array<Bytes, rows.size()> all;
        for (std::size_t i = 0; i < rows.size(); ++i)
            all[i] = make_identifier(rows[i]);
        return all;
    }();
    return made;
}

constexpr std::array<std::string_view, 5> key_names{"ec-p256", "ec-p384", "rsa-2048", "rsa-3072",
                                                    "rsa-4096"};

}  // namespace

std::string_view name_of(KeyAlgorithm algorithm) noexcept {
    return key_names[static_cast<std::size_t>(algorithm)];
}

std::optional<KeyAlgorithm> key_algorithm_from(std::string_view name) noexcept {
    for (std::size_t i = 0; i < key_names.size(); ++i) {
        if (key_names[i] == name) return static_cast<KeyAlgorithm>(i);
    }
    return std::nullopt;
}

std::string_view name_of(SignatureAlgorithm algorithm) noexcept {
    return row_of(algorithm).name;
}

HashAlgorithm hash_of(SignatureAlgorithm algorithm) noexcept {
    return row_of(algorithm).hash;
}

bool is_weak(SignatureAlgorithm algorithm) noexcept {
    return hash_of(algorithm) == HashAlgorithm::sha1;
}

Bytes algorithm_identifier(SignatureAlgorithm algorithm) {
    return identifiers()[static_cast<std::size_t>(algorithm)];
}

std::optional<SignatureAlgorithm> signature_algorithm_from(ByteView identifier_der) {
    for (const Row& row : rows) {
        if (equal(identifiers()[static_cast<std::size_t>(row.algorithm)], identifier_der)) {
            return row.algorithm;
        }
    }
    return std::nullopt;
}

}  // namespace hallmark
