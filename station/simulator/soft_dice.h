// A device with DICE in memory, as TCG's Attestation Architecture describes one: a DeviceID that
// its maker certified, a first layer that certifies the next one's alias key, and what each says of
// the firmware above it (DiceTcbInfo). Honest in bytes and in nothing else: its root is nobody's,
// and its keys are random where a real one derives them.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// One DiceTcbInfo; the defaults are true. Each member is one way to lie.
struct SoftTcbInfo {
    std::string vendor = "Example";
    std::string model = "DICE-1";
    std::optional<std::string> version = "1.4.2";
    std::optional<std::int64_t> svn = 7;
    std::int64_t layer = 0;
    std::optional<Bytes> digest = Bytes(32, 0xA1);      ///< SHA-256 of the firmware.
    std::optional<Bytes> flags = Bytes{0, 0, 0, 0, 1};  ///< BIT STRING content: fixedWidth alone.
    std::optional<Bytes> flags_mask = {};
};
[[nodiscard]] Bytes soft_tcb_info(const SoftTcbInfo& info);
/// The extension with one DiceTcbInfo, or with several.
[[nodiscard]] Bytes soft_tcb_info_extension(const std::vector<SoftTcbInfo>& infos);
/// What RIoT wrote under the same identifier.
[[nodiscard]] Bytes soft_riot_extension(ByteView issuer_spki, ByteView sha256);
[[nodiscard]] Bytes soft_ueid_extension(ByteView ueid);

/// How the layers' certificates are written.
struct SoftDiceLayers {
    SoftTcbInfo first = {};                ///< Of the layer that certifies the alias key.
    SoftTcbInfo alias = {.layer = 1};      ///< Of the layer that holds it.
    std::optional<Bytes> first_says = {};  ///< Extensions, instead of the above.
    std::optional<Bytes> alias_says = {};  ///< Likewise.
    unsigned alias_usage = 0;              ///< digitalSignature
    bool alias_is_authority = false;
    bool another_key_signs = false;  ///< The alias key's certificate.
};

class SoftDiceMaker {
public:
    SoftDiceMaker();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// A DeviceID's certificate, with the UEID that the maker gave it, or with other extensions.
    [[nodiscard]] Bytes certify(ByteView spki, ByteView extensions) const;
    /// An authority of the maker's below his root.
    [[nodiscard]] SoftDiceMaker branch() const;

private:
    SoftDiceMaker(PkeyPtr key, Bytes certificate, std::string name);
    PkeyPtr key_;
    Bytes root_;
    std::string name_;
};

class SoftDice {
public:
    /// Fresh from the factory.
    SoftDice(const SoftDiceMaker& maker, ByteView ueid);
    SoftDice(PkeyPtr device_id, Bytes certificate);

    [[nodiscard]] const PkeyPtr& device_id() const noexcept { return device_id_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    [[nodiscard]] const PkeyPtr& first_layer() const noexcept { return first_layer_; }
    /// The alias key's certificate, the first layer's, the DeviceID's. Which key it is, nobody
    /// asks: whoever lies puts one from outside here.
    [[nodiscard]] std::vector<Bytes> chain(ByteView alias_spki,
                                           const SoftDiceLayers& how = {}) const;
    /// What the alias key answers to a nonce.
    [[nodiscard]] static Bytes answer(EVP_PKEY* alias, ByteView nonce);

private:
    PkeyPtr device_id_;
    Bytes certificate_;
    PkeyPtr first_layer_;
};

}  // namespace hallmark
