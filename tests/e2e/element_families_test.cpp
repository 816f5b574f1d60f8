// Every family of Secure Element through the whole line: made by its simulator, named in a
// manifest, provisioned by `hallmark-station` from challenge to installed.
#include "station/soft_elements.h"
#include "tests/e2e/family_fixture.h"

namespace hallmark {
namespace {

using testing::FamilyCase;
using testing::FamilyTest;

class ElementFamilies : public FamilyTest, public ::testing::WithParamInterface<FamilyCase> {
protected:
    ElementFamilies() {
        if (GetParam().format != "android-key") return;
        write("status.json", R"({"entries": {}})");
        evidence_rules.android_status_list = at("status.json");
        open_house();
    }
};

TEST_P(ElementFamilies, go_from_a_challenge_to_an_installed_certificate) {
    take_delivery(GetParam());
    ASSERT_EQ(provision(GetParam()), 0) << said;
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'active'"), 1);
    EXPECT_EQ(ask<std::string>("SELECT state FROM device"), "provisioned");
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb ->> 'format' FROM credential_body"),
              GetParam().judged_as());
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb ->> 'assurance' FROM credential_body"),
              GetParam().assurance);
    // Why less than key attestation was taken.
    EXPECT_EQ(ask<std::string>("SELECT coalesce(body::jsonb -> 'facts' ->> 'assurance_reason', '') "
                               "FROM event WHERE type = 'credential.issued'"),
              GetParam().is_plain() ? "" : assurance_reason);
}

/// Elements whose evidence stands in the request.
class PackagedFamilies : public ElementFamilies {};

TEST_P(PackagedFamilies, say_in_the_claims_how_they_came) {
    take_delivery(GetParam());
    ASSERT_EQ(provision(GetParam()), 0) << said;
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb -> 'detail' ->> 'packaging' "
                               "FROM credential_body"),
              GetParam().format);
}

TEST_P(PackagedFamilies, are_refused_where_the_product_names_the_packaging_and_not_what_is_inside) {
    take_delivery(GetParam());
    apply(replaced(policy_text(), "formats = [\"tpm2\"]",
                   "formats = [\"tpm2\", " + quoted(GetParam().format) + "]"));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(GetParam()), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted,
                          "format: not accepted by this product's policy");
}

TEST_P(PackagedFamilies, are_refused_where_the_product_names_what_is_inside_and_not_the_packaging) {
    take_delivery(GetParam());
    apply(replaced(policy_text(), "formats = [\"tpm2\"]",
                   "formats = [\"tpm2\", " + quoted(GetParam().inside) + "]"));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(GetParam()), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted,
                          "format: not accepted by this product's policy");
}

class FamiliesThatAProductDoesNotName : public ElementFamilies {};

TEST_P(FamiliesThatAProductDoesNotName, get_no_challenge) {
    take_delivery(GetParam());
    apply(replaced(policy_text(), "\"tpm2\"",
                   quoted(GetParam().format == "tpm2" ? "webauthn" : "tpm2")));
    const testing::Standing before = standing();
    EXPECT_EQ(provision(GetParam()), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "format: ");
}

constexpr auto named = [](const ::testing::TestParamInfo<FamilyCase>& each) {
    std::string name = each.param.format;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
};

/// Every format that a software element speaks, with the model that its evidence tells or, where it
/// tells none, its manifest.
const FamilyCase families[] = {
    {"android-key", "Example Box 1"},
    {.format = "csr-attribute", .model = "HSM-1", .inside = "pkix-key-attestation"},
    {.format = "dice", .model = "DICE-1", .origin = "derived"},
    {"eat", "Example entity 1", "platform-only"},
    {"euicc", "Example eUICC", "hw-identity-only"},
    {"gp-applet", "cap:c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4"},
    {"microchip-atecc608", "ATECC608B"},
    {"nxp-se05x", "SE050E"},
    {"optiga-trust-m", "SLS32AIA010ML", "hw-identity-only"},
    {"pkix-key-attestation", "HSM-1"},
    {"psa-token", "implementation:6578616d706c652d696d706c656d656e746174696f6e2d69642d303030303031",
     "platform-only"},
    {"stsafe-a", "eval3", "hw-identity-only"},
    {"tcg-csr-idevid", "swtpm"},
    {"tpm2", "swtpm"},
    {"webauthn", "aaguid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"},
    {"yubikey-piv", "USB-A keychain"},
};

INSTANTIATE_TEST_SUITE_P(Simulated, ElementFamilies, ::testing::ValuesIn(families), named);
INSTANTIATE_TEST_SUITE_P(Simulated, PackagedFamilies,
                         ::testing::Values(FamilyCase{.format = "csr-attribute",
                                                      .model = "HSM-1",
                                                      .inside = "pkix-key-attestation"}),
                         named);
INSTANTIATE_TEST_SUITE_P(Simulated, FamiliesThatAProductDoesNotName, ::testing::ValuesIn(families),
                         named);

TEST(ElementFamiliesHere, are_all_that_there_are) {
    std::set<std::string> here;
    for (const FamilyCase& family : families)
        here.insert(family.format);
    EXPECT_EQ(here, soft_formats());
}

}  // namespace
}  // namespace hallmark
