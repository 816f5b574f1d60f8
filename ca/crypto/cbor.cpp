#include "ca/crypto/cbor.h"

#include <limits>

namespace hallmark {
namespace {

// RFC 8949 3: major types, and 3.3: the simple values.
enum Major : unsigned {
    unsigned_number,
    negative,
    byte_string,
    text_string,
    array,
    map,
    tag,
    simple
};
constexpr unsigned simple_false = 20, simple_true = 21, simple_null = 22;
constexpr unsigned follows_1 = 24, follows_8 = 27;

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(ByteView text) {
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char lead = text[i];
        std::size_t more = 0;
        std::uint32_t least = 0;
        std::uint32_t value = 0;
        if (lead < 0x80) {
            ++i;
            continue;
        } else if ((lead & 0xE0u) == 0xC0) {
            more = 1, least = 0x80, value = lead & 0x1Fu;
        } else if ((lead & 0xF0u) == 0xE0) {
            more = 2, least = 0x800, value = lead & 0x0Fu;
        } else if ((lead & 0xF8u) == 0xF0) {
            more = 3, least = 0x10000, value = lead & 0x07u;
        } else {
            return false;
        }
        if (text.size() - i <= more) return false;
        for (std::size_t k = 1; k <= more; ++k) {
            if ((text[i + k] & 0xC0u) != 0x80) return false;
            value = value << 6 | (text[i + k] & 0x3Fu);
        }
        if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
        i += more + 1;
    }
    return true;
}

class Reader {
public:
    Reader(ByteView input, const CborLimits& limits) : rest_(input), limits_(limits) {}
    [[nodiscard]] ByteView rest() const noexcept { return rest_; }

    std::optional<CborItem> item(std::size_t depth) {
        if (depth > limits_.depth || ++read_ > limits_.items) return std::nullopt;
        const auto head = octets(1);
        if (!head) return std::nullopt;
        const unsigned major = (*head)[0] >> 5;
        const unsigned information = (*head)[0] & 0x1Fu;
        if (major == simple) return simple_value(information);
        const auto argument = argument_of(information);
        if (!argument) return std::nullopt;
        switch (major) {
            case unsigned_number:
            case negative:
                return integer(major, *argument);
            case byte_string:
            case text_string:
                return string(major, *argument);
            case array:
                return several(CborItem::Kind::array, *argument, *argument, depth);
            case map:
                if (*argument > limits_.items) return std::nullopt;
                return several(CborItem::Kind::map, *argument, *argument * 2, depth);
            default:
                return tagged(*argument, depth);
        }
    }

private:
    std::optional<ByteView> octets(std::uint64_t count) {
        if (count > rest_.size()) return std::nullopt;
        const ByteView taken = rest_.first(static_cast<std::size_t>(count));
        rest_ = rest_.subspan(static_cast<std::size_t>(count));
        return taken;
    }

    /// In its shortest form (RFC 8949 4.2.1); 28 to 31 are reserved or of indefinite length.
    std::optional<std::uint64_t> argument_of(unsigned information) {
        if (information < follows_1) return information;
        if (information > follows_8) return std::nullopt;
        const unsigned size = 1u << (information - follows_1);
        const auto following = octets(size);
        if (!following) return std::nullopt;
        std::uint64_t value = 0;
        for (const unsigned char octet : *following)
            value = value << 8 | octet;
        const std::uint64_t least = size == 1 ? follows_1 : std::uint64_t{1} << (4 * size);
        if (value < least) return std::nullopt;
        return value;
    }

    static std::optional<CborItem> simple_value(unsigned information) {
        CborItem item;
        if (information == simple_null) return item;
        if (information != simple_false && information != simple_true) return std::nullopt;
        item.kind = CborItem::Kind::boolean;
        item.number = information == simple_true ? 1 : 0;
        return item;
    }

    static std::optional<CborItem> integer(unsigned major, std::uint64_t argument) {
        if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        CborItem item;
        item.kind = CborItem::Kind::number;
        item.number = static_cast<std::int64_t>(argument);
        if (major == negative) item.number = -1 - item.number;
        return item;
    }

    std::optional<CborItem> string(unsigned major, std::uint64_t length) {
        const auto content = octets(length);
        if (!content) return std::nullopt;
        CborItem item;
        item.kind = major == text_string ? CborItem::Kind::text : CborItem::Kind::bytes;
        item.octets = to_bytes(*content);
        if (major == text_string && !is_utf8(item.octets)) return std::nullopt;
        return item;
    }

    std::optional<CborItem> several(CborItem::Kind kind, std::uint64_t length, std::uint64_t count,
                                    std::size_t depth) {
        // Every item takes an octet at least: a length that cannot be is refused before it is read.
        if (length > limits_.items || count > rest_.size()) return std::nullopt;
        CborItem item;
        item.kind = kind;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto next = this->item(depth + 1);
            if (!next) return std::nullopt;
            const bool is_key = kind == CborItem::Kind::map && i % 2 == 0;
            if (is_key && !is_new_key(item, *next)) return std::nullopt;
            item.items.push_back(std::move(*next));
        }
        return item;
    }

    /// Numbers and texts are keys here; RFC 8949 5.6: a map with a key twice is not valid.
    static bool is_new_key(const CborItem& map, const CborItem& key) {
        if (key.kind == CborItem::Kind::text) return map.find(key.text()) == nullptr;
        return key.kind == CborItem::Kind::number && map.find(key.number) == nullptr;
    }

    std::optional<CborItem> tagged(std::uint64_t number, std::size_t depth) {
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        auto content = item(depth + 1);
        if (!content) return std::nullopt;
        CborItem item;
        item.kind = CborItem::Kind::tagged;
        item.number = static_cast<std::int64_t>(number);
        item.items.push_back(std::move(*content));
        return item;
    }

    ByteView rest_;
    const CborLimits& limits_;
    std::size_t read_ = 0;
};

template <typename IsKey>
const CborItem* find_key(const CborItem& map, IsKey is_key) {
    if (map.kind != CborItem::Kind::map) return nullptr;
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
        if (is_key(map.items[i])) return &map.items[i + 1];
    }
    return nullptr;
}

}  // namespace

const CborItem* CborItem::find(std::string_view key) const noexcept {
    return find_key(
        *this, [&](const CborItem& item) { return item.kind == Kind::text && item.text() == key; });
}

const CborItem* CborItem::find(std::int64_t key) const noexcept {
    return find_key(*this, [&](const CborItem& item) {
        return item.kind == Kind::number && item.number == key;
    });
}

std::optional<CborItem> take_cbor(ByteView& input, const CborLimits& limits) {
    if (input.size() > limits.octets) return std::nullopt;
    Reader reader(input, limits);
    auto item = reader.item(1);
    if (item) input = reader.rest();
    return item;
}

std::optional<CborItem> parse_cbor(ByteView input, const CborLimits& limits) {
    auto item = take_cbor(input, limits);
    if (!item || !input.empty()) return std::nullopt;
    return item;
}

}  // namespace hallmark
