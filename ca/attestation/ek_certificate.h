// EK certificates and AK certificates as the TCG EK Credential Profile (for TPM 2.0) and
// WebAuthn 8.3.1 write them: who made the TPM, and what its key may be used for. The chain is
// chain.h's work and comes first.
#pragma once

#include "ca/crypto/certificate.h"

#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

/// One row of the TCG TPM Vendor ID Registry.
struct TpmManufacturer {
    std::uint32_t id = 0;
    std::string_view vendor;  ///< Our slug, as a pin names it.
    std::string_view kind;    ///< As tpm_kind_of; unknown where the maker makes several.
};
[[nodiscard]] const TpmManufacturer* find_tpm_manufacturer(std::uint32_t id) noexcept;

/// What the subjectAltName says (TCG EK Credential Profile 3.2.9).
struct TpmIdentity {
    TpmManufacturer manufacturer;
    std::string model;
    std::string version;
};

/// "discrete" (a chip of its own), "firmware" (in the processor or its management engine),
/// "virtual" (a program, a hypervisor's or a simulator's) or "unknown": by the maker, and by the
/// model where a maker makes several and its models tell. A name in a certificate, and no more
/// proof than that.
[[nodiscard]] std::string_view tpm_kind_of(const TpmIdentity& identity) noexcept;

/// Exactly one directoryName with one manufacturer "id:XXXXXXXX" that the registry knows, one model
/// and one version, in printable ASCII. Reason: evidence_not_accepted, detail "certificate: ...".
[[nodiscard]] Result<TpmIdentity> read_tpm_identity(const Certificate& certificate);

/// An end-entity certificate (basicConstraints there and CA false), extended key usage
/// tcg-kp-EKCertificate and neither AIK nor any, key usage keyEncipherment (RSA) or keyAgreement
/// (ECC), and where it names a family, "2.0". Reason: evidence_not_accepted, detail "certificate:
/// ...".
[[nodiscard]] Result<Done> check_ek_certificate(const Certificate& certificate,
                                                const PublicKey& key);

/// The same of an AK: tcg-kp-AIKCertificate, key usage digitalSignature where it stands there.
[[nodiscard]] Result<Done> check_ak_certificate(const Certificate& certificate);

/// Whether its issuer asserts tcg-cap-verifiedTPMResidency among the certificate's policies.
[[nodiscard]] bool asserts_tpm_residency(const Certificate& certificate);

}  // namespace hallmark
