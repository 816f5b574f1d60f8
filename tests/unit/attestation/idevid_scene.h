// TCG-CSR-IDEVID evidence before the family. A recipe says how it is made before anything is
// signed, and how what came of it is spoilt afterwards.
#pragma once

#include "ca/crypto/hash.h"
#include "station/simulator/soft_tpm.h"
#include "station/simulator/tcg_csr.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark::testing {

struct IdevidRecipe {
    SoftKeyKind ek = SoftKeyKind::ec_p256;
    SoftKeyKind iak = SoftKeyKind::ec_p256;
    SoftKeyKind leaf = SoftKeyKind::ec_p256;
    SoftCertificate certificate;
    SoftTemplate iak_fields = soft_ak_template(SoftKeyKind::ec_p256);
    SoftTemplate leaf_fields;
    /// Signatures over what is in the binary; a test may have others make them, or otherwise.
    std::function<Bytes(const SoftObject&, ByteView)> sign = soft_sign;
    std::function<void(SoftAttest&)> attest = [](SoftAttest&) {};
    std::function<void(SoftAttest&)> self_attest = [](SoftAttest&) {};
    std::function<void(TcgCsrContents&)> contents = [](TcgCsrContents&) {};
    std::function<void(TcgCsrRequest&)> request = [](TcgCsrRequest&) {};
    std::function<void(Bytes&)> binary = [](Bytes&) {};

    void use_iak(SoftKeyKind kind) {
        iak = kind;
        iak_fields = soft_ak_template(kind);
    }
};

/// One maker for a whole test program: its name in the table is "stm".
[[nodiscard]] inline const SoftVendor& idevid_maker() {
    static const SoftVendor vendor("STM");
    return vendor;
}

inline void set32(Bytes& in, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
        in.at(at + i) = static_cast<unsigned char>(value >> (24 - 8 * i));
}
/// Where in csrContents the size of a field stands; the first is prodModel's, with SHA-256.
[[nodiscard]] constexpr std::size_t size_at(std::size_t field) {
    return 12 + 32 + 4 * field;
}
[[nodiscard]] inline std::uint32_t get32(const Bytes& from, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | from.at(at + i);
    return value;
}

class IdevidTest : public FormatTest {
protected:
    IdevidTest() : FormatTest("tcg-csr-idevid") {
        pin.vendor = VendorId("stm");
        pin.anchors = {.roots = {idevid_maker().root()},
                       .intermediates = {idevid_maker().intermediate()}};
        expected.challenge = Bytes(32, 3);
        expected.activation_secret = Bytes(32, 5);
    }

    void make(const IdevidRecipe& recipe = {}) {
        const SoftTpm tpm(idevid_maker(), recipe.ek, recipe.certificate);
        iak = soft_object(recipe.iak, recipe.iak_fields, 1);
        leaf = soft_object(recipe.leaf, recipe.leaf_fields, 2);
        expected.spki = leaf.spki();
        expected.csr_sha256 = sha256(soft_csr(leaf.key.get()));
        expected.ak_name = iak.name();
        expected.ek_certificate = sha256(tpm.ek_chain().front());
        element_key = sha256(tpm.ek_spki());

        SoftAttest attest = soft_certify_attest(iak, leaf, nonce);
        recipe.attest(attest);
        certify_info = attest.bytes();
        SoftAttest self_attest = soft_certify_attest(iak, iak, {});
        self_attest.type = 0x801A;
        self_attest.qualified_name_or_hash = Bytes(32, 9);
        recipe.self_attest(self_attest);

        TcgCsrContents contents;
        contents.product_model = "Board 7";
        contents.product_serial = "B7-0001";
        contents.boot_event_log = Bytes(21, 0xB0);
        contents.ek_certificate = tpm.ek_chain().front();
        contents.attest_public = iak.public_area();
        contents.creation_ticket = soft_creation_ticket();
        contents.attest_certify_info = self_attest.bytes();
        contents.attest_certify_signature = recipe.sign(iak, contents.attest_certify_info);
        contents.signing_public = leaf.public_area();
        contents.signing_certify_info = certify_info;
        contents.signing_certify_signature = recipe.sign(iak, certify_info);
        recipe.contents(contents);
        TcgCsrRequest request;
        request.contents = contents.bytes();
        request.signature = recipe.sign(leaf, request.contents);
        recipe.request(request);
        Bytes binary = request.bytes();
        recipe.binary(binary);
        evidence.members = {{.name = "csr", .values = {std::move(binary)}}};
        prove_activation();
    }

    /// The proof as the station would make it from what is expected now.
    void prove_activation() {
        std::erase_if(evidence.members, [](const auto& m) { return m.name == "activation"; });
        const Bytes proof = activation_proof(*expected.activation_secret,
                                             {.challenge = expected.challenge,
                                              .ek_certificate = *expected.ek_certificate,
                                              .ak_name = *expected.ak_name,
                                              .attest = sha256(certify_info),
                                              .csr = expected.csr_sha256});
        evidence.members.push_back({.name = "activation", .values = {proof}});
    }
    [[nodiscard]] Bytes& member(std::string_view name) {
        for (EvidenceMember& each : evidence.members) {
            if (each.name == name) return each.values.front();
        }
        throw std::logic_error("no such member");
    }

    SoftObject iak;
    SoftObject leaf;
    Bytes certify_info;
    Digest element_key{};
};

/// One thing wrong in evidence that is otherwise good, and what the refusal says.
struct IdevidRow {
    std::string name;
    std::string detail;
    std::function<void(IdevidRecipe&)> prepare;
};

inline constexpr auto idevid_row_name = [](const ::testing::TestParamInfo<IdevidRow>& row) {
    return row.param.name;
};

}  // namespace hallmark::testing
