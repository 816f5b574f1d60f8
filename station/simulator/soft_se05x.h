// An NXP SE05x in memory, as far as reading a key pair with attestation goes: NXP's attestation
// authority, the attestation key and certificate of each chip, and the command and response of
// ReadObject with attestation, in the form of applets before and since 7.2. Honest in bytes and in
// nothing else: its authority is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// The maker. Pinned is its attestation authority, as for real chips.
class SoftNxp {
public:
    SoftNxp();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// Of a chip's attestation key; a name other than NXP's is that of another key in the chip.
    [[nodiscard]] Bytes certify(ByteView spki, std::string_view name,
                                ByteView extensions = {}) const;

private:
    PkeyPtr key_;
    Bytes root_;
};

struct SoftAccess {
    std::uint32_t who = 0;              ///< The authentication object; 0: anybody.
    std::uint32_t rights = 0x102C0000;  ///< Sign, read, generate, delete.
};

/// How an attested read is written; the defaults are true of a new key. Each member is one way to
/// lie, and what is signed is the lie.
struct SoftAttestedRead {
    Bytes applet{7, 2, 0};
    std::uint32_t object = 0x20000001;
    std::optional<std::uint32_t> object_in_attributes;
    std::optional<unsigned char> type;  ///< Another than the key's.
    unsigned char authentication = 1;   ///< Not set.
    unsigned char origin = 2;           ///< Made inside.
    std::vector<SoftAccess> policies{SoftAccess{}};
    Bytes behind_policies;                    ///< A policy of another form.
    std::optional<Bytes> data;                ///< Another than the key's point.
    std::optional<Bytes> chip;                ///< Another than the certificate's.
    std::optional<Bytes> random_in_response;  ///< Before applet 7.2.
    unsigned char algorithm = 0x21;           ///< ECDSA with SHA-256.
    Bytes behind_random;                      ///< In the command.
    bool another_key_signs = false;
};

struct SoftApdus {
    Bytes command;
    Bytes response;
};

class SoftSe05x {
public:
    /// Fresh from the factory.
    explicit SoftSe05x(const SoftNxp& maker);
    /// As it was delivered; the chip's identifier stands in the certificate's name.
    SoftSe05x(Bytes chip, PkeyPtr attestation_key, Bytes certificate);

    [[nodiscard]] const Bytes& chip() const noexcept { return chip_; }
    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    /// Its identifier as certificates and manifests have it.
    [[nodiscard]] static std::string serial(ByteView chip);
    /// Of an EC key; whether it was made inside is not asked. The nonce's first 16 octets go in.
    [[nodiscard]] SoftApdus attest(ByteView spki, ByteView nonce,
                                   const SoftAttestedRead& how = {}) const;

private:
    Bytes chip_;
    PkeyPtr key_;
    Bytes certificate_;
};

}  // namespace hallmark
