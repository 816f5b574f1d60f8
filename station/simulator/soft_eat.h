// An entity in memory that speaks of itself in Entity Attestation Tokens (RFC 9711), with the
// claims that need no profile.
#pragma once

#include "station/simulator/soft_token.h"

namespace hallmark {

class SoftEatEntity {
public:
    explicit SoftEatEntity(const SoftTokenMaker& maker);
    /// `ueid` is as a token has it: a type octet first.
    SoftEatEntity(PkeyPtr attestation_key, std::vector<Bytes> chain, Bytes ueid);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] const std::vector<Bytes>& chain() const noexcept { return chain_; }
    [[nodiscard]] const Bytes& ueid() const noexcept { return ueid_; }
    [[nodiscard]] Bytes attest(ByteView nonce, const SoftReport& how = {}) const;

private:
    PkeyPtr key_;
    std::vector<Bytes> chain_;
    Bytes ueid_;
};

}  // namespace hallmark
