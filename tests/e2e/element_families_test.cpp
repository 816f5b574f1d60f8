// Every family of Secure Element through the whole line: made by its simulator, named in a
// manifest, provisioned by `hallmark-station` from challenge to installed.
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
}

TEST_P(ElementFamilies, have_in_their_record_why_less_than_key_attestation_was_taken) {
    take_delivery(GetParam());
    ASSERT_EQ(provision(GetParam()), 0) << said;
    const std::string reason =
        "SELECT body::jsonb -> 'facts' ->> 'assurance_reason' FROM event WHERE type = "
        "'credential.issued'";
    EXPECT_EQ(ask<std::string>("SELECT coalesce((" + reason + "), '')"),
              GetParam().assurance == "hw-key-attested" ? "" : FamilyTest::assurance_reason);
}

class FamiliesThatAProductDoesNotName : public ElementFamilies {};

TEST_P(FamiliesThatAProductDoesNotName, get_no_challenge) {
    take_delivery(GetParam());
    apply(policy_text());
    const testing::Standing before = standing();
    EXPECT_EQ(provision(GetParam()), 3) << said;
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "format: ");
}

constexpr auto named = [](const ::testing::TestParamInfo<FamilyCase>& each) {
    std::string name = each.param.format;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
};

const FamilyCase android{"android-key", "Example Box 1"};
const FamilyCase tpm2{"tpm2", "swtpm"};
const FamilyCase yubikey{"yubikey-piv", "USB-A keychain"};
const FamilyCase hsm{"pkix-key-attestation", "HSM-1"};
const FamilyCase webauthn{"webauthn", "aaguid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"};

INSTANTIATE_TEST_SUITE_P(Simulated, ElementFamilies,
                         ::testing::Values(android, hsm, tpm2, webauthn, yubikey), named);
INSTANTIATE_TEST_SUITE_P(Simulated, FamiliesThatAProductDoesNotName,
                         ::testing::Values(android, hsm, webauthn, yubikey), named);

}  // namespace
}  // namespace hallmark
