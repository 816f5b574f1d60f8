// The EK certificate and the AK certificate, and whose they are.
#include "tests/unit/attestation/tpm2_refusal.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Tpm2Endorsement : public ::testing::TestWithParam<Row> {};

TEST_P(Tpm2Endorsement, has_its_own_reason) {
    expect_row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    EkCertificate, Tpm2Endorsement,
    ::testing::Values(Row{"usage_missing",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages.clear(); }),
                          {}},
                      Row{"usage_of_an_ak",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages = {"2.23.133.8.3"}; }),
                          {}},
                      Row{"any_usage_alone",
                          "ch",
                          certificate([](SoftCertificate& c) { c.usages = {"2.5.29.37.0"}; }),
                          {}},
                      Row{"any_usage_beside",
                          "c",
                          certificate([](SoftCertificate& c) {
                              c.usages.push_back("2.5.29.37.0");
                          }),
                          {}},
                      Row{"ak_usage_beside",
                          "c",
                          certificate([](SoftCertificate& c) {
                              c.usages.push_back("2.23.133.8.3");
                          }),
                          {}},
                      Row{"constraints_missing",
                          "c",
                          certificate([](SoftCertificate& c) { c.ca.reset(); }),
                          {}},
                      Row{"is_a_ca", "c", certificate([](SoftCertificate& c) { c.ca = true; }), {}},
                      Row{"key_usage_missing",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage = false; }),
                          {}},
                      Row{"key_usage_of_a_signer",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage_bit = 0; }),
                          {}},
                      Row{"key_usage_of_rsa",
                          "c",
                          certificate([](SoftCertificate& c) { c.key_usage_bit = 2; }),
                          {}},
                      Row{"family_1_2",
                          "certificate: not of a TPM 2.0",
                          certificate([](SoftCertificate& c) { c.family = "1.2"; }),
                          {}},
                      Row{"names_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) {
                              c.manufacturer = c.model = c.version = std::nullopt;
                          }),
                          {}},
                      Row{"manufacturer_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.manufacturer.reset(); }),
                          {}},
                      Row{"model_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.model.reset(); }),
                          {}},
                      Row{"version_missing",
                          "chain: no TPM directory name",
                          certificate([](SoftCertificate& c) { c.version.reset(); }),
                          {}},
                      Row{"manufacturer_unknown",
                          "certificate: unknown TPM manufacturer",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:41414141"; }),
                          {}},
                      Row{"manufacturer_malformed",
                          "certificate: unknown TPM manufacturer",
                          certificate([](SoftCertificate& c) { c.manufacturer = "53544D20"; }),
                          {}},
                      Row{"model_strange",
                          "certificate: a strange TPM model",
                          certificate([](SoftCertificate& c) { c.model = "A\nB"; }),
                          {}},
                      Row{"two_directory_names",
                          "certificate: two directoryNames",
                          certificate([](SoftCertificate& c) { c.second_directory_name = true; }),
                          {}},
                      Row{"unknown_critical_extension",
                          "chain: ",
                          certificate([](SoftCertificate& c) {
                              c.unknown_critical_extension = "1.3.6.1.4.1.99999.1";
                          }),
                          {}},
                      Row{"expired",
                          "chain: ",
                          certificate(
                              [](SoftCertificate& c) {
                                  c.not_after = from_rfc3339("2025-06-01T00:00:00Z").value();
                              }),
                          {}},
                      Row{"not_yet_valid",
                          "chain: ",
                          certificate(
                              [](SoftCertificate& c) {
                                  c.not_before = from_rfc3339("2030-01-01T00:00:00Z").value();
                              }),
                          {}},
                      Row{"rsa_1024",
                          "chain: ",
                          [](Recipe& r) { r.ek = SoftKeyKind::rsa_1024; },
                          {}},
                      Row{"of_another_vendor",
                          "vendor: the certificate names infineon",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:49465800"; }),
                          {}},
                      Row{"of_a_simulator",
                          "vendor: the certificate names swtpm",
                          certificate([](SoftCertificate& c) { c.manufacturer = "id:00001014"; }),
                          {}},
                      Row{"under_another_root",
                          "chain: no path to a pinned root",
                          {},
                          [](Scene& s) { s.pin.anchors.roots = {SoftVendor("Other").root()}; }},
                      Row{"trails",
                          "chain: ",
                          {},
                          [](Scene& s) { s.value("ek_chain").push_back(1); }},
                      Row{"signature_broken",
                          "chain: ",
                          {},
                          [](Scene& s) { s.value("ek_chain").back() ^= 1; }},
                      Row{"intermediate_missing",
                          "chain: no path to a pinned root",
                          {},
                          [](Scene& s) {
                              for (EvidenceMember& member : s.evidence.members) {
                                  if (member.name == "ek_chain") member.values.resize(1);
                              }
                          }}),
    named);

/// Good but for the row's change: evidence with an AK certificate.
void certified(Recipe& r) {
    r.ak_certificate = true;
    r.certificate.usages = {"2.23.133.8.3"};
    r.certificate.key_usage_bit = 0;
}

INSTANTIATE_TEST_SUITE_P(
    AkCertificate, Tpm2Endorsement,
    ::testing::Values(
        Row{"of_another_key", "signer: not the key of the AK certificate", certified,
            [](Scene& s) {
                const SoftObject other =
                    soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
                s.value("ak_public") = other.public_area();
            }},
        Row{"ek_certificate_in_its_place",
            "ch",
            [](Recipe& r) {
                certified(r);
                r.certificate = {};
            },
            {}},
        Row{"in_place_of_an_ek",
            "chain: ",
            [](Recipe& r) {
                r.certificate.usages = {"2.23.133.8.3"};
                r.certificate.key_usage_bit = 0;
            },
            {}},
        Row{"challenge_named_an_ek", "activation: the challenge was opened for another", certified,
            [](Scene& s) { s.expected.ek_certificate = Digest{}; }},
        Row{"challenge_named_another_ak", "activation: the challenge was opened for another",
            certified, [](Scene& s) { s.expected.ak_name = Bytes(34, 1); }},
        Row{"challenge_named_no_ak", "activation: the challenge was opened for another", certified,
            [](Scene& s) { s.expected.ak_name.reset(); }},
        Row{"beside_a_proof", "activation: a proof beside", certified,
            [](Scene& s) { s.add("activation", Bytes(32, 1)); }},
        Row{"beside_an_ek_certificate", "member: one of ek_chain and ak_chain", certified,
            [](Scene& s) {
                s.evidence.members.push_back(
                    {"ek_chain", SoftTpm(stm(), SoftKeyKind::ec_p256).ek_chain(), true});
            }},
        Row{"of_another_vendor",
            "vendor: the certificate names amd",
            [](Recipe& r) {
                certified(r);
                r.certificate.manufacturer = "id:414D4400";
            },
            {}}),
    named);

}  // namespace
}  // namespace hallmark
