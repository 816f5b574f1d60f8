// A Signer that tells how long the one inside took and how it failed. Changes nothing else.
#pragma once

#include "ca/hsm/signer.h"
#include "server/ops/metrics.h"

namespace hallmark {

class TimedSigner final : public Signer {
public:
    /// Both outlive this.
    TimedSigner(Signer& inner, Metrics& metrics) : inner_(inner), metrics_(metrics) {}
    [[nodiscard]] Bytes sign(const SigningKey& key, ByteView message) override;

private:
    Signer& inner_;
    Metrics& metrics_;
};

}  // namespace hallmark
