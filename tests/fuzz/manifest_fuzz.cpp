// fuzz: NEEDS ca/domain ca/crypto ca/json ca/custody tests/support
// covers: ca/custody/microchip_manifest.cpp ca/custody/json_array.cpp ca/custody/jwk.cpp
// covers: ca/custody/manifest_signer.cpp ca/custody/manifest_fields.cpp
// ca/custody/manifest_input.cpp The manifest parser under foreign bytes: as the whole document,
// which nobody pinned has signed, and as payload or header that a pinned signer did sign, since no
// fuzzer can.
#include "ca/custody/jwk.h"
#include "ca/custody/manifest.h"
#include "ca/json/json.h"
#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <cstdlib>

#include <boost/json.hpp>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Vendor {
    testing::TestVendor keys = testing::make_vendor("Example");
    PinnedVendor pin{.vendor = VendorId("example"),
                     .format = std::string(microchip_manifest_format),
                     .anchors = {.roots = {keys.root}, .intermediates = {keys.signer.certificate}},
                     .exceptions = {}};
    ManifestEntry entry = manifest_entry(testing::fresh_element("0123"), keys.signer);
};

std::string text_member(const boost::json::object& object, std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

void read_signed(const ManifestEntry& entry, const Vendor& vendor, const ChainValidator& chains) {
    const std::string document = "[" + sign_manifest_entry(entry, vendor.keys.signer) + "]";
    const auto manifest =
        testing::take_manifest(&parse_microchip_manifest, document,
                               {.pins = {vendor.pin}, .now = testing::noon()}, chains);
    if (!manifest) return;
    require(manifest->units.size() == 1 && manifest->units[0].unique_id == entry.unique_id);
    for (const ManifestKey& key : manifest->units[0].keys) {
        require(parse_public_key(key.spki)->digest() == key.sha256);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const ChainValidator chains;
    static const Vendor vendor;
    const std::string_view text = as_text(ByteView(data, size));
    for (const bool pinned : {false, true}) {
        ManifestTerms terms{.pins = {}, .now = testing::noon()};
        if (pinned) terms.pins = {vendor.pin};
        require(!testing::take_manifest(&parse_microchip_manifest, text, terms, chains));
    }
    const auto value = parse_json(text);
    if (!value) return 0;
    const auto key = parse_jwk(*value);
    require(!key || parse_public_key(key->spki));
    const boost::json::object* object = value->if_object();
    if (object == nullptr) return 0;
    ManifestEntry entry = vendor.entry;
    if (object->contains("publicKeySet") || object->contains("uniqueId")) {
        entry.payload = text;
        entry.unique_id = text_member(*object, "uniqueId");
        read_signed(entry, vendor, chains);
    } else if (object->contains("alg")) {
        entry.protected_header = text;
        read_signed(entry, vendor, chains);
    }
    return 0;
}
