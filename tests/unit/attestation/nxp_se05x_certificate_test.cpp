// Who signed what an SE05x says, and how that came here: certificates, versions, members.
#include "tests/unit/attestation/nxp_se05x_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

using NxpSe05x = NxpSe05xTest;

TEST_F(NxpSe05x, refuses_certificates_that_are_no_attestation_keys) {
    const std::string name = "Attest-" + SoftSe05x::serial(chip.chip());
    const auto refused = [&](PkeyPtr signer, const std::string& named, const Bytes& extensions,
                             const std::string& detail) {
        const Bytes certificate = maker.certify(spki_of(signer.get()), named, extensions);
        show(SoftSe05x(chip.chip(), std::move(signer), certificate));
        expect_refused(detail);
    };
    const std::string unnamed = "certificate: not named as an attestation key's";
    refused(soft_p256_key(), "Connect-" + SoftSe05x::serial(chip.chip()), {}, unnamed);
    refused(soft_p256_key(), "", {}, unnamed);
    refused(soft_p256_key(), "Attest-" + to_hex(chip.chip()), {}, "chip: not the certificate's");
    refused(soft_p256_key(), name + "00", {}, "chip: not the certificate's");
    refused(soft_p256_key(), name, soft_basic_constraints(true), "certificate: an authority's");
    refused(soft_p256_key(), name, soft_key_usage(KeyUsage::key_agreement),
            "certificate: not for signatures");
    refused(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384")), name, {},
            "certificate: its key is not on P-256");
    make();
    chain().resize(6, chain().front());
    expect_refused("member: chain is too long");
}

TEST_F(NxpSe05x, refuses_versions_that_are_none_or_unknown) {
    for (const Bytes& version : {Bytes(), Bytes{7, 2}, Bytes{7, 2, 0, 0}}) {
        make();
        applet() = version;
        expect_refused("applet: not three octets");
    }
    for (const Bytes& version : {Bytes{2, 9, 9}, Bytes{8, 0, 0}}) {
        make();
        applet() = version;
        expect_refused("applet: not a version that is known");
    }
}

TEST_F(NxpSe05x, needs_each_member_in_its_form_and_no_other) {
    for (const std::string name : {"chain", "command", "response", "applet_version"}) {
        make();
        std::erase_if(evidence.members, [&](const EvidenceMember& m) { return m.name == name; });
        expect_refused("member: missing: " + name);
        make();
        for (EvidenceMember& member : evidence.members) {
            if (member.name == name) member.is_list = !member.is_list;
        }
        expect_refused("member: in another form: " + name);
    }
    make();
    evidence.members.push_back({.name = "nonce", .values = {nonce}});
    expect_refused("member: unknown: nonce");
    make();
    evidence.members.push_back(evidence.members[1]);
    expect_refused("member: twice: command");
}

}  // namespace
}  // namespace hallmark
