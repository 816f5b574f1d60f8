// A document in microchip-manifest by a vendor of the tests' own, and the parser that is asked
// about it.
#pragma once

#include "tests/support/manifest.h"
#include "tests/support/pki.h"
#include "tests/support/taken_manifest.h"

#include <stdexcept>

namespace hallmark::testing {

inline const TestVendor& vendor() {
    static const TestVendor made = make_vendor("Example Silicon");
    return made;
}

inline PinnedVendor pin(std::vector<Bytes> roots, std::vector<Bytes> intermediates = {}) {
    return {.vendor = VendorId("example"),
            .format = std::string(microchip_manifest_format),
            .anchors = {.roots = std::move(roots), .intermediates = std::move(intermediates)},
            .exceptions = {}};
}

inline Result<TakenManifest> parse(const std::string& text, std::vector<PinnedVendor> pins,
                                   Instant now = noon(), ManifestLimits limits = {}) {
    static const ChainValidator chains;
    return take_manifest(&parse_microchip_manifest, text,
                         {.pins = std::move(pins), .now = now, .limits = limits}, chains);
}

inline Result<TakenManifest> parse_pinned(const std::string& text) {
    return parse(text, {pin({vendor().signer.certificate})});
}

inline ManifestEntry good_entry() {
    return manifest_entry(fresh_element("0123f1822c38dd7a01"), vendor().signer);
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) throw std::logic_error("nothing to spoil: " + std::string(what));
    return text.replace(at, what.size(), with);
}

inline std::string sole(const ManifestEntry& entry) {
    return "[" + sign_manifest_entry(entry, vendor().signer) + "]";
}

}  // namespace hallmark::testing
