// What the issued leaf says of its key's place in a TPM: TCG's policies where activation or the
// AK's issuer proves them, and where neither does, no leaf.
#include "ca/crypto/der.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

namespace json = boost::json;
using testing::Bench;
using testing::Standing;

class TpmResidencyHouse : public testing::HouseTest {
protected:
    TpmResidencyHouse() {
        apply(replaced(policy_text(), "[extensions]", "[extensions]\ntpm_residency = true"));
    }

    /// OIDs in certificatePolicies, in order.
    static std::vector<std::string> policies_in(const Bytes& certificate_der) {
        std::vector<std::string> policies;
        const auto certificate = parse_certificate(certificate_der).value();
        const Extension* extension = certificate.find("2.5.29.32");
        if (extension == nullptr) return policies;
        EXPECT_FALSE(extension->critical);
        DerReader outer(extension->value);
        auto list = outer.sequence();
        while (!list->at_end())
            policies.push_back(list->sequence()->oid().value());
        return policies;
    }

    /// A TPM whose attestation key has a certificate with these policies, as the manifest lists it.
    void deliver_certified(const std::vector<std::string>& policies) {
        SoftCertificate fields = maker_certificate();
        fields.usages = {"2.23.133.8.3"};
        fields.key_usage_bit = 0;
        fields.policies = policies;
        ak_chain = {ground.maker.certify(ak.spki(), fields), ground.maker.intermediate()};
        const std::vector<ExampleElement> elements{
            {.unique_id = "ak-1", .model = "swtpm", .keys = {parse_public_key(ak.spki()).value()}}};
        must(custody.import_manifest(VendorId("swtpm"), LotId("lot-2"),
                                     write_manifest(elements, ground.manifest_vendor.signer),
                                     "setup", now()));
        must(custody.allot(
            {.lot = LotId("lot-2"), .product = ProductId("tpm-gateway"), .site = SiteId("hall-1")},
            "setup", now()));
        move_lot("lot-2", "released");
    }
    [[nodiscard]] json::array chain() const {
        json::array list;
        for (const Bytes& certificate : ak_chain)
            list.emplace_back(to_base64(certificate));
        return list;
    }
    /// Challenge and issuance as a station with such a TPM plays them: no activation anywhere.
    ClientAnswer provision_certified() {
        auto line = station();
        const auto opened =
            line.post("/v1/challenges", {{"product", "tpm-gateway"},
                                         {"format", "tpm2"},
                                         {"ak_chain", chain()},
                                         {"ak_public", to_base64(ak.public_area())}});
        EXPECT_EQ(opened.status, 201) << opened.body;
        const auto body = json::parse(opened.body);
        EXPECT_FALSE(body.as_object().contains("credential_blob"));
        const Bytes challenge = testing::octets_in(body, "challenge");
        const SoftStatement statement = soft_certify(
            ak, leaf, nonce_for({.door = "factory", .challenge = challenge, .spki = leaf.spki()}));
        return line.post("/v1/issuances", {{"request_id", random_uuid()},
                                           {"product", "tpm-gateway"},
                                           {"challenge", to_base64(challenge)},
                                           {"csr", to_base64(soft_csr(leaf.key.get()))},
                                           {"evidence",
                                            {{"format", "tpm2"},
                                             {"ak_chain", chain()},
                                             {"ak_public", to_base64(ak.public_area())},
                                             {"key_public", to_base64(leaf.public_area())},
                                             {"attest", to_base64(statement.attest)},
                                             {"signature", to_base64(statement.signature)}}}});
    }

    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    SoftObject leaf = soft_object(SoftKeyKind::ec_p256, {});
    std::vector<Bytes> ak_chain;
    const std::vector<std::string> proved{"2.23.133.11.1.1", "2.23.133.11.1.2"};
};

TEST_F(TpmResidencyHouse, says_in_the_leaf_what_activation_proved) {
    auto line = station();
    Bench bench(tpms[0]);
    const auto answer = line.provision(bench);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(policies_in(bench.certificate()), proved);
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb -> 'detail' ->> 'tpm_residency' "
                               "FROM credential_body"),
              "resident fixed");
    ASSERT_EQ(line.install(bench).status, 200);
    EXPECT_EQ(ask<bool>("SELECT accepted FROM oracle_verdict"), true);
}

TEST_F(TpmResidencyHouse, says_nothing_where_the_product_does_not_ask) {
    apply(policy_text());
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    EXPECT_TRUE(policies_in(bench.certificate()).empty());
}

TEST_F(TpmResidencyHouse, says_it_where_the_attestation_keys_issuer_does) {
    deliver_certified({"2.23.133.11.1.1", "2.23.133.11.1.3"});
    const auto answer = provision_certified();
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto pem = json::parse(answer.body).at("certificate").as_string();
    EXPECT_EQ(policies_in(parse_pem(pem, "CERTIFICATE").value().at(0)), proved);
}

TEST_F(TpmResidencyHouse, issues_nothing_where_nobody_saw_the_key_in_a_tpm) {
    deliver_certified({});
    const Standing before = standing();
    const auto answer = provision_certified();
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_THAT(answer.body, ::testing::HasSubstr("policy-denied"));
    expect_only_a_refusal(before, Reason::policy_denied, "residency: ");
}

}  // namespace
}  // namespace hallmark
