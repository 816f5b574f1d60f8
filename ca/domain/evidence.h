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

/// The claims common to all formats. Absent is absent, never a default.
struct Claims {
    std::string format;
    std::string vendor;
    std::optional<std::string> model;
    std::optional<SeSerial> element_serial;
    Bytes public_key;    ///< SPKI DER in our own canonical encoding.
    std::string origin;  ///< generated, imported, derived
    std::optional<bool> exportable;
    std::vector<std::string> usage;  ///< sign, decrypt, attest
    std::optional<std::string> firmware;
    std::optional<std::string> lifecycle;
    std::string freshness;  ///< nonce, csr, unchecked
    Assurance assurance = Assurance::platform_only;
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
