// The TCG's rules for EK and AK certificates by themselves, without a chain before them.
#include "ca/attestation/ek_certificate.h"

#include "station/simulator/soft_tpm.h"

#include <functional>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

const SoftVendor& vendor() {
    static const SoftVendor made("STM");
    return made;
}

struct Row {
    std::string name;
    std::string detail;  ///< Empty: taken.
    std::function<void(SoftCertificate&)> change;
};

struct Subject {
    Certificate certificate;
    PublicKey key;
};

Subject subject_of(const SoftCertificate& fields, SoftKeyKind kind) {
    const PkeyPtr key = soft_key(kind);
    const Bytes spki = spki_of(key.get());
    return {parse_certificate(vendor().certify(spki, fields)).value(),
            parse_public_key(spki).value()};
}

constexpr auto named = [](const ::testing::TestParamInfo<Row>& row) { return row.param.name; };

class EkCertificate : public ::testing::TestWithParam<Row> {};

TEST_P(EkCertificate, follows_the_profile_or_is_refused) {
    SoftCertificate fields;
    GetParam().change(fields);
    const Subject subject = subject_of(fields, SoftKeyKind::ec_p256);
    const auto fit = check_ek_certificate(subject.certificate, subject.key);
    const auto identity = read_tpm_identity(subject.certificate);
    const std::string detail = !fit ? fit.error().detail : !identity ? identity.error().detail : "";
    EXPECT_EQ(detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Profile, EkCertificate,
    ::testing::Values(
        Row{"good", "", [](SoftCertificate&) {}},
        Row{"one_rdn", "", [](SoftCertificate& c) { c.one_rdn = true; }},
        Row{"no_family", "", [](SoftCertificate& c) { c.family = ""; }},
        Row{"family", "certificate: not of a TPM 2.0",
            [](SoftCertificate& c) { c.family = "1.2"; }},
        Row{"usage_missing", "certificate: not an EK's extended key usage",
            [](SoftCertificate& c) { c.usages.clear(); }},
        Row{"usage_of_ak", "certificate: not an EK's extended key usage",
            [](SoftCertificate& c) { c.usages = {"2.23.133.8.3"}; }},
        Row{"any_usage", "certificate: not an EK's extended key usage",
            [](SoftCertificate& c) { c.usages = {"2.5.29.37.0"}; }},
        Row{"ak_beside", "certificate: an extended key usage beside the EK's",
            [](SoftCertificate& c) { c.usages.push_back("2.23.133.8.3"); }},
        Row{"any_beside", "certificate: an extended key usage beside the EK's",
            [](SoftCertificate& c) { c.usages.push_back("2.5.29.37.0"); }},
        Row{"constraints_missing", "certificate: no basicConstraints",
            [](SoftCertificate& c) { c.ca.reset(); }},
        Row{"ca", "certificate: a CA", [](SoftCertificate& c) { c.ca = true; }},
        Row{"key_usage_missing", "certificate: no keyUsage",
            [](SoftCertificate& c) { c.key_usage = false; }},
        Row{"key_usage_of_rsa", "certificate: the keyUsage does not allow credential protection",
            [](SoftCertificate& c) { c.key_usage_bit = 2; }},
        Row{"san_missing", "certificate: no subjectAltName",
            [](SoftCertificate& c) { c.manufacturer = c.model = c.version = std::nullopt; }},
        Row{"two_names", "certificate: two directoryNames",
            [](SoftCertificate& c) { c.second_directory_name = true; }},
        Row{"manufacturer_missing", "certificate: no TPM manufacturer",
            [](SoftCertificate& c) { c.manufacturer.reset(); }},
        Row{"model_missing", "certificate: no TPM model",
            [](SoftCertificate& c) { c.model.reset(); }},
        Row{"version_missing", "certificate: no TPM version",
            [](SoftCertificate& c) { c.version.reset(); }},
        Row{"manufacturer_unknown", "certificate: unknown TPM manufacturer id:5A5A5A5A",
            [](SoftCertificate& c) { c.manufacturer = "id:5A5A5A5A"; }},
        Row{"manufacturer_short", "certificate: unknown TPM manufacturer id:53544D",
            [](SoftCertificate& c) { c.manufacturer = "id:53544D"; }},
        Row{"model_empty", "certificate: a strange TPM model",
            [](SoftCertificate& c) { c.model = ""; }},
        Row{"model_long", "certificate: a strange TPM model",
            [](SoftCertificate& c) { c.model = std::string(65, 'A'); }},
        Row{"version_not_ascii", "certificate: a strange TPM version",
            [](SoftCertificate& c) { c.version = "id:\xC3\xA4"; }}),
    named);

TEST(EkCertificateRules, ask_key_encipherment_of_an_rsa_key) {
    SoftCertificate fields;
    const Subject right = subject_of(fields, SoftKeyKind::rsa_2048);
    EXPECT_TRUE(check_ek_certificate(right.certificate, right.key).has_value());
    fields.key_usage_bit = 4;
    const Subject wrong = subject_of(fields, SoftKeyKind::rsa_2048);
    const auto fit = check_ek_certificate(wrong.certificate, wrong.key);
    ASSERT_FALSE(fit.has_value());
    EXPECT_EQ(fit.error().detail, "certificate: the keyUsage does not allow credential protection");
}

class AkCertificate : public ::testing::TestWithParam<Row> {};

TEST_P(AkCertificate, follows_the_profile_or_is_refused) {
    SoftCertificate fields;
    fields.usages = {"2.23.133.8.3"};
    fields.key_usage_bit = 0;
    GetParam().change(fields);
    const auto fit = check_ak_certificate(subject_of(fields, SoftKeyKind::ec_p256).certificate);
    EXPECT_EQ(fit ? "" : fit.error().detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Profile, AkCertificate,
    ::testing::Values(Row{"good", "", [](SoftCertificate&) {}},
                      Row{"no_key_usage", "", [](SoftCertificate& c) { c.key_usage = false; }},
                      Row{"usage_of_ek", "certificate: not an AK's extended key usage",
                          [](SoftCertificate& c) { c.usages = {"2.23.133.8.1"}; }},
                      Row{"ek_beside", "certificate: an extended key usage beside the AK's",
                          [](SoftCertificate& c) { c.usages.push_back("2.23.133.8.1"); }},
                      Row{"key_usage_of_ek", "certificate: the keyUsage does not allow signatures",
                          [](SoftCertificate& c) { c.key_usage_bit = 4; }},
                      Row{"ca", "certificate: a CA", [](SoftCertificate& c) { c.ca = true; }},
                      Row{"constraints_missing", "certificate: no basicConstraints",
                          [](SoftCertificate& c) { c.ca.reset(); }}),
    named);

TEST(TpmManufacturers, are_found_by_their_registered_id_alone) {
    ASSERT_NE(find_tpm_manufacturer(0x53544D20), nullptr);
    EXPECT_EQ(find_tpm_manufacturer(0x53544D20)->vendor, "stm");
    ASSERT_NE(find_tpm_manufacturer(0x00001014), nullptr);
    EXPECT_EQ(find_tpm_manufacturer(0x00001014)->vendor, "swtpm");
    ASSERT_NE(find_tpm_manufacturer(0x57454300), nullptr);
    ASSERT_NE(find_tpm_manufacturer(0x49465800), nullptr);
    EXPECT_EQ(find_tpm_manufacturer(0x49465800)->vendor, "infineon");
    EXPECT_EQ(find_tpm_manufacturer(0), nullptr);
    EXPECT_EQ(find_tpm_manufacturer(0xFFFFFFFF), nullptr);
    EXPECT_EQ(find_tpm_manufacturer(0x53544D21), nullptr);
}

struct KindRow {
    std::uint32_t manufacturer;
    std::string model;
    std::string kind;
};

TEST(TpmKinds, are_told_by_the_maker_and_where_it_makes_several_by_the_model) {
    for (const KindRow& row :
         {KindRow{0x53544D20, "ST33HTPHAHB4", "discrete"},
          KindRow{0x4E544300, "NPCT75x", "discrete"}, KindRow{0x49465800, "SLB 9670", "discrete"},
          KindRow{0x414D4400, "AMD", "firmware"}, KindRow{0x494E5443, "Intel", "firmware"},
          KindRow{0x51434F4D, "QTPM", "firmware"}, KindRow{0x00001014, "swtpm", "virtual"},
          KindRow{0x49424D00, "SW TPM", "virtual"}, KindRow{0x4D534654, "Virtual TPM", "virtual"},
          KindRow{0x474F4F47, "vTPM", "virtual"}, KindRow{0x474F4F47, "H1", "unknown"},
          KindRow{0x48504500, "vTPM", "unknown"}}) {
        const TpmManufacturer* maker = find_tpm_manufacturer(row.manufacturer);
        ASSERT_NE(maker, nullptr) << row.model;
        EXPECT_EQ(tpm_kind_of({.manufacturer = *maker, .model = row.model, .version = "id:1"}),
                  row.kind)
            << maker->vendor << ' ' << row.model;
    }
}

}  // namespace
}  // namespace hallmark
