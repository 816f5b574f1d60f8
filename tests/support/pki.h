// Keys, certificates and requests made in software for tests: good ones, and every kind of bad one.
// Validity is fixed (2020 to 2040), so that tests may judge at `noon` or by the machine's clock.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/keys.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark::testing {

/// 2026-11-23T12:00:00Z. Not for what a TPM's maker signs during the test: that is valid from now
/// on.
[[nodiscard]] Instant noon();
/// RFC 3339 in a test's own text; throws when it is none.
[[nodiscard]] Instant instant(std::string_view rfc3339);

/// A software key pair. Cheap to copy.
class TestKey {
public:
    explicit TestKey(std::shared_ptr<evp_pkey_st> handle);
    [[nodiscard]] evp_pkey_st* handle() const noexcept { return handle_.get(); }
    /// As OpenSSL encodes it; also for keys that parse_public_key refuses.
    [[nodiscard]] const Bytes& spki() const noexcept { return spki_; }
    /// Throws std::logic_error for a key that parse_public_key refuses.
    [[nodiscard]] PublicKey public_key() const;
    /// ECDSA: DER Ecdsa-Sig-Value.
    [[nodiscard]] Bytes sign(ByteView message, SignatureAlgorithm algorithm) const;
    /// SHA-256, or SHA-384 for P-384.
    [[nodiscard]] SignatureAlgorithm natural_algorithm() const;
    /// PKCS#8, unencrypted.
    [[nodiscard]] std::string private_pem() const;

private:
    std::shared_ptr<evp_pkey_st> handle_;
    Bytes spki_;
};

[[nodiscard]] TestKey make_ec_key(KeyAlgorithm curve = KeyAlgorithm::ec_p256);
/// Any curve by OpenSSL's name, such as "P-192".
[[nodiscard]] TestKey make_ec_key_on(const char* group);
/// A key that parse_public_key refuses.
[[nodiscard]] TestKey make_ed25519_key();
[[nodiscard]] TestKey make_rsa_key(unsigned bits = 2048, unsigned long exponent = 65537);
/// One RSA-2048 key a process: making them is slow.
[[nodiscard]] const TestKey& shared_rsa_key();
/// An RSA modulus of 2048 bits with the ROCA fingerprint, big-endian. No prime factors are
/// promised.
[[nodiscard]] Bytes roca_modulus();

/// Name DER: one RDN with a commonName, UTF8String.
[[nodiscard]] Bytes common_name(std::string_view text);
[[nodiscard]] Bytes empty_name();
/// Name DER of one RDN per attribute: {"2.5.4.10", "Example"}.
struct TestAttribute {
    std::string_view oid;
    std::string_view text;
};
[[nodiscard]] Bytes name_of_attributes(const std::vector<TestAttribute>& attributes);

// Extensions
[[nodiscard]] Extension basic_constraints(bool ca, std::optional<int> path_length = std::nullopt);
/// KeyUsage's bit numbers.
[[nodiscard]] Extension key_usage(std::initializer_list<unsigned> bits);
[[nodiscard]] Extension extended_key_usage(std::initializer_list<std::string_view> oids);
[[nodiscard]] Extension subject_key_identifier(ByteView spki);
[[nodiscard]] Extension authority_key_identifier(ByteView issuer_spki);
/// GeneralName DER each.
[[nodiscard]] Extension subject_alternative_name(const std::vector<Bytes>& names,
                                                 bool critical = false);
[[nodiscard]] Bytes dns_name(std::string_view name);
[[nodiscard]] Bytes ip_address(std::initializer_list<unsigned char> octets);
[[nodiscard]] Bytes uri_name(std::string_view uri);
[[nodiscard]] Bytes directory_name(ByteView name_der);

struct CertificateSpec {
    Bytes subject = common_name("test");
    Bytes issuer = common_name("test");
    Bytes serial{0x11, 0x22, 0x33};  ///< INTEGER content octets, taken as they stand.
    Instant not_before = instant("2020-01-01T00:00:00Z");
    Instant not_after = instant("2040-01-01T00:00:00Z");
    Bytes spki;
    std::vector<Extension> extensions;            ///< None: a version 1 certificate.
    std::optional<SignatureAlgorithm> algorithm;  ///< Absent: the issuer key's natural one.
    bool break_signature = false;
};
[[nodiscard]] Bytes make_certificate(const CertificateSpec& spec, const TestKey& issuer_key);

/// A key with its certificate, able to certify others.
struct TestAuthority {
    TestKey key;
    Bytes name;
    Bytes certificate;
};
/// P-256 unless a key is given; basicConstraints, keyCertSign and cRLSign, key identifiers.
[[nodiscard]] TestAuthority make_root(std::string_view cn,
                                      std::optional<TestKey> key = std::nullopt);
[[nodiscard]] TestAuthority make_intermediate(const TestAuthority& issuer, std::string_view cn,
                                              std::optional<int> path_length = 0);
/// What make_intermediate signs, to be changed by the caller.
[[nodiscard]] CertificateSpec intermediate_spec(const TestAuthority& issuer, std::string_view cn,
                                                const TestKey& key);
/// An end certificate's frame: CA false, digitalSignature, authority key identifier; change it,
/// then make_certificate(spec, issuer.key).
[[nodiscard]] CertificateSpec leaf_spec(const TestAuthority& issuer, std::string_view cn,
                                        const TestKey& key);
/// Self-signed without being an authority.
[[nodiscard]] Bytes self_signed(std::string_view cn, const TestKey& key);

/// clientAuth.
[[nodiscard]] Bytes make_client_certificate(const TestAuthority& issuer, std::string_view cn,
                                            const TestKey& key);
/// serverAuth for localhost, 127.0.0.1 and ::1.
[[nodiscard]] Bytes make_server_certificate(const TestAuthority& issuer, const TestKey& key);

/// TCG EK Credential Profile 3.2: the directoryName of the subjectAltName.
struct EkSpec {
    std::string_view manufacturer = "id:49465800";
    std::string_view model = "SLB9670";
    std::string_view version = "id:00070055";
};
/// The whole frame: empty subject, critical SAN, EKU 2.23.133.8.1, keyEncipherment or keyAgreement.
[[nodiscard]] CertificateSpec ek_spec(const TestAuthority& issuer, const TestKey& key,
                                      const EkSpec& element = {});
[[nodiscard]] Bytes make_ek_certificate(const TestAuthority& issuer, const TestKey& key,
                                        const EkSpec& element = {});

struct CsrSpec {
    Bytes subject = common_name("ignored");
    std::vector<Extension> extensions;  ///< As extensionRequest (RFC 2985 5.4.2).
    std::optional<std::string> challenge_password;
    std::optional<Bytes> attestation;  ///< Value DER of id-aa-attestation.
    std::optional<SignatureAlgorithm> algorithm;
    bool break_signature = false;
};
[[nodiscard]] Bytes make_csr(const TestKey& key, const CsrSpec& spec = {});

}  // namespace hallmark::testing
