// fuzz: NEEDS ca/domain server/protocol
// covers: server/protocol/query.cpp
// The query of a target: only known names, each once, nothing left encoded that was encoded.
#include "ca/domain/bytes.h"
#include "server/protocol/query.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace hallmark;
    static const std::vector<std::string> known{"device", "from", "to", "cursor", "limit"};
    const std::string_view text = as_text({bytes, size});
    const auto query = parse_query(text, known);
    if (!query) return query.error().reason == Reason::malformed_request ? 0 : (std::abort(), 0);
    std::size_t octets = 0;
    for (const auto& [name, value] : *query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) std::abort();
        octets += name.size() + value.size();
    }
    // Decoding never grows, and each pair but the last ends in '&'.
    if (octets > size ||
        (!query->empty() &&
         query->size() > std::size_t(std::count(text.begin(), text.end(), '&')) + 1))
        std::abort();
    return 0;
}
