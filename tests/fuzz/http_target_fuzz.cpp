// fuzz: NEEDS ca/domain server/http
// covers: server/http/target.cpp
#include "server/http/target.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// A target that is taken has one meaning: no empty or dot segment, printable ASCII alone, and a
// path made of its segments and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const auto target = hallmark::parse_target({reinterpret_cast<const char*>(octets), size});
    if (!target) return 0;
    std::string path;
    for (const std::string& segment : target->segments) {
        if (segment.empty() || segment == "." || segment == "..") std::abort();
        for (const char c : segment) {
            if (c < 0x20 || c > 0x7e) std::abort();
        }
        path += "/" + segment;
    }
    if (target->path != (path.empty() ? "/" : path)) std::abort();
    return 0;
}
