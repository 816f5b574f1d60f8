// Strong types: same representation, different meaning, no conversion between them.
#pragma once

#include <compare>
#include <utility>

namespace hallmark {

template <typename Value, typename Tag>
class Strong {
public:
    Strong() = default;
    explicit Strong(Value value) : value_(std::move(value)) {}
    [[nodiscard]] const Value& get() const noexcept { return value_; }
    friend auto operator<=>(const Strong&, const Strong&) = default;

private:
    Value value_{};
};

}  // namespace hallmark
