#include "station/tpm_element.h"

#include "ca/attestation/family.h"
#include "ca/crypto/csr.h"
#include "ca/crypto/hash.h"
#include "station/tpm_keys.h"
#include "station/tpm_nv.h"
#include "tests/station/round.h"
#include "tests/support/pki.h"
#include "tests/support/swtpm.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

const Bytes& value(const std::vector<EvidenceMember>& members, std::string_view name) {
    for (const EvidenceMember& each : members) {
        if (each.name == name) return each.values.at(0);
    }
    throw std::logic_error("no member " + std::string(name));
}

/// One vendor and one TPM for the whole program: making them is what takes the time.
class TpmElements : public ::testing::Test {
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
        for (const TPM2_HANDLE handle : handles_between(tpm, 0x81000100, 0x810001FF)) {
            evict(tpm, handle);
        }
    }

    static TpmOptions options(std::string ek = {}) {
        return {.tcti = tpm_->tcti(),
                .ek = std::move(ek),
                .ek_issuers = {ca_->issuer_der()},
                .certificate_file = {}};
    }
    static std::vector<TPM2_HANDLE> loaded() {
        const TpmConnection tpm(tpm_->tcti());
        auto handles = handles_between(tpm, 0x80000000, 0x80FFFFFF);
        for (const TPM2_HANDLE each : handles_between(tpm, 0x03000000, 0x03FFFFFF)) {
            handles.push_back(each);
        }
        return handles;
    }

    static SwtpmCa* ca_;
    static Swtpm* tpm_;
};
SwtpmCa* TpmElements::ca_ = nullptr;
Swtpm* TpmElements::tpm_ = nullptr;

TEST_F(TpmElements, lists_every_ek_that_has_a_certificate) {
    const auto keys = endorsement_keys(tpm_->tcti());
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(parse_public_key(keys[0]).value().algorithm(), KeyAlgorithm::ec_p384);
    EXPECT_EQ(parse_public_key(keys[1]).value().algorithm(), KeyAlgorithm::rsa_2048);
}

TEST_F(TpmElements, gives_evidence_that_the_server_accepts_by_each_ek) {
    for (const char* ek : {"rsa-2048", "p-384"}) {
        const auto element = open_tpm(options(ek));
        const Bytes spki = element->make_leaf();
        Round round(ca_->root_der());
        const Evidence evidence = round.take(*element, spki);
        const auto verified =
            round.judge(evidence, challenge_nonce("factory", round.challenge, spki), spki);
        ASSERT_TRUE(verified) << ek << ": " << verified.error().detail;
        EXPECT_EQ(verified->claims.public_key, spki);
        EXPECT_EQ(verified->claims.assurance, Assurance::hw_key_attested);
        EXPECT_EQ(to_hex(ByteView(verified->element_key)), element->identity());
        EXPECT_TRUE(parse_csr(round.csr));
        element->drop_leaf();
    }
    EXPECT_TRUE(loaded().empty());
}

TEST_F(TpmElements, cannot_pass_evidence_of_one_challenge_for_another) {
    const auto element = open_tpm(options());
    const Bytes spki = element->make_leaf();
    Round round(ca_->root_der());
    const Evidence evidence = round.take(*element, spki);
    const auto verified =
        round.judge(evidence, challenge_nonce("factory", random_bytes(32), spki), spki);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().reason, Reason::evidence_not_accepted);
    EXPECT_TRUE(verified.error().detail.starts_with("nonce")) << verified.error().detail;
}

TEST_F(TpmElements, makes_keys_with_the_attributes_that_attestation_rests_on) {
    const auto element = open_tpm(options());
    element->make_leaf();
    Round round(ca_->root_der());
    const Evidence evidence = round.take(*element, element->leaf().value());
    const auto attributes = [&](std::string_view member) {
        const Bytes& area = value(evidence.members, member);  // type, nameAlg, then attributes
        return to_hex(ByteView(area).subspan(4, 4));
    };
    EXPECT_EQ(attributes("ak_public"), "00050072");
    EXPECT_EQ(attributes("key_public"), "00040072");
}

TEST_F(TpmElements, refuses_an_ek_certificate_of_another_tpm) {
    const TestAuthority vendor = make_root("EK root");
    const TestKey foreign = make_ec_key();
    {
        const TpmConnection tpm(tpm_->tcti());
        write_nv(tpm, 0x01C0000A, make_ek_certificate(vendor, foreign));
    }
    EXPECT_THROW(open_tpm(options("p-256")), ElementFault);
    EXPECT_THROW(endorsement_keys(tpm_->tcti()), ElementFault);
    EXPECT_TRUE(loaded().empty());
    const TpmConnection tpm(tpm_->tcti());
    Reference index(tpm, 0x01C0000A);
    check_tpm(Esys_NV_UndefineSpace(tpm.get(), ESYS_TR_RH_OWNER, index.get(), ESYS_TR_PASSWORD,
                                    ESYS_TR_NONE, ESYS_TR_NONE),
              "undefine");
    index.forget();
}

