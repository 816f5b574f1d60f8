// fuzz: NEEDS ca/domain ca/crypto ca/hsm
// covers: ca/hsm/key_uri.cpp
// Whatever parse_key_uri takes is read again, the same, from what key_uri writes of it.
#include "ca/hsm/token.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* octets, std::size_t count) {
    using namespace hallmark;
    const auto uri = parse_key_uri(as_text(ByteView(octets, count)));
    if (!uri) return 0;
    // A long name grows threefold when it is percent-encoded, past what is taken as a URI.
    const std::string written =
        key_uri(uri->token.empty() ? "token" : uri->token, uri->object, uri->id);
    if (written.size() > 1024) return 0;
    const auto again = parse_key_uri(written);
    if (!again || again->object != uri->object || again->id != uri->id) std::abort();
    return 0;
}
