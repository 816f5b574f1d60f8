// The words of the language and what they stand for: key usages, purposes, evidence formats.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace hallmark {

/// RFC 5280 4.2.1.3, in the order of the bits.
inline constexpr std::array<std::string_view, 9> key_usage_names{
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly"};

struct KeyPurpose {
    std::string_view name;
    std::string_view oid;
};
/// RFC 5280 4.2.1.12 and friends. Others are written as OIDs.
inline constexpr std::array purposes{
    KeyPurpose{"serverAuth", "1.3.6.1.5.5.7.3.1"},
    KeyPurpose{"clientAuth", "1.3.6.1.5.5.7.3.2"},
    KeyPurpose{"codeSigning", "1.3.6.1.5.5.7.3.3"},
    KeyPurpose{"emailProtection", "1.3.6.1.5.5.7.3.4"},
    KeyPurpose{"timeStamping", "1.3.6.1.5.5.7.3.8"},
    KeyPurpose{"OCSPSigning", "1.3.6.1.5.5.7.3.9"},
    KeyPurpose{"anyExtendedKeyUsage", "2.5.29.37.0"},
};

/// What an evidence format can say at all, whatever the element: for rules that could never be met.
struct FormatTraits {
    std::string_view name;
    bool proves_firmware = false;
    bool proves_serial = false;
    bool proves_tpm_residency = false;
};
inline constexpr std::array formats{
    // A TPM's firmwareVersion is obfuscated unless the key is of the endorsement hierarchy, and two
    // EK certificates of
    // one TPM bear different serials.
    FormatTraits{"tpm2", false, false, true},
    FormatTraits{"tcg-csr-idevid", false, false, true},
    FormatTraits{"yubikey-piv", true, true},
    FormatTraits{"android-key", true, false},
    FormatTraits{"webauthn", false, false},
    FormatTraits{"pkix-key-attestation", true, true},
    FormatTraits{"microchip-atecc608", false, true},
    // An SE05x does not sign its applet's version.
    FormatTraits{"nxp-se05x", false, true},
    FormatTraits{"stsafe-a", false, true},
    // Whether the number in an OPTIGA's certificate is one of the chip's own is not known.
    FormatTraits{"optiga-trust-m", false, false},
    FormatTraits{"gp-applet", false, true},
    FormatTraits{"euicc", false, true},
    FormatTraits{"dice", true, true},
    FormatTraits{"psa-token", true, true},
    FormatTraits{"eat", true, true},
    // A packaging: what stands in it says what it proves, and must be named beside it.
    FormatTraits{"csr-attribute", true, true},
};

/// TCG's certificate policies of a key whose place in a TPM the CA verified (TPM 2.0 Keys for
/// Device Identity and Attestation 1.0, 8.2).
namespace tcg_policy {
inline constexpr std::string_view verified_residency = "2.23.133.11.1.1",
                                  verified_fixed = "2.23.133.11.1.2",
                                  verified_restricted = "2.23.133.11.1.3";
}  // namespace tcg_policy

/// Such a policy is what evidence proves and nothing that a rule may declare.
[[nodiscard]] constexpr bool is_proved_policy(std::string_view oid) noexcept {
    return oid == tcg_policy::verified_residency || oid == tcg_policy::verified_fixed ||
           oid == tcg_policy::verified_restricted;
}

[[nodiscard]] constexpr const FormatTraits* find_format(std::string_view name) noexcept {
    for (const FormatTraits& format : formats) {
        if (format.name == name) return &format;
    }
    return nullptr;
}

/// Whether evidence of this format can say that a key lives in a TPM.
[[nodiscard]] constexpr bool proves_tpm_residency(std::string_view name) noexcept {
    const FormatTraits* format = find_format(name);
    return format != nullptr && format->proves_tpm_residency;
}

[[nodiscard]] constexpr const KeyPurpose* find_purpose(std::string_view name_or_oid) noexcept {
    for (const KeyPurpose& purpose : purposes) {
        if (purpose.name == name_or_oid || purpose.oid == name_or_oid) return &purpose;
    }
    return nullptr;
}

/// The bit's number; nullopt for a word that RFC 5280 does not have.
[[nodiscard]] constexpr std::optional<unsigned> key_usage_bit(std::string_view name) noexcept {
    for (unsigned bit = 0; bit < key_usage_names.size(); ++bit) {
        if (key_usage_names[bit] == name) return bit;
    }
    return std::nullopt;
}

}  // namespace hallmark
