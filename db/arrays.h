// One-dimensional arrays as parameters of a statement that takes many rows at once, in PostgreSQL's
// binary form (src/backend/utils/adt/arrayfuncs.c, array_recv). For the .cpp files of this room
// alone: it shows libpqxx.
#pragma once

#include "ca/domain/bytes.h"

#include <cstdint>
#include <string_view>

#include <pqxx/pqxx>

namespace hallmark {

/// The types' numbers, which are the same in every database (src/include/catalog/pg_type.dat).
enum class ElementType : std::uint32_t { bytea = 17, int8 = 20, text = 25 };

class ArrayWriter {
public:
    ArrayWriter(ElementType type, std::size_t count) {
        number(count == 0 ? 0 : 1, 4);  // Dimensions.
        number(0, 4);                   // No element is NULL.
        number(static_cast<std::uint64_t>(type), 4);
        if (count == 0) return;
        number(count, 4);
        number(1, 4);  // The first index.
    }
    void add(ByteView element) {
        number(element.size(), 4);
        append(out_, element);
    }
    void add(std::string_view element) { add(as_bytes(element)); }
    void add(std::int64_t element) {
        number(8, 4);
        number(static_cast<std::uint64_t>(element), 8);
    }
    [[nodiscard]] pqxx::binarystring parameter() const {
        return pqxx::binarystring(static_cast<const void*>(out_.data()), out_.size());
    }

private:
    void number(std::uint64_t value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
            out_.push_back(static_cast<unsigned char>(value >> shift));
    }
    Bytes out_;
};

/// One array of what `of` says of each row.
template <typename Rows, typename Of>
[[nodiscard]] pqxx::binarystring array_of(ElementType type, const Rows& rows, Of of) {
    ArrayWriter array(type, rows.size());
    for (const auto& row : rows)
        array.add(of(row));
    return array.parameter();
}
template <typename Rows, typename Of>
[[nodiscard]] pqxx::binarystring texts(const Rows& rows, Of of) {
    return array_of(ElementType::text, rows,
                    [&](const auto& row) { return std::string_view(of(row)); });
}
template <typename Rows, typename Of>
[[nodiscard]] pqxx::binarystring byteas(const Rows& rows, Of of) {
    return array_of(ElementType::bytea, rows, [&](const auto& row) { return ByteView(of(row)); });
}
template <typename Rows, typename Of>
[[nodiscard]] pqxx::binarystring numbers(const Rows& rows, Of of) {
    return array_of(ElementType::int8, rows,
                    [&](const auto& row) { return static_cast<std::int64_t>(of(row)); });
}

}  // namespace hallmark
