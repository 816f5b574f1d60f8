// Big-endian fields as TPMs write them (TPM 2.0 Library Part 1, 7.2.3; Part 2, 10.4: TPM2B is a u16
// size and as many octets). Once a field is missing everything after it reads as zero and
// finished() stays false, so a parser asks once, at its end. Refuses to know what the fields mean.
#pragma once

#include "ca/domain/bytes.h"

#include <cstdint>

namespace hallmark {

class TpmReader {
public:
    explicit TpmReader(ByteView input) : rest_(input) {}

    [[nodiscard]] std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    [[nodiscard]] std::uint64_t u64() { return number(8); }
    [[nodiscard]] ByteView octets(std::size_t count) {
        if (failed_ || count > rest_.size()) {
            failed_ = true;
            return {};
        }
        const ByteView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    /// A TPM2B of at most `limit` octets, without its size.
    [[nodiscard]] Bytes sized(std::size_t limit) {
        const std::size_t size = u16();
        if (size > limit) failed_ = true;
        return to_bytes(octets(size));
    }
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    /// Everything was there and nothing trails.
    [[nodiscard]] bool finished() const noexcept { return !failed_ && rest_.empty(); }

private:
    std::uint64_t number(std::size_t count) {
        std::uint64_t value = 0;
        for (const unsigned char octet : octets(count))
            value = value << 8 | octet;
        return value;
    }

    ByteView rest_;
    bool failed_ = false;
};

}  // namespace hallmark
