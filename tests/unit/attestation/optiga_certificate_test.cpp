// The certificate object of an OPTIGA Trust M, with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "tests/unit/attestation/optiga_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct WrongCertificate {
    std::string name;
    std::string detail;
    std::function<void(SoftOptigaCertificate&)> change;
};
class OptigaRefusesACertificate : public Optiga,
                                  public ::testing::WithParamInterface<WrongCertificate> {};

TEST_P(OptigaRefusesACertificate, for_its_own_reason) {
    SoftOptigaCertificate certificate;
    GetParam().change(certificate);
    make({}, certificate);
    expect_refused(GetParam().detail);
}

using Paper = SoftOptigaCertificate;

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, OptigaRefusesACertificate,
    ::testing::Values(
        WrongCertificate{"an_authority", "certificate: an authority's",
                         [](Paper& c) { c.ca = true; }},
        WrongCertificate{"no_key_usage", "certificate: not for digital signatures",
                         [](Paper& c) { c.key_usage.clear(); }},
        WrongCertificate{"for_key_agreement", "certificate: not for digital signatures",
                         [](Paper& c) {
                             c.key_usage = {0x03, 0x02, 0x03, 0x08};
                         }},
        WrongCertificate{"for_client_authentication", "certificate: confined to other purposes",
                         [](Paper& c) {
                             c.more_extensions = soft_extension(
                                 "2.5.29.37", false, der_sequence({der_oid("1.3.6.1.5.5.7.3.2")}));
                         }},
        WrongCertificate{"for_statements", "certificate: confined to other purposes",
                         [](Paper& c) {
                             c.more_extensions =
                                 soft_extension("2.5.29.37", false,
                                                der_sequence({der_oid("1.3.6.1.5.5.7.3.999")}));
                         }},
        WrongCertificate{"a_policy_twice", "certificate: its policies are malformed",
                         [](Paper& c) { c.policies.push_back(c.policies.front()); }},
        WrongCertificate{"policies_that_are_none", "certificate: its policies are malformed",
                         [](Paper& c) {
                             c.policies.clear();
                             c.more_extensions =
                                 soft_extension("2.5.29.32", false, der_sequence({der_null()}));
                         }},
        WrongCertificate{
            "unknown_critical_extension", "chain: unknown critical extension 1.2.3.4",
            [](Paper& c) { c.more_extensions = soft_extension("1.2.3.4", true, der_null()); }}),
    [](const ::testing::TestParamInfo<WrongCertificate>& row) { return row.param.name; });

struct WrongHeader {
    std::string name;
    std::function<void(Bytes&)> change;
    std::string detail = "certificate: the TLS identity is malformed";
};
class OptigaRefusesATlsIdentity : public Optiga,
                                  public ::testing::WithParamInterface<WrongHeader> {};

TEST_P(OptigaRefusesATlsIdentity, for_its_own_reason) {
    make();
    GetParam().change(certificate_object());
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, OptigaRefusesATlsIdentity,
    ::testing::Values(WrongHeader{"of_another_length", [](Bytes& o) { ++o[2]; }},
                      WrongHeader{"with_another_list", [](Bytes& o) { ++o[5]; }},
                      WrongHeader{"with_a_list_of_64_kib_more", [](Bytes& o) { ++o[3]; }},
                      WrongHeader{"with_another_certificate", [](Bytes& o) { --o[8]; }},
                      WrongHeader{"with_a_certificate_of_64_kib_more", [](Bytes& o) { ++o[6]; }},
                      WrongHeader{"cut_off_by_an_octet", [](Bytes& o) { o.pop_back(); }},
                      WrongHeader{"with_an_octet_behind", [](Bytes& o) { o.push_back(0); }},
                      WrongHeader{"of_the_tag_alone", [](Bytes& o) { o.resize(1); }},
                      WrongHeader{"of_the_header_alone", [](Bytes& o) { o.resize(9); }},
                      WrongHeader{"for_another_use", [](Bytes& o) { o[0] = 0xC2; },
                                  "chain: malformed leaf"}),
    [](const ::testing::TestParamInfo<WrongHeader>& row) { return row.param.name; });

TEST_F(Optiga, refuses_octets_behind_a_bare_certificate) {
    make();
    certificate_object().erase(certificate_object().begin(), certificate_object().begin() + 9);
    certificate_object().push_back(0);
    expect_refused("chain: malformed leaf");
}

TEST_F(Optiga, refuses_an_identity_key_that_is_not_on_p256) {
    const TestAuthority root = make_root("Example");
    pin.anchors.roots = {root.certificate};
    for (const TestKey& signer : {make_ec_key(KeyAlgorithm::ec_p384), shared_rsa_key()}) {
        make();
        const Bytes statement = evidence.members[1].values.front();
        certificate_object() =
            make_certificate(leaf_spec(root, "Infineon IoT Node", signer), root.key);
        signature() = signer.sign(statement, signer.natural_algorithm());
        expect_refused("certificate: not of a P-256 key");
    }
}

}  // namespace
}  // namespace hallmark
