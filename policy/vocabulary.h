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
};
inline constexpr std::array formats{
    // A TPM's firmwareVersion is obfuscated unless the key is of the endorsement hierarchy, and two
    // EK certificates of
    // one TPM bear different serials.
    FormatTraits{"tpm2", false, false},
    FormatTraits{"tcg-csr-idevid", false, false},
    FormatTraits{"yubikey-piv", true, true},
    FormatTraits{"android-key", true, false},
    FormatTraits{"webauthn", false, false},
    FormatTraits{"pkix-key-attestation", true, true},
    FormatTraits{"microchip-atecc608", false, true},
    FormatTraits{"nxp-se05x", true, true},
    FormatTraits{"stsafe-a", false, true},
    FormatTraits{"optiga-trust-m", false, true},
    FormatTraits{"gp-applet", false, true},
    FormatTraits{"dice", true, true},
    FormatTraits{"psa-token", true, true},
    FormatTraits{"eat", true, true},
    FormatTraits{"csr-attribute", true, true},
};

[[nodiscard]] constexpr const FormatTraits* find_format(std::string_view name) noexcept {
    for (const FormatTraits& format : formats) {
        if (format.name == name) return &format;
    }
    return nullptr;
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
