// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/attestation/evidence_document.cpp ca/attestation/family.cpp ca/attestation/tpm2.cpp ca/attestation/tpm2_endorsement.cpp ca/attestation/tpm2_credential.cpp
// The evidence document and the verifiers behind it. The seeds stand under the root below, with
// nonce, key and activation unchecked, so that changed ones still reach every parser. What is
// accepted must be whole.
#include "ca/attestation/family.h"
#include "ca/crypto/keys.h"

#include <cstdint>
#include <cstdlib>

namespace {

/// The maker's root that signed the seeds; its key was thrown away.
constexpr std::string_view root_hex =
    "3082018f30820135a00302010202104e8ce9879a08c7f917ec206bda07a145300a06082a8648ce3d04030230"
    "173115301306035504030c0c53544d2054504d20526f6f74301e170d3230303130313030303030305a170d34"
    "39303130313030303030305a30173115301306035504030c0c53544d2054504d20526f6f743059301306072a"
    "8648ce3d020106082a8648ce3d03010703420004a84bf661776e88a088d9b777324722015da99d69fe355027"
    "9c73faeae26333acdda2189292353afe42ce36b4ae5d2736ae27ecc57346bd64dc80982e3e475146a3633061"
    "300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204301d0603551d0e04160414"
    "9bc17e1afc9bbfedb52b3c8d0c8857f644bef4ab301f0603551d230418301680149bc17e1afc9bbfedb52b3c"
    "8d0c8857f644bef4ab300a06082a8648ce3d0403020348003045022100bcac4620e19ea385c5536253f4e2c7"
    "3eac9aa1910cd3dd185b334588f036beb8022067a2153a872c3d0787449664a5efac16bed7772b7c69627c15"
    "4f347161e6a5c9";

hallmark::VendorPin pin() {
    return {.vendor = hallmark::VendorId("stm"),
            .format = "tpm2",
            .anchors = {.roots = {hallmark::from_hex(root_hex).value()}, .intermediates = {}},
            .exceptions = {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const hallmark::ChainValidator chains;
    static const hallmark::EvidenceFamily family = hallmark::make_family(chains);
    static const std::vector<hallmark::VendorPin> pins{pin()};
    static const hallmark::Instant now = hallmark::from_rfc3339("2026-11-23T12:00:00Z").value();

    const auto evidence = hallmark::parse_evidence({reinterpret_cast<const char*>(data), size});
    if (!evidence) return 0;
    hallmark::Expected expected;
    expected.activation_unchecked = true;
    const auto element = family.verify(*evidence, pins, expected, now);
    if (element) {
        if (!hallmark::parse_public_key(element->claims.public_key)) std::abort();
        if (hallmark::claims_json(element->claims).empty()) std::abort();
    }
    const auto opening = family.open({*evidence}, pins, now);
    if (opening && !opening->ak_name) std::abort();
    return 0;
}
