// What [evidence] says reaches the verifiers, and what cannot be read stops the start.
#include "server/evidence_settings.h"

#include "ca/domain/fault.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

FormatSettings made(const Config::EvidenceRules& rules) {
    static const StatusFile none({}, std::chrono::seconds(1));
    return evidence_settings(rules, none);
}

TEST(EvidenceSettings, are_the_formats_own_where_nothing_is_said) {
    const FormatSettings settings = made({}), plain;
    EXPECT_EQ(settings.pkix.evidence, plain.pkix.evidence);
    EXPECT_EQ(settings.pkix.extended_key_usage, plain.pkix.extended_key_usage);
    EXPECT_EQ(settings.applet_purpose, plain.applet_purpose);
    EXPECT_TRUE(settings.riot_makers.empty());
    EXPECT_TRUE(settings.psa_key_callers.empty());
    EXPECT_EQ(settings.android_status(), nullptr);
}

TEST(EvidenceSettings, are_what_the_file_says) {
    Config::EvidenceRules rules;
    rules.pkix_arc = "1.3.6.1.5.5.1";
    rules.pkix_extended_key_usage = "1.3.6.1.5.5.2";
    rules.applet_extended_key_usage = "1.3.6.1.5.5.3";
    rules.riot_makers = {"acme"};
    rules.stsafe_session_signers = {"bolt"};
    rules.psa_key_callers = {"acme tfm 42", "bolt iot-profile-1 -7"};
    const FormatSettings settings = made(rules);
    EXPECT_EQ(settings.pkix.evidence, "1.3.6.1.5.5.1");
    EXPECT_EQ(settings.pkix.extended_key_usage, "1.3.6.1.5.5.2");
    EXPECT_EQ(settings.applet_purpose, "1.3.6.1.5.5.3");
    EXPECT_EQ(settings.riot_makers, std::set<VendorId>{VendorId("acme")});
    EXPECT_EQ(settings.stsafe.session_signers, std::set<VendorId>{VendorId("bolt")});
    ASSERT_EQ(settings.psa_key_callers.size(), 2u);
    EXPECT_EQ(settings.psa_key_callers[0].vendor, VendorId("acme"));
    EXPECT_EQ(settings.psa_key_callers[0].profile, PsaProfile::tfm);
    EXPECT_EQ(settings.psa_key_callers[0].client_id, 42);
    EXPECT_EQ(settings.psa_key_callers[1].profile, PsaProfile::iot_profile_1);
    EXPECT_EQ(settings.psa_key_callers[1].client_id, -7);
}

TEST(EvidenceSettings, that_cannot_be_read_stop_the_start) {
    Config::EvidenceRules arc;
    arc.pkix_arc = "1.3.six";
    EXPECT_THROW((void)made(arc), Fault);
    for (const char* caller : {"", "acme", "acme tfm", "acme tfm x", "acme tfm 4 2", " tfm 42",
                               "acme psa 42", "acme tfm 99999999999999999999"}) {
        Config::EvidenceRules rules;
        rules.psa_key_callers = {caller};
        EXPECT_THROW((void)made(rules), Fault) << caller;
    }
}

}  // namespace
}  // namespace hallmark
