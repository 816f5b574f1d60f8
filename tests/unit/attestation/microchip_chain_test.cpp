// The certificates that ATECC608 evidence shows: whole, compressed, and with one thing wrong.
#include "ca/attestation/microchip_chain.h"

#include "tests/unit/attestation/microchip_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hallmark {
namespace {

using namespace hallmark::testing;

using MicrochipChain = MicrochipChainTest;

TEST_F(MicrochipChain, may_have_the_root_in_it) {
    make();
    chain().push_back(maker.root());
    expect_accepted();
}

TEST_F(MicrochipChain, is_rebuilt_from_a_compressed_device) {
    make();
    compress_device();
    expect_accepted();
}

TEST_F(MicrochipChain, is_rebuilt_from_a_compressed_signer) {
    make();
    compress_signer();
    expect_accepted();
}

TEST_F(MicrochipChain, is_rebuilt_from_both_compressed) {
    make();
    compress_device();
    compress_signer();
    EXPECT_EQ(evidence.find("chain"), nullptr);
    expect_accepted();
}

TEST_F(MicrochipChain, is_rebuilt_under_whichever_root_is_the_signers) {
    make();
    compress_device();
    compress_signer();
    pin.anchors.roots = {SoftMicrochip().root(), maker.root()};
    expect_accepted();
    pin.anchors.roots = {SoftMicrochip().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(MicrochipChain, is_rebuilt_in_the_other_templates_which_are_the_device_keys) {
    make({.certificate = {.after = ""}});
    compress_device({.template_id = 3});
    expect_accepted(Assurance::hw_identity_only);
    make({.certificate = {.before = "", .after = " ATECC"}});
    compress_device({.template_id = 2});
    expect_accepted(Assurance::hw_identity_only);
}

TEST_F(MicrochipChain, takes_the_underscore_that_eui48_has_in_a_printable_string) {
    const SoftDeviceCertificate how{.after = "", .eui48 = "682719AB00FF"};
    make({.certificate = how});
    expect_accepted(Assurance::hw_identity_only);
    compress_device({.template_id = 3});
    add("eui48", to_bytes("682719AB00FF"));
    expect_accepted(Assurance::hw_identity_only);
    octets("eui48").back() = '0';  // Another name than the one that was signed.
    expect_refused("chain: no path to a pinned root (bad signature)");
    octets("eui48").back() = 'f';
    expect_refused("compressed: its EUI-48");
    octets("eui48").pop_back();
    expect_refused("compressed: its EUI-48");
}

TEST_F(MicrochipChain, takes_a_number_made_of_the_parts_serial_number) {
    make({.certificate = {.serial_of_serial_number = true}});
    compress_device({.serial_source = 0xB});
    expect_accepted();
    make({.certificate = {.serial_of_serial_number = true}});
    compress_device();
    expect_refused("chain: no path to a pinned root (bad signature)");
}

TEST_F(MicrochipChain, refuses_a_compressed_certificate_of_another_template_than_was_signed) {
    // A device key's certificate does not become the attestation slot's by another number.
    make({.certificate = {.after = ""}});
    compress_device({.template_id = 4});
    expect_refused("chain: no path to a pinned root (bad signature)");
    make();
    compress_device({.template_id = 3});
    expect_refused("chain: no path to a pinned root (bad signature)");
    make();
    compress_device({.template_id = 5});
    expect_refused("compressed: not of a device's template");
    make();
    compress_signer({.template_id = 4});
    expect_refused("compressed: not of a signer's template");
}

TEST_F(MicrochipChain, refuses_compressed_certificates_with_something_else_in_them) {
    make();
    compress_device({.signer_id = 0x2C61});
    expect_refused("compressed: of another signer");
    make();
    compress_device();
    octets("device_key") = soft_point(spki_of(leaf.get()));
    expect_refused("chain: no path to a pinned root (bad signature)");
    make();
    compress_device();
    octets("device_key").pop_back();
    expect_refused("compressed: its key has not 64 octets");
    octets("device_key") = Bytes(64, 0xFF);
    expect_refused("compressed: its key is no point");
    make();
    compress_device({.serial_source = 0x0});
    expect_refused("compressed: its serial number is not made");
    make();
    compress_signer({.template_id = 1, .serial_source = 0xB});
    expect_refused("compressed: its serial number is not made");
    make();
    compress_signer({.signer_id = 0x2C61, .template_id = 1});
    expect_refused("chain: no path to a pinned root");
}

TEST_F(MicrochipChain, refuses_members_that_do_not_go_together) {
    make();
    add("compressed_device", Bytes(72));
    expect_refused("member: a compressed certificate goes with its key: device");
    make();
    add("signer_key", Bytes(64));
    expect_refused("member: a compressed certificate goes with its key: signer");
    make();
    add("eui48", to_bytes("682719000000"));
    expect_refused("member: eui48 without compressed_device");
    make();
    chain() = {chain().front()};
    expect_refused("member: chain has 1 certificates");
    compress_device();  // And nothing above it.
    expect_refused("member: in another form: chain");
    evidence.members.erase(evidence.members.begin());
    expect_refused("member: no signer certificate");
    make();
    chain() = {chain().back()};
    compress_signer();
    expect_refused("member: no device certificate");
    make();
    chain().insert(chain().end(), 4, maker.root());
    expect_refused("member: chain has 6 certificates");
    make();
    evidence.members.erase(evidence.members.begin());
    expect_refused("member: chain has 0 certificates");
}

TEST_F(MicrochipChain, refuses_members_of_another_length_or_kind) {
    for (const std::string name : {"rand_out", "genkey", "sign_internal", "signature"}) {
        for (const bool longer : {false, true}) {
            make();
            octets(name).resize(octets(name).size() + (longer ? 1 : -1));
            expect_refused("member: " + name + " has " + std::to_string(octets(name).size()));
        }
        make();
        std::erase_if(evidence.members, [&](const EvidenceMember& m) { return m.name == name; });
        expect_refused("member: missing: " + name);
        make();
        add(name, Bytes(1));
        expect_refused("member: twice: " + name);
    }
    make();
    add("num_in", Bytes(20));
    expect_refused("member: unknown: num_in");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(AteccRecipe&)> change;
};
class MicrochipCertificateRefuses : public MicrochipChain,
                                    public ::testing::WithParamInterface<Wrong> {};

TEST_P(MicrochipCertificateRefuses, it_for_its_own_reason) {
    AteccRecipe recipe;
    GetParam().change(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, MicrochipCertificateRefuses,
    ::testing::Values(
        Wrong{"of_another_part", "genkey: another serial number",
              [](AteccRecipe& r) { r.certified_serial[8] = 0xEE; }},
        Wrong{"of_a_part_of_the_same_kind", "sign_internal: another serial number",
              [](AteccRecipe& r) { r.certified_serial[4] = 0x00; }},
        Wrong{"of_a_neighbour", "sign_internal: another serial number",
              [](AteccRecipe& r) { r.certified_serial[3] = 0x00; }},
        Wrong{"of_a_serial_that_is_not_microchips", "certificate: not named after a serial",
              [](AteccRecipe& r) { r.certified_serial[1] = 0x24; }},
        Wrong{"of_an_unknown_slot", "certificate: not named after a serial number and a known slot",
              [](AteccRecipe& r) { r.certificate.after = " internal signs"; }},
        Wrong{"with_no_prefix", "certificate: not named after a serial number and a known slot",
              [](AteccRecipe& r) { r.certificate.before = ""; }},
        Wrong{"with_a_bare_number", "certificate: not named after a serial number and a known slot",
              [](AteccRecipe& r) { r.certificate.before = r.certificate.after = ""; }},
        Wrong{"with_another_prefix", "certificate: not named after a serial number",
              [](AteccRecipe& r) { r.certificate.before = "SN"; }},
        Wrong{"of_an_authority", "certificate: an authority's",
              [](AteccRecipe& r) { r.certificate.is_authority = true; }},
        Wrong{"for_key_agreement_alone", "certificate: not for digital signatures",
              [](AteccRecipe& r) { r.certificate.key_usage = 0x08; }},
        Wrong{"expired", "chain: expired (leaf)", [](AteccRecipe& r) { r.certificate.years = 2; }},
        Wrong{"not_yet_valid", "chain: not yet valid (leaf)",
              [](AteccRecipe& r) { r.certificate.from = instant("2027-01-01T00:00:00Z"); }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(MicrochipChain, refuses_another_makers_root_and_another_parts_certificate) {
    make();
    pin.anchors.roots = {SoftMicrochip().root()};
    expect_refused("chain: no path to a pinned root");
    make();
    pin.anchors.roots = {maker.root()};
    chain().front() = maker.certify(make_ec_key().spki(), AteccRecipe().serial);
    expect_refused("signature: not by the certified key");
}

/// The signer is an authority that the pin vouches for, and no element.
TEST_F(MicrochipChain, refuses_a_signer_in_the_elements_place) {
    make();
    chain() = {maker.signer(), maker.root()};
    expect_refused("certificate: an authority's");
}

}  // namespace
}  // namespace hallmark
