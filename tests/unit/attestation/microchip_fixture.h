// An ATECC608 before the family: what its tests change one thing of.
#pragma once

#include "station/simulator/soft_atecc.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark::testing {

/// What the part says and what was certified of it; the defaults are a good TrustFLEX part.
struct AteccRecipe {
    SoftAteccTelling telling = {};
    SoftDeviceCertificate certificate = {};
    Bytes certified_serial{0x01, 0x23, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0x01};
    Bytes serial{0x01, 0x23, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0x01};
};

class MicrochipTest : public FormatTest {
protected:
    MicrochipTest() : FormatTest("microchip-atecc608") {
        pin.vendor = VendorId("microchip");
        pin.anchors.roots = {maker.root()};
        expected.spki = spki_of(leaf.get());
    }

    void make(const AteccRecipe& recipe = {}) {
        const Bytes spki = spki_of(attestation_key.get());
        const Bytes device = maker.certify(spki, recipe.certified_serial, recipe.certificate);
        EVP_PKEY_up_ref(attestation_key.get());
        const SoftAtecc chip(recipe.serial, PkeyPtr(attestation_key.get()));
        const SoftAteccStatement said = chip.attest(spki_of(leaf.get()), nonce, recipe.telling);
        evidence.members = {{.name = "chain", .values = {device, maker.signer()}, .is_list = true},
                            {.name = "rand_out", .values = {said.rand_out}},
                            {.name = "genkey", .values = {said.genkey}},
                            {.name = "sign_internal", .values = {said.sign_internal}},
                            {.name = "signature", .values = {said.signature}}};
    }
    Bytes& octets(const std::string& name) {
        for (EvidenceMember& member : evidence.members) {
            if (member.name == name) return member.values.front();
        }
        throw std::logic_error("no member " + name);
    }
    std::vector<Bytes>& chain() { return evidence.members.front().values; }

    SoftMicrochip maker;
    PkeyPtr attestation_key = soft_p256_key();
    PkeyPtr leaf = soft_p256_key();
};

/// The same with its certificates compressed.
class MicrochipChainTest : public MicrochipTest {
protected:
    /// The device's certificate as 72 octets, the signer's in `chain` still.
    void compress_device(const SoftCompression& how = {}) {
        const Bytes device = chain().front();
        chain().erase(chain().begin());
        add("compressed_device", soft_compress(device, how));
        add("device_key", soft_point(parse_certificate(device)->spki));
    }
    /// The signer's too, and no `chain` where that leaves nothing in it.
    void compress_signer(SoftCompression how = {.template_id = 1}) {
        const Bytes signer = chain().back();
        chain().pop_back();
        if (chain().empty()) evidence.members.erase(evidence.members.begin());
        add("compressed_signer", soft_compress(signer, how));
        add("signer_key", soft_point(parse_certificate(signer)->spki));
    }
    void add(const std::string& name, Bytes value) {
        evidence.members.push_back({.name = name, .values = {std::move(value)}});
    }
    void expect_accepted(Assurance assurance = Assurance::hw_key_attested) {
        const auto element = judge();
        ASSERT_TRUE(element.has_value()) << element.error().detail;
        EXPECT_EQ(element->claims.assurance, assurance);
        EXPECT_EQ(element->claims.element_serial, SeSerial("0123A1B2C3D4E5F601"));
        EXPECT_EQ(element->claims.anchor, sha256(maker.root()));
        EXPECT_EQ(element->element_key, sha256(spki_of(attestation_key.get())));
    }
};

}  // namespace hallmark::testing
