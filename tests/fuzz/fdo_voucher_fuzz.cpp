// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody tests/support
// covers: ca/custody/fdo_voucher.cpp ca/custody/fdo_fields.cpp
// Ownership vouchers under foreign bytes: as the whole document, and as what the maker signs in a
// transfer, since no fuzzer can.
#include "ca/custody/manifest.h"
#include "tests/support/fdo_voucher.h"
#include "tests/support/taken_manifest.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Cast {
    testing::TestKey maker = testing::make_ec_key();
    testing::TestKey owner = testing::make_ec_key();
    Bytes device = testing::self_signed("Device", testing::make_ec_key());
    PinnedVendor pin{
        .vendor = VendorId("maker"),
        .format = std::string(fdo_voucher_format),
        .anchors = {.roots = {testing::self_signed("Maker", maker)}, .intermediates = {}},
        .exceptions = {}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const ChainValidator chains;
    static const Cast cast;
    const ManifestTerms terms{.pins = {cast.pin}, .now = testing::noon()};
    const ByteView octets(data, size);
    require(!testing::take_manifest(&parse_fdo_vouchers, as_text(octets), terms, chains));
    for (std::size_t part = 0; part < 11; ++part) {
        testing::FdoVoucher voucher{.maker = cast.maker,
                                    .owners = {&cast.owner},
                                    .guid = Bytes(16, 0xA1),
                                    .certificates = {cast.device}};
        const auto spoil = [&](std::vector<Bytes>& parts, std::size_t first) {
            if (part >= first && part - first < parts.size())
                parts[part - first] = to_bytes(octets);
        };
        voucher.spoil_payload = [&](std::size_t, std::vector<Bytes>& parts) {
            if (part < 4) spoil(parts, 0);
        };
        voucher.spoil_header = [&](std::vector<Bytes>& parts) { spoil(parts, 4); };
        if (part == 10)
            voucher.spoil = [&](std::vector<Bytes>& parts) { parts[3] = to_bytes(octets); };
        const Bytes document = testing::fdo_voucher(voucher);
        const auto taken =
            testing::take_manifest(&parse_fdo_vouchers, as_text(document), terms, chains);
        require(!taken || taken->units.size() == 1);
    }
    return 0;
}
