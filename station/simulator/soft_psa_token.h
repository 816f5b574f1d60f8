// A platform of Arm's Platform Security Architecture in memory, as far as its initial attestation
// goes: an attestation key, its instance id, and tokens in each of the forms that are in use (RFC
// 9783; the drafts before it; PSA_IOT_PROFILE_1 as TF-M and as Silicon Labs' secure engines write
// it).
#pragma once

#include "station/simulator/soft_token.h"

namespace hallmark {

enum class SoftPsaForm { tfm, psa_2_0_0, iot_profile_1, silabs };

class SoftPsaPlatform {
public:
    /// Its instance id is the digest of its key.
    SoftPsaPlatform(const SoftTokenMaker& maker, SoftPsaForm form = SoftPsaForm::tfm);
    SoftPsaPlatform(PkeyPtr attestation_key, std::vector<Bytes> chain, Bytes instance_id,
                    SoftPsaForm form);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    /// The key's certificate first; the root is not among them.
    [[nodiscard]] const std::vector<Bytes>& chain() const noexcept { return chain_; }
    /// As a token has it: a type octet first.
    [[nodiscard]] const Bytes& instance_id() const noexcept { return instance_id_; }
    [[nodiscard]] static Bytes implementation_id();
    /// Asked for by the partition `client_id` of the secure side.
    [[nodiscard]] Bytes attest(ByteView nonce, const SoftReport& how = {},
                               std::int64_t client_id = 3) const;

private:
    PkeyPtr key_;
    std::vector<Bytes> chain_;
    Bytes instance_id_;
    SoftPsaForm form_;
};

/// Silicon Labs' hierarchy: root, factory, batch, and certificates of devices without identifiers.
class SoftSilabs {
public:
    SoftSilabs();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// `words` are those behind the EUI in the common name. A platform whose instance id is the
    /// EUI-64's.
    [[nodiscard]] SoftPsaPlatform platform(ByteView eui,
                                           std::string_view words = " S:SE1 ID:SE") const;

private:
    PkeyPtr root_key_, factory_key_, batch_key_;
    Bytes root_, factory_, batch_;
};

}  // namespace hallmark
