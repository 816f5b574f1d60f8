// A digest of octets that come a piece at a time.
#pragma once

#include "ca/crypto/hash.h"

#include <memory>

namespace hallmark {

class RunningHash {
public:
    explicit RunningHash(HashAlgorithm algorithm);
    ~RunningHash();
    RunningHash(RunningHash&&) noexcept;
    RunningHash& operator=(RunningHash&&) noexcept;

    void update(ByteView more);
    /// Of everything so far; more may follow.
    [[nodiscard]] Bytes digest() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hallmark
