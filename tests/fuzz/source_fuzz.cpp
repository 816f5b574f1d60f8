// fuzz: NEEDS ca/domain ca/registry
// covers: ca/registry/source.cpp
// Source networks as an operator types them: whatever parses contains its own address and writes
// nothing outside.
#include "ca/registry/source.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = hallmark::as_text({data, size});
    const auto network = hallmark::parse_network(text);
    if (!network) return 0;
    const std::string_view address = text.substr(0, text.find('/'));
    // An IPv4-mapped address counts as IPv4, so a network written with one contains nothing.
    const bool is_mapped = network->address.size() == 16 && network->address[10] == 0xff;
    if (!is_mapped && !hallmark::contains(*network, address)) std::abort();
    if (network->prefix > network->address.size() * 8) std::abort();
    return 0;
}
