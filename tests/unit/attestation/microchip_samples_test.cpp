// Real certificates of Microchip's, read where they lie: whole, compressed, rebuilt. No real
// statement of a key could be had.
#include "ca/attestation/microchip_chain.h"
#include "ca/attestation/microchip_compressed.h"
#include "tests/unit/attestation/microchip_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class MicrochipSamples : public MicrochipChainTest {
protected:
    void SetUp() override {
        const char* const named = std::getenv("HALLMARK_SAMPLES");
        folder = named ? named : HALLMARK_SOURCE_DIR "/../shared/samples";
        folder /= "microchip/tng";
        if (!std::filesystem::exists(folder / "root-ca-002.pem"))
            GTEST_SKIP() << "no sample of Microchip's; HALLMARK_SAMPLES names their folder";
        root = sample("root-ca-002.pem");
        signer = sample("signer-F620.pem");
        device = sample("dev-sn01238CB07DCD507001.pem");
    }
    [[nodiscard]] Bytes sample(const std::string& name) const {
        std::ifstream file(folder / name);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        return parse_pem(text, "CERTIFICATE").value().front();
    }
    /// Compressed under the issuer, and as far as a rebuilder needs it.
    struct Kept {
        Kept(const Bytes& certificate, const Bytes& above, unsigned template_id)
            : compressed(parse_compressed(soft_compress(certificate, {.signer_id = 0xF620,
                                                                      .template_id = template_id}))
                             .value()),
              point(soft_point(parse_certificate(certificate)->spki)),
              issuer(parse_certificate(above).value()) {}
        [[nodiscard]] CompressedParts parts() const {
            return {.compressed = compressed, .point = point, .issuer = issuer};
        }
        CompressedCertificate compressed;
        Bytes point;
        Certificate issuer;
    };

    const AteccSerial serial{0x01, 0x23, 0x8C, 0xB0, 0x7D, 0xCD, 0x50, 0x70, 0x01};
    std::filesystem::path folder;
    Bytes root, signer, device;
};

TEST_F(MicrochipSamples, chain_to_the_real_root_and_name_their_part) {
    const auto chain = chains.validate({.leaf = device,
                                        .intermediates = {signer},
                                        .purpose = Purpose::any,
                                        .exceptions = {},
                                        .at = noon(),
                                        .limits = {}},
                                       {.roots = {root}, .intermediates = {}});
    ASSERT_TRUE(chain.has_value()) << chain.error().detail;
    EXPECT_EQ(to_hex(chain->anchor).substr(0, 8), "a5b883bf");
    const auto slot = named_slot(chain->leaf, known_profiles());
    ASSERT_TRUE(slot.has_value()) << slot.error().detail;
    EXPECT_EQ(slot->serial, serial);
    EXPECT_EQ(slot->profile, nullptr) << "slot 0 signs what it is given";
}

TEST_F(MicrochipSamples, are_made_again_from_72_octets) {
    const auto signer_again = rebuild_signer(Kept(signer, root, 1).parts());
    ASSERT_TRUE(signer_again.has_value()) << signer_again.error().detail;
    EXPECT_EQ(to_hex(*signer_again), to_hex(signer));
    const auto device_again =
        rebuild_device(Kept(device, signer, 3).parts(),
                       {.serial = serial, .before = "sn", .after = "", .eui48 = {}});
    ASSERT_TRUE(device_again.has_value()) << device_again.error().detail;
    EXPECT_EQ(to_hex(*device_again), to_hex(device));
}

/// It began at twelve minutes past an hour, and its number is no hash: nothing to rebuild it from.
TEST_F(MicrochipSamples, have_a_root_that_no_template_makes_again) {
    const auto again = rebuild_signer(Kept(root, root, 1).parts());
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_NE(*again, root);
}

TEST_F(MicrochipSamples, get_as_far_as_a_signature_that_nobody_has) {
    pin.anchors.roots = {root};
    const Bytes number(serial.begin(), serial.end());
    make({.certified_serial = number, .serial = number});
    chain() = {device, signer};
    expect_refused("signature: not by the certified key");
    compress_device({.signer_id = 0xF620, .template_id = 3});
    compress_signer({.signer_id = 0xF620, .template_id = 1});
    expect_refused("signature: not by the certified key");
    octets("device_key") = soft_point(spki_of(attestation_key.get()));
    expect_refused("chain: no path to a pinned root (bad signature)");
}

}  // namespace
}  // namespace hallmark
