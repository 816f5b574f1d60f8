// Firmware versions as dotted numbers, compared as numbers. Anything else is no version.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace hallmark {

/// "7.2.11": 1 to 8 numbers below 2^32; trailing zeros are dropped, so that 1.2 equals 1.2.0.
[[nodiscard]] inline std::optional<std::vector<std::uint32_t>> parse_firmware(
    std::string_view text) {
    std::vector<std::uint32_t> numbers;
    while (numbers.size() < 8) {
        const std::string_view part = text.substr(0, text.find('.'));
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
        numbers.push_back(number);
        if (part.size() == text.size()) {
            while (!numbers.empty() && numbers.back() == 0)
                numbers.pop_back();
            return numbers;
        }
        text.remove_prefix(part.size() + 1);
    }
    return std::nullopt;
}

}  // namespace hallmark
