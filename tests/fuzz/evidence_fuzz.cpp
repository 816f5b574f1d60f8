// fuzz: NEEDS ca/attestation ca/crypto ca/json tests/support
// covers: ca/attestation/evidence_document.cpp ca/attestation/family.cpp ca/attestation/tpm2.cpp
// covers: ca/attestation/tpm2_rules.cpp ca/attestation/tpm2_endorsement.cpp
// covers: ca/attestation/tpm2_credential.cpp
// The evidence document and every verifier behind it. The stored cases are its seeds besides those
// of its folder, and their roots are pinned; nonce, key and activation stay unchecked, so that
// changed ones still reach every parser. What is accepted must be whole, and whatever comes, no
// verifier may hold more than 1 MiB.
#include "tests/support/evidence_case.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include <sanitizer/allocator_interface.h>
#include <sanitizer/asan_interface.h>

namespace {

using namespace hallmark;

constexpr std::int64_t most_held = 1024 * 1024;

std::atomic<std::int64_t> held{0};
std::atomic<bool> is_counting{false};

void on_malloc(const volatile void*, std::size_t size) {
    if (!is_counting) return;
    held += static_cast<std::int64_t>(size);
    if (held > most_held) std::abort();
}

void on_free(const volatile void* address) {
    if (!is_counting || !address) return;
    held -=
        static_cast<std::int64_t>(__sanitizer_get_allocated_size(const_cast<const void*>(address)));
}

struct Counting {
    Counting() {
        held = 0;
        is_counting = true;
    }
    ~Counting() { is_counting = false; }
};

/// The maker's root that signed the seeds of the folder; its key was thrown away.
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

/// One pin for each format, with the roots of the format's good case.
std::vector<VendorPin> pins() {
    std::vector<VendorPin> all{
        {.vendor = VendorId("stm"),
         .format = "tpm2",
         .anchors = {.roots = {from_hex(root_hex).value()}, .intermediates = {}},
         .exceptions = {}}};
    const std::filesystem::path data = HALLMARK_SOURCE_DIR "/tests/data/attestation";
    for (const auto& format : std::filesystem::directory_iterator(data))
        all.push_back(testing::read_case(format.path() / "good").pin);
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ChainValidator chains;
    static const EvidenceFamily family = make_family(chains);
    static const std::vector<VendorPin> pinned = pins();
    static const Instant now = testing::noon();
    [[maybe_unused]] static const int hooks =
        __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);

    const auto evidence = parse_evidence({reinterpret_cast<const char*>(data), size});
    if (!evidence) return 0;
    Expected expected;
    expected.activation_unchecked = true;
    expected.revocation_unchecked = true;
    const bool is_accepted = [&] {
        const Counting counting;
        const auto element = family.verify(*evidence, pinned, expected, now);
        if (element && claims_json(element->claims).empty()) std::abort();
        if (element && element->claims.assurance == Assurance::hw_key_attested &&
            !parse_public_key(element->claims.public_key)) {
            std::abort();
        }
        return element.has_value();
    }();
    // What is accepted for one nonce is accepted for any.
    expected.nonce = Bytes(32, 7);
    if (family.verify(*evidence, pinned, expected, now) && !is_accepted) std::abort();
    const auto opening = family.open({*evidence}, pinned, now);
    if (opening && opening->activation_secret && !opening->ak_name) std::abort();
    return 0;
}
