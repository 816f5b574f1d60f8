// The Open Profile's published vectors, in X.509 and in CBOR: Ed25519 throughout, so that all of a
// chain is judged, and its leaf's key is then none of this house's.
#include "ca/attestation/dice_paths.h"
#include "tests/unit/attestation/format_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class DiceSamples : public FormatTest {
protected:
    DiceSamples() : FormatTest("dice") {}

    void SetUp() override {
        const char* const named = std::getenv("HALLMARK_SAMPLES");
        folder = (named ? std::filesystem::path(named)
                        : std::filesystem::path(HALLMARK_SOURCE_DIR) / "../shared/samples") /
                 "dice" / "open-dice";
        if (!std::filesystem::exists(folder))
            GTEST_SKIP() << "no sample of a DICE chain; HALLMARK_SAMPLES names the folder";
        pin.anchors.roots = {read("_X509_Ed25519_uds_cert.cert")};
        expected.nonce.reset();
    }
    [[nodiscard]] Bytes read(const std::string& name) const {
        std::ifstream in(folder / name, std::ios::binary);
        return to_bytes(std::string(std::istreambuf_iterator<char>(in), {}));
    }
    /// Leaf first; the published numbers count from the UDS.
    [[nodiscard]] std::vector<Bytes> chain_of(const std::string& encoding) const {
        std::vector<Bytes> chain;
        for (int i = 6; i >= 0; --i)
            chain.push_back(read("_" + encoding + "_Ed25519_cert_full_cert_chain_" +
                                 std::to_string(i) + ".cert"));
        return chain;
    }
    [[nodiscard]] DicePathGround ground() const {
        return {.chains = chains, .pin = pin, .syntax = TcbInfoSyntax::tcg, .now = noon()};
    }
    void expect_device(const Result<DicePath>& path) const {
        ASSERT_TRUE(path.has_value()) << path.error().detail;
        const auto device = device_of(path->certificates);
        ASSERT_TRUE(device.has_value()) << device.error().detail;
        EXPECT_EQ(device->kind, DiceKind::open);
        EXPECT_TRUE(device->leaf_is_measured);
        ASSERT_EQ(device->layers.size(), 7u);
        const auto uds = parse_certificate(pin.anchors.roots.front());
        EXPECT_EQ(device->key, sha256(uds->spki));
        const auto& [name, code] = device->layers.front().says.at(1);
        EXPECT_EQ(name, "code");
        EXPECT_EQ(code.substr(0, 16), "0cb6f7a8009c78bf");
    }
    void show(const std::string& member, std::vector<Bytes> chain) {
        evidence.members = {{.name = member, .values = std::move(chain), .is_list = true}};
    }

    std::filesystem::path folder;
};

TEST_F(DiceSamples, hold_in_x509_but_for_the_attested_key) {
    std::vector<Bytes> chain = chain_of("X509");
    expect_device(x509_dice_path(chain, ground()));
    show("chain", chain);
    expect_refused("key: algorithm 1.3.101.112 is not taken");
    chain[3].back() ^= 1;
    show("chain", chain);
    expect_refused("chain: no path to a pinned root (bad signature)");
}

TEST_F(DiceSamples, hold_in_cbor_but_for_the_attested_key) {
    std::vector<Bytes> chain = chain_of("CBOR");
    expect_device(cbor_dice_path(chain, ground()));
    show("cbor_chain", chain);
    expect_refused("key: algorithm 1.3.101.112 is not taken");
    // With the UDS's own certificate, which the same key signed.
    chain.push_back(read("_CBOR_Ed25519_uds_cert.cert"));
    expect_device(cbor_dice_path(chain, ground()));
    chain[3].back() ^= 1;
    chain.pop_back();
    show("cbor_chain", chain);
    expect_refused("open-dice: a certificate is not signed by the next one's key");
}

TEST_F(DiceSamples, are_signed_by_their_uds_alone) {
    pin.anchors.roots = {make_root("another").certificate};
    show("chain", chain_of("X509"));
    expect_refused("chain: no path to a pinned root");
    show("cbor_chain", chain_of("CBOR"));
    expect_refused("chain: no path to a pinned root");
}

}  // namespace
}  // namespace hallmark
