// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody
// The manifest parser under foreign bytes. No pin is given, so nothing may ever be accepted; a
// second pass feeds the JWK reader, which lies behind a signature that a fuzzer cannot make.
#include "ca/custody/jwk.h"
#include "ca/custody/manifest.h"
#include "ca/json/json.h"

#include <cstdlib>

#include <boost/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace hallmark;
    static const ChainValidator chains;
    const std::string_view text = as_text(ByteView(data, size));
    if (parse_microchip_manifest({.text = text, .pins = {}, .now = Instant{}, .limits = {}},
                                 chains))
        std::abort();
    if (const auto jwk = parse_json(text)) {
        const auto key = parse_jwk(*jwk);
        if (key && !parse_public_key(key->spki())) std::abort();
    }
    return 0;
}