TEST_F(TpmElements, works_by_a_p256_ek_and_issuers_from_nv_with_filling_behind_them) {
    const TestAuthority vendor = make_root("EK root");
    const TestAuthority issuer = make_intermediate(vendor, "EK issuer");
    {
        const TpmConnection tpm(tpm_->tcti());
        const TpmKey ek = [&] {
            const TPM2B_SENSITIVE_CREATE none{};
            const TPM2B_PUBLIC area = ek_template(ek_kinds().front());
            const TPM2B_DATA outside{};
            const TPML_PCR_SELECTION pcrs{};
            ESYS_TR handle = ESYS_TR_NONE;
            EsysPtr<TPM2B_PUBLIC> made;
            check_tpm(Esys_CreatePrimary(tpm.get(), ESYS_TR_RH_ENDORSEMENT, ESYS_TR_PASSWORD,
                                         ESYS_TR_NONE, ESYS_TR_NONE, &none, &area, &outside, &pcrs,
                                         &handle, out(made), nullptr, nullptr, nullptr),
                      "primary");
            return TpmKey{Loaded(tpm, handle), *made};
        }();
        CertificateSpec spec =
            ek_spec(issuer, make_ec_key(), {.manufacturer = "id:00001014", .model = "swtpm"});
        spec.spki = public_key_of(ek.area).spki();
        Bytes filled = make_certificate(spec, issuer.key);
        filled.insert(filled.end(), 100, 0xFF);
        write_nv(tpm, 0x01C0000A, filled);
        write_nv(tpm, 0x01C00100, issuer.certificate);
    }
    TpmOptions with_nv_chain = options();
    with_nv_chain.ek_issuers.clear();
    {
        const auto element = open_tpm(with_nv_chain);  // The first by preference.
        const Bytes spki = element->make_leaf();
        Round round(vendor.certificate);
        const Evidence evidence = round.take(*element, spki);
        EXPECT_EQ(evidence.find("ek_chain")->values.size(), 2u);
        const auto verified =
            round.judge(evidence, challenge_nonce("factory", round.challenge, spki), spki);
        EXPECT_TRUE(verified) << verified.error().detail;
    }
    const TpmConnection tpm(tpm_->tcti());
    for (const TPM2_HANDLE handle : {0x01C0000Au, 0x01C00100u}) {
        Reference index(tpm, handle);
        check_tpm(Esys_NV_UndefineSpace(tpm.get(), ESYS_TR_RH_OWNER, index.get(), ESYS_TR_PASSWORD,
                                        ESYS_TR_NONE, ESYS_TR_NONE),
                  "undefine");
        index.forget();
    }
}

TEST_F(TpmElements, leaves_nothing_loaded_when_activation_fails) {
    auto element = open_tpm(options("rsa-2048"));
    const Bytes spki = element->make_leaf();
    Round round(ca_->root_der());
    (void)round.take(*element, spki);
    ReceivedChallenge answer{round.challenge, random_bytes(32), round.csr, {}};
    for (auto [name, bytes] : round.opening.answer) {
        bytes.back() ^= 1;
        answer.members.push_back({name, {bytes}});
    }
    EXPECT_THROW((void)element->attest(answer), ElementFault);
    for (EvidenceMember& each : answer.members)
        each.values[0].push_back(0);
    EXPECT_THROW((void)element->attest(answer), ElementFault);
    answer.members.pop_back();
    EXPECT_THROW((void)element->attest(answer), ElementFault);
    element.reset();
    EXPECT_TRUE(loaded().empty());
}

TEST_F(TpmElements, keeps_leaf_and_identity_over_a_power_cut) {
    Bytes spki, ak;
    std::string identity;
    {
        const auto element = open_tpm(options());
        spki = element->make_leaf();
        ak = value(element->introduce(), "ak_public");
        identity = element->identity();
    }
    tpm_->stop();
    tpm_->start();
    const auto element = open_tpm(options());
    EXPECT_EQ(element->leaf(), spki);
    EXPECT_EQ(value(element->introduce(), "ak_public"), ak);
    EXPECT_EQ(element->identity(), identity);
    EXPECT_THROW(element->make_leaf(), ElementFault);  // The place is taken, and stays.
    EXPECT_EQ(element->leaf(), spki);
    element->drop_leaf();
    EXPECT_FALSE(element->leaf());
    EXPECT_NE(element->make_leaf(), spki);
}

TEST_F(TpmElements, touches_no_key_in_the_leafs_place_that_is_not_of_its_kind) {
    {
        const TpmConnection tpm(tpm_->tcti());
        const TpmKey ak = make_ak(tpm);
        ESYS_TR kept = ESYS_TR_NONE;
        // The AK is of the endorsement hierarchy; the owner may keep it all the same.
        check_tpm(Esys_EvictControl(tpm.get(), ESYS_TR_RH_OWNER, ak.loaded.get(), ESYS_TR_PASSWORD,
                                    ESYS_TR_NONE, ESYS_TR_NONE, 0x81000100, &kept),
                  "evict");
        Esys_TR_Close(tpm.get(), &kept);
    }
    const auto element = open_tpm(options());
    EXPECT_THROW((void)element->leaf(), ElementFault);
    EXPECT_THROW((void)element->make_leaf(), ElementFault);
}

TEST_F(TpmElements, installs_the_certificate_and_reads_back_what_stands_there) {
    const TestAuthority root = make_root("any");
    const TempDir folder;
    TpmOptions to_file = options();
    to_file.certificate_file = folder.path() / "device.pem";
    EXPECT_EQ(open_tpm(to_file)->install(root.certificate), root.certificate);
    EXPECT_TRUE(std::filesystem::exists(to_file.certificate_file));
    const auto element = open_tpm(options());
    EXPECT_EQ(element->install(root.certificate), root.certificate);
    const TestAuthority next = make_root("another, with a longer name");
    EXPECT_EQ(element->install(next.certificate), next.certificate);
}

TEST_F(TpmElements, says_that_there_is_no_tpm) {
    TpmOptions nowhere = options();
    nowhere.tcti = "swtpm:path=/nonexistent";
    EXPECT_THROW(open_tpm(nowhere), ElementFault);
}

}  // namespace
}  // namespace hallmark
