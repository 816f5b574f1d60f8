// An ST STSAFE-A in memory, as far as signature sessions go: ST's authority, the key and
// certificate in each element's slot 0, and a session in which a key pair is made. Honest in bytes
// and in nothing else: its authority is nobody's, and its slot 0 signs whatever transcript it is
// given, as a real one's may that signs digests of the host's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// How a slot 0's certificate is written; the defaults are a real one's, which has no extensions.
struct SoftStsafeCertificate {
    std::optional<std::string> name;  ///< Another than the product and the serial.
    Bytes extensions;
};

class SoftStm {
public:
    SoftStm();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] Bytes certify(ByteView spki, ByteView serial,
                                const SoftStsafeCertificate& how = {}) const;

private:
    PkeyPtr key_;
    Bytes root_;
};

/// What is asked of the element when the key pair is made; the defaults are an honest station's.
struct SoftKeyOrder {
    unsigned char slot = 1;
    std::uint16_t use_limit = 0xFFFF;
    std::uint16_t mode = 0x0004;  ///< Digests are signed with it.
    std::optional<Bytes> curve;   ///< OID content; else the key's own.
    bool host_mac = false;
};

class SoftStsafe {
public:
    /// Fresh from the factory, slot 0 on P-256.
    explicit SoftStsafe(const SoftStm& maker);
    SoftStsafe(Bytes serial, PkeyPtr slot_0, Bytes certificate);

    [[nodiscard]] const Bytes& serial() const noexcept { return serial_; }
    [[nodiscard]] const PkeyPtr& slot_0() const noexcept { return slot_0_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    /// The session's messages over an EC key; whether it was made inside is not asked.
    [[nodiscard]] static std::vector<Bytes> session(ByteView spki, ByteView nonce,
                                                    const SoftKeyOrder& order = {});
    /// Get Signature's answer to these messages.
    [[nodiscard]] Bytes sign(const std::vector<Bytes>& messages) const;

private:
    Bytes serial_;
    PkeyPtr slot_0_;
    Bytes certificate_;
};

}  // namespace hallmark
