// What a Secure Element says of itself, before and after it was judged (RFC 9334: Evidence in,
// Attestation Result out). Plain values; the verifiers of ca/attestation make the second from the
// first.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

/// One member of an evidence document: a byte string, or a list of them (a chain, leaf first).
struct EvidenceMember {
    std::string name;
    std::vector<Bytes> values;
    bool is_list = false;
};

/// Evidence as it came, decoded once: the format's label and its members, in order of arrival.
struct Evidence {
    std::string format;
    std::vector<EvidenceMember> members;
    /// Where it was taken out of: "csr-attribute"; empty for a document of its own, which cannot
    /// say this.
    std::string packaging = {};

    [[nodiscard]] const EvidenceMember* find(std::string_view name) const {
        for (const EvidenceMember& member : members) {
            if (member.name == name) return &member;
        }
        return nullptr;
    }
};

enum class Assurance { hw_key_attested, hw_identity_only, platform_only };
[[nodiscard]] std::string_view name_of(Assurance assurance) noexcept;
[[nodiscard]] std::optional<Assurance> assurance_from(std::string_view name) noexcept;

/// What was proved of a key that is said to live in a TPM, by the meaning of TCG's certificate
/// policies (TPM 2.0 Keys for Device Identity and Attestation 1.0, 8.2). Nothing is by default.
struct TpmResidency {
    bool resident = false;    ///< 2.23.133.11.1.1: in the TPM that its certificate names.
    bool fixed = false;       ///< 2.23.133.11.1.2: fixedTPM, so in no other ever.
    bool restricted = false;  ///< 2.23.133.11.1.3: fixedTPM and restricted.
    friend bool operator==(const TpmResidency&, const TpmResidency&) = default;
};

/// The claims common to all formats. Absent is absent, never a default.
struct Claims {
    std::string format;
    std::string vendor;
    std::optional<std::string> model;
    std::optional<SeSerial> element_serial;
    Bytes public_key;    ///< SPKI DER in our own canonical encoding; empty where none is bound.
    std::string origin;  ///< generated, imported, derived
    std::optional<bool> exportable;
    std::vector<std::string> usage;  ///< sign, decrypt, attest
    std::optional<std::string> firmware;
    std::optional<std::string> lifecycle;
    std::string freshness;  ///< nonce, csr, unchecked
    Assurance assurance = Assurance::platform_only;
    TpmResidency tpm_residency = {};
    Digest anchor{};                                          ///< SHA-256 of the pinned root's DER.
    std::vector<std::pair<std::string, std::string>> detail;  ///< The format's own, by name.
};

/// Evidence that a verifier accepted. Only ca/attestation makes one.
struct VerifiedElement {
    Claims claims;
    /// SHA-256 of the canonical SPKI of the pre-provisioned key that the evidence proved (a TPM's
    /// EK, an element's device key): what custody is looked up by.
    Digest element_key{};
};

}  // namespace hallmark
