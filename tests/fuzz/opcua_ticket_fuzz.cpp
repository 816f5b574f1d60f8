// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody tests/support
// covers: ca/custody/opcua_ticket.cpp
// OPC UA's tickets under foreign bytes: as the whole document, and as payload or protected header
// that a pinned actor did sign, since no fuzzer can.
#include "ca/crypto/file_key.h"
#include "ca/custody/manifest.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Maker {
    testing::TestVendor keys = testing::make_vendor("Maker");
    FileKey key = FileKey::parse(keys.signer.private_key).value();
    PinnedVendor pin{.vendor = VendorId("maker"),
                     .format = std::string(opcua_ticket_format),
                     .anchors = {.roots = {keys.signer.certificate}, .intermediates = {}},
                     .exceptions = {}};
    std::string header = R"({"alg":"ES256","x5c":[")" + to_base64(keys.signer.certificate) +
                         R"("],"cty":"opc-ticket+json;type=DeviceIdentityTicketType"})";

    [[nodiscard]] std::string ticket(std::string_view protected_header,
                                     std::string_view payload) const {
        const std::string first = to_base64url(as_bytes(protected_header));
        const std::string second = to_base64url(as_bytes(payload));
        const Bytes raw = *ecdsa_raw_from_der(key.sign(as_bytes(first + "." + second)), 32);
        return R"([{"payload":")" + second + R"(","signatures":[{"protected":")" + first +
               R"(","signature":")" + to_base64url(raw) + R"("}]}])";
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const ChainValidator chains;
    static const Maker maker;
    const ManifestTerms terms{.pins = {maker.pin}, .now = testing::noon()};
    const std::string_view text = as_text(ByteView(data, size));
    require(!testing::take_manifest(&parse_opcua_tickets, text, terms, chains));
    for (const std::string& document :
         {maker.ticket(maker.header, text),
          maker.ticket(text, R"({"SerialNumber":"S-1","ProductInstanceUri":"urn:a"})")}) {
        const auto taken = testing::take_manifest(&parse_opcua_tickets, document, terms, chains);
        require(!taken || (taken->units.size() == 1 && taken->units[0].keys.empty()));
    }
    return 0;
}
