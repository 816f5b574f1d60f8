// EK certificates as makers really ship them: what is not DER is taken under a pin that names the
// exception, and the certificate's maker must be the pin's. Certificates of real TPMs are not part
// of this tree; HALLMARK_SAMPLES names their folder.
#include "ca/attestation/tpm2_endorsement.h"
#include "tests/unit/attestation/tpm2_scene.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST(Tpm2VendorCertificate, with_its_name_out_of_order_needs_the_pins_exception) {
    Recipe recipe;
    recipe.certificate.one_rdn = true;
    recipe.certificate.unsorted_rdn = true;
    Scene scene = make_scene(recipe);
    const auto strict = judge(scene);
    ASSERT_FALSE(strict.has_value());
    EXPECT_EQ(strict.error().detail, "chain: a name's set is not in DER order (leaf)");
    scene.pin.exceptions = {ChainException::non_der_name_order};
    const auto element = judge(scene);
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.model, "SOFT33");
}

class RealEkCertificate : public ::testing::Test {
protected:
    void SetUp() override {
        const char* const named = std::getenv("HALLMARK_SAMPLES");
        samples_ = named != nullptr
                       ? std::filesystem::path(named)
                       : std::filesystem::path(HALLMARK_SOURCE_DIR) / "../shared/samples";
        if (!std::filesystem::exists(samples_ / "tpm-ek-real"))
            GTEST_SKIP() << "no sample certificates; HALLMARK_SAMPLES names their folder";
        const std::string roots = "tpm-vendor-roots/tpm-ca-certificates/";
        pin_.anchors = {
            .roots = load(roots + "MIRROR.tpm-ca-certificates.pem"),
            .intermediates = load(roots + "MIRROR.tpm-intermediate-ca-certificates.pem")};
    }
    [[nodiscard]] std::vector<Bytes> load(const std::string& name) const {
        std::ifstream file(samples_ / name, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        return parse_pem(text, "CERTIFICATE").value();
    }
    /// Under a pin of this vendor.
    [[nodiscard]] Result<Endorsement> endorsement(const std::string& file,
                                                  const std::string& vendor) {
        pin_.vendor = VendorId(vendor);
        const std::vector<Bytes> chain = load("tpm-ek-real/" + file);
        return check_endorsement({.chains = chains_,
                                  .pin = pin_,
                                  .chain = chain,
                                  .kind = EndorsedKey::ek,
                                  .now = from_rfc3339("2026-11-23T06:00:00Z").value()});
    }
    std::filesystem::path samples_;
    ChainValidator chains_;
    VendorPin pin_{.vendor = {}, .format = "tpm2", .anchors = {}, .exceptions = {}};
};

TEST_F(RealEkCertificate, of_an_st33_is_taken_as_it_is) {
    const auto found = endorsement("st_sha256_with_rsa.pem", "stm");
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->identity.model, "ST33HTPHAHB4");
    EXPECT_EQ(found->key.algorithm(), KeyAlgorithm::rsa_2048);
    EXPECT_EQ(tpm_kind_of(found->identity), "discrete");
    EXPECT_FALSE(found->asserts_residency);
}

TEST_F(RealEkCertificate, of_an_npct75x_is_taken_under_its_exception) {
    const std::string file = "nuvoton-npct75x-ek-malformed-der.pem";
    const auto strict = endorsement(file, "nuvoton");
    ASSERT_FALSE(strict.has_value());
    EXPECT_EQ(strict.error().detail, "chain: a name's set is not in DER order (leaf)");
    pin_.exceptions = {ChainException::non_der_name_order};
    const auto found = endorsement(file, "nuvoton");
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->identity.model, "NPCT75x");
    EXPECT_EQ(tpm_kind_of(found->identity), "discrete");
}

TEST_F(RealEkCertificate, of_another_maker_than_the_pins_is_refused) {
    const auto found = endorsement("st_sha256_with_rsa.pem", "nuvoton");
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().detail, "vendor: the certificate names stm, the pin is nuvoton's");
}

}  // namespace
}  // namespace hallmark
