// Something that must not be seen: a PIN, an activation secret, a database password.
// No copy, no stream, wiped when it goes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace hallmark {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
        return *this;
    }
    ~Secret() { wipe(); }

    /// For the one call that needs it; never keep the reference.
    [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
    [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

private:
    void wipe() noexcept {
        // Volatile: the write must survive although nobody reads it again.
        volatile char* cursor = value_.data();
        for (std::size_t i = 0; i < value_.size(); ++i)
            cursor[i] = 0;
        value_.clear();
    }
    std::string value_;
};

}  // namespace hallmark
