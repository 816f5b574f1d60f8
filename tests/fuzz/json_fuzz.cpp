// fuzz: NEEDS ca/json
// covers: ca/json/json.cpp
// Whatever parse_json takes and canonical_json writes, parse_json takes again as the same value.
#include "ca/json/json.h"

#include <cstdint>
#include <cstdlib>

#include <boost/json.hpp>

namespace {

bool has_double(const boost::json::value& value) {
    if (value.is_double()) return true;
    if (value.is_array()) {
        for (const auto& element : value.get_array()) {
            if (has_double(element)) return true;
        }
    }
    if (value.is_object()) {
        for (const auto& member : value.get_object()) {
            if (has_double(member.value())) return true;
        }
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = hallmark::parse_json(text);
    if (!value || has_double(*value)) return 0;
    const std::string once = hallmark::canonical_json(*value);
    const auto again = hallmark::parse_json(once, {.octets = 8 * hallmark::JsonLimits{}.octets});
    if (!again || hallmark::canonical_json(*again) != once) std::abort();
    return 0;
}
