// An Android device's attestation of a key before the verifier, with everything that it is told
// beside.
#pragma once

#include "station/simulator/soft_android.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

inline std::shared_ptr<const StatusList> list_naming(const std::string& serial, Instant as_of) {
    const std::string entries =
        serial.empty() ? ""
                       : "\"" + serial + R"(": {"status": "REVOKED", "reason": "KEY_COMPROMISE"})";
    auto list =
        StatusList::parse("{\"entries\": {" + entries + "}}", as_of, std::chrono::hours(72));
    return std::make_shared<const StatusList>(std::move(list).value());
}

/// What is attested, and by whom; the defaults are a good StrongBox.
struct AndroidRecipe {
    SoftAttester attester = {};
    SoftKeyDescription description = {};
    std::optional<Bytes> spki = {};  ///< The attested key; absent: a fresh P-256.
};

class AndroidKeyTest : public FormatTest {
protected:
    AndroidKeyTest() : FormatTest("android-key") {
        pin.vendor = VendorId("google");
        pin.anchors.roots = {google.root()};
        pin.status = list_naming("", noon());
    }
    void make(AndroidRecipe recipe = {}) {
        if (recipe.description.challenge.empty()) recipe.description.challenge = nonce;
        const Bytes spki = recipe.spki.value_or(make_ec_key().spki());
        const SoftAndroid device(google, recipe.attester);
        evidence.members = {
            {.name = "chain", .values = device.attest(spki, recipe.description), .is_list = true}};
        expected.spki = spki;
    }
    /// A leaf that says nothing but this, under a good attester.
    void make_with_extensions(const Bytes& extensions) {
        const PkeyPtr attester = soft_p256_key();
        const std::vector<Bytes> above = google.provision(spki_of(attester.get()));
        const Bytes leaf = soft_certificate({.issuer = parse_certificate(above.front())->subject,
                                             .subject = soft_name("Android Keystore Key"),
                                             .spki = *expected.spki,
                                             .extensions = extensions,
                                             .not_before = noon(),
                                             .not_after = noon()},
                                            attester.get());
        chain() = {leaf, above[0], above[1]};
    }
    std::vector<Bytes>& chain() { return evidence.members.front().values; }
    [[nodiscard]] std::string serial_of(std::size_t at) {
        const std::string hex = to_hex(parse_certificate(chain()[at])->serial);
        return hex.substr(hex.find_first_not_of('0'));
    }

    SoftGoogle google;
};

}  // namespace hallmark::testing
