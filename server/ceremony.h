// The key ceremonies: keys of a root, an intermediate and of attestation results made inside their
// tokens, certificates signed there, and a signed transcript of every step. Plain structs in, an
// exit status out; the command line is read elsewhere. Refuses to overwrite a file or reuse a key's
// label, and never sees a private key.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/clock.h"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace hallmark {

struct TokenSource {
    std::string module_path;  ///< Absolute path of the PKCS#11 library.
    std::string token_label;
    std::string pin_source;  ///< A file of mode 0600, or fd:N (ca/hsm/pin.h).
};

/// Written into the certificate in the order C, O, CN; the common name is required.
struct SubjectName {
    std::string common_name;   ///< 1 to 64 characters (RFC 5280 A.1 ub-common-name).
    std::string organization;  ///< May be empty.
    std::string country;       ///< ISO 3166 two letters, or empty.
};

/// Where the record of the ceremony goes. The signature is written beside it as `<transcript>.sig`.
struct CeremonyRecord {
    std::filesystem::path transcript;
    std::filesystem::path operator_key;  ///< PEM private key (P-256, P-384 or RSA), not encrypted.
};

struct RootCeremony {
    TokenSource token;
    std::string key_label;
    KeyAlgorithm algorithm = KeyAlgorithm::ec_p384;
    SubjectName subject;
    int years = 20;  ///< 1 to 100
    std::filesystem::path certificate_out;
    CeremonyRecord record;
    Instant now;
};

/// The root that signs, in its own token.
struct RootSide {
    TokenSource token;
    std::string key_label;
};

/// What is done follows from what is given:
///   online, csr_out                               makes the key and writes a CSR
///   online, root, root_certificate, [csr_out]     the same, and the root signs at once
///   csr_in, root, root_certificate                the root signs a CSR that came from elsewhere
///   (no online token) online, certificate_in, root_certificate      takes a certificate made
///   elsewhere for the key in the token
struct IntermediateCeremony {
    std::optional<TokenSource> online;
    std::string key_label;
    KeyAlgorithm algorithm = KeyAlgorithm::ec_p256;
    SubjectName subject;
    int years = 5;  ///< 1 to 100; never beyond the root's own end.
    std::filesystem::path csr_out;
    std::filesystem::path csr_in;
    std::optional<RootSide> root;
    std::filesystem::path root_certificate;
    std::filesystem::path certificate_in;
    std::string crl_url;     ///< CRL of the root, put into the certificate; may be empty.
    std::string issuer_url;  ///< The root's certificate (AIA caIssuers); may be empty.
    std::filesystem::path certificate_out;
    CeremonyRecord record;
    Instant now;
};

/// A key that signs attestation results and nothing else: P-256, in the online token. It has no
/// certificate: who relies on results knows it by its public half.
struct ResultsKeyCeremony {
    TokenSource token;
    std::string key_label;
    std::filesystem::path public_key_out;  ///< PEM, what the server's configuration names.
    std::filesystem::path key_set_out;     ///< JWK Set for who verifies; may be empty.
    CeremonyRecord record;
    Instant now;
};

/// 0 done, 3 refused with the reason on `err`; `out` tells each step. Throws Fault when a token or
/// a file fails. What a failure leaves behind: the transcript so far, without its closing line and
/// signature, and perhaps a key in the token, whose label is then taken.
[[nodiscard]] int ceremony_root(const RootCeremony& ceremony, std::ostream& out, std::ostream& err);
[[nodiscard]] int ceremony_intermediate(const IntermediateCeremony& ceremony, std::ostream& out,
                                        std::ostream& err);
[[nodiscard]] int ceremony_results_key(const ResultsKeyCeremony& ceremony, std::ostream& out,
                                       std::ostream& err);

}  // namespace hallmark
