// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/attestation/evidence_document.cpp ca/attestation/family.cpp ca/attestation/tpm2.cpp
// covers: ca/attestation/tpm2_rules.cpp ca/attestation/tpm2_endorsement.cpp
// covers: ca/attestation/tpm2_credential.cpp
// The evidence document and the verifiers behind it. The seeds stand under the root below; key
// and activation stay unchecked, so that changed ones still reach every parser. What is accepted
// must be whole, and what is accepted for one nonce is accepted for any.
#include "ca/attestation/family.h"
#include "ca/crypto/keys.h"

#include <cstdint>
#include <cstdlib>

namespace {

/// The maker's root that signed the seeds; its key was thrown away.
constexpr std::string_view root_hex =
    "3082018f30820135a0030201020210694c663780ca350bebcc8c8e655da209300a06082a8648ce3d04030230"
    "173115301306035504030c0c53544d2054504d20526f6f74301e170d3230303130313030303030305a170d34"
    "39303130313030303030305a30173115301306035504030c0c53544d2054504d20526f6f743059301306072a"
    "8648ce3d020106082a8648ce3d0301070342000451282fb788e909f471dc5f7ba3d57944a091d5ec4874d7b8"
    "c791d0c79200794be1c435ae6ee4e38dbd8f2f09dd917696d7e450c365e3f659b60745a18b4f64b3a3633061"
    "300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204301d0603551d0e04160414"
    "fee958b45fa073dbbbaaf5da4a526474ab8fca51301f0603551d23041830168014fee958b45fa073dbbbaaf5"
    "da4a526474ab8fca51300a06082a8648ce3d040302034800304502210082421c8487697a3361c58f9044455d"
    "165fe0dbcb54353ffbf4a2e4377ba14d1202206004828c21752f1c87f02983c13ab94434ac80cc8b8feda471"
    "a53067b51676d9";

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
    expected.nonce = hallmark::Bytes(32, 0x2a);  // As the seeds bear it.
    if (family.verify(*evidence, pins, expected, now) && !element) std::abort();
    const auto opening = family.open({*evidence}, pins, now);
    if (opening && !opening->ak_name) std::abort();
    return 0;
}
