// A live TPM beyond what swtpm_setup leaves in it: endorsement keys of both ranges of templates,
// and its statements packed as TCG-CSR-IDEVID.
#include "ca/attestation/family.h"
#include "ca/attestation/tcg_csr_idevid_binary.h"
#include "ca/attestation/tpm2_structures.h"
#include "station/simulator/soft_vendor.h"
#include "station/tpm_element.h"
#include "station/tpm_keys.h"
#include "station/tpm_nv.h"
#include "tests/station/round.h"
#include "tests/support/swtpm.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class TpmKinds : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        ca_ = new SwtpmCa;
        tpm_ = new Swtpm(*ca_);
    }
    static void TearDownTestSuite() {
        delete tpm_;
        delete ca_;
        tpm_ = nullptr;
        ca_ = nullptr;
    }
    void TearDown() override {
        const TpmConnection tpm(tpm_->tcti());
        for (const TPM2_HANDLE handle : handles_between(tpm, 0x81000100, 0x810001FF))
            evict(tpm, handle);
    }
    static TpmOptions options(std::string ek, std::vector<Bytes> issuers) {
        TpmOptions made;
        made.tcti = tpm_->tcti();
        made.ek = std::move(ek);
        made.ek_issuers = std::move(issuers);
        return made;
    }
    /// SPKI of the key that this TPM makes by the template.
    static Bytes endorsement_key(const TpmConnection& tpm, const EkKind& kind) {
        const TPM2B_SENSITIVE_CREATE none{};
        const TPM2B_PUBLIC area = ek_template(kind);
        const TPM2B_DATA outside{};
        const TPML_PCR_SELECTION pcrs{};
        ESYS_TR handle = ESYS_TR_NONE;
        EsysPtr<TPM2B_PUBLIC> made;
        check_tpm(Esys_CreatePrimary(tpm.get(), ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD,
                                     ESYS_TR_NONE, ESYS_TR_NONE, &none, &area, &outside, &pcrs,
                                     &handle, out(made), nullptr, nullptr, nullptr),
                  "primary");
        const Loaded loaded(tpm, handle);
        return public_key_of(*made).spki();
    }

    static SwtpmCa* ca_;
    static Swtpm* tpm_;
};
SwtpmCa* TpmKinds::ca_ = nullptr;
Swtpm* TpmKinds::tpm_ = nullptr;

class EveryEk : public TpmKinds, public ::testing::WithParamInterface<EkKind> {};

TEST_P(EveryEk, activates_what_is_sealed_to_it) {
    const SoftVendor maker("swtpm");
    SoftCertificate fields;
    fields.manufacturer = "id:00001014";
    fields.model = "swtpm";
    {
        const TpmConnection tpm(tpm_->tcti());
        // One that swtpm_setup wrote is locked: it stays, and is good enough.
        if (!has_handle(tpm, GetParam().certificate)) {
            write_nv(tpm, GetParam().certificate,
                     maker.certify(endorsement_key(tpm, GetParam()), fields));
        }
    }
    const bool made_by_setup = GetParam().name == "p-384" || GetParam().name == "rsa-2048";
    const Bytes root = made_by_setup ? ca_->root_der() : maker.root();
    const Bytes issuer = made_by_setup ? ca_->issuer_der() : maker.intermediate();
    const auto element = open_tpm(options(std::string(GetParam().name), {issuer}));
    const Bytes spki = element->make_leaf();
    Round round(root);
    const Evidence evidence = round.take(*element, spki);
    const auto verified =
        round.judge(evidence, challenge_nonce("factory", round.challenge, spki), spki);
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_TRUE(verified->claims.tpm_residency.resident);
}

INSTANTIATE_TEST_SUITE_P(OfBothRanges, EveryEk, ::testing::ValuesIn(ek_kinds()),
                         [](const auto& row) {
                             std::string name(row.param.name);
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST_F(TpmKinds, pack_their_statements_as_tcgs_request) {
    TpmOptions packed = options("p-384", {ca_->issuer_der()});
    packed.format = "tcg-csr-idevid";
    packed.product = "gateway-3";
    const auto element = open_tpm(packed);
    EXPECT_EQ(element->format(), "tcg-csr-idevid");
    const Bytes spki = element->make_leaf();
    Round round(ca_->root_der(), packed.format, {ca_->issuer_der()});
    const Evidence evidence = round.take(*element, spki);
    ASSERT_EQ(evidence.members.size(), 2u);
    const Bytes nonce = challenge_nonce("factory", round.challenge, spki);
    const auto verified = round.judge(evidence, nonce, spki);
    ASSERT_TRUE(verified) << verified.error().detail;
    EXPECT_EQ(verified->claims.format, "tcg-csr-idevid");
    EXPECT_EQ(verified->claims.public_key, spki);
    EXPECT_EQ(to_hex(ByteView(verified->element_key)), element->identity());

    const auto binary = parse_tcg_csr_idevid(evidence.find("csr")->values.front());
    ASSERT_TRUE(binary) << binary.error().detail;
    EXPECT_EQ(binary->product_model, "gateway-3");
    EXPECT_EQ(binary->product_serial, element->identity());
    // The TPM's own word on the attestation key, by TPM2_CertifyCreation with its ticket.
    const auto itself = parse_tpm_attest(binary->attest_certify_info);
    ASSERT_TRUE(itself) << itself.error().detail;
    EXPECT_EQ(itself->type, TpmAttest::creation);
    // Tag, hierarchy, and a digest of the hash that the TPM uses for its own proofs.
    EXPECT_GE(binary->creation_ticket.size(), 2u + 4u + 2u + 32u);

    const auto stale = round.judge(evidence, Bytes(32, 1), spki);
    ASSERT_FALSE(stale);
    EXPECT_TRUE(stale.error().detail.starts_with("nonce")) << stale.error().detail;
}

}  // namespace
}  // namespace hallmark
