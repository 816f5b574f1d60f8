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
              GetParam().format);
    EXPECT_EQ(ask<std::string>("SELECT claims::jsonb ->> 'assurance' FROM credential_body"),
              GetParam().assurance);
    // Why less than key attestation was taken.
    EXPECT_EQ(ask<std::string>("SELECT coalesce(body::jsonb -> 'facts' ->> 'assurance_reason', '') "
                               "FROM event WHERE type = 'credential.issued'"),
              GetParam().assurance == "hw-key-attested" ? "" : assurance_reason);
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

/// Every format that a software element speaks.
const FamilyCase families[] = {
    {"android-key", "Example Box 1"},
    {"pkix-key-attestation", "HSM-1"},
    {"tpm2", "swtpm"},
    {"webauthn", "aaguid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"},
    {"yubikey-piv", "USB-A keychain"},
};

INSTANTIATE_TEST_SUITE_P(Simulated, ElementFamilies, ::testing::ValuesIn(families), named);
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
