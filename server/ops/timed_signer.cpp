#include "server/ops/timed_signer.h"

#include <chrono>

namespace hallmark {

Bytes TimedSigner::sign(const SigningKey& key, ByteView message) {
    const auto began = std::chrono::steady_clock::now();
    try {
        Bytes signature = inner_.sign(key, message);
        metrics_.signature(std::chrono::steady_clock::now() - began);
        return signature;
    } catch (const HsmFault& fault) {
        // Counted and passed on whole: the one catch that answers stands at the door.
        metrics_.signature_failed(fault.kind());
        throw;
    }
}

}  // namespace hallmark
