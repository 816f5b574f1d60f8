// Good evidence of each format under every other format's label, and under another vendor's pin:
// refused.
#include "ca/attestation/family.h"
#include "station/csr.h"
#include "station/protocol_proofs.h"
#include "station/soft_authenticator_element.h"
#include "station/soft_elements.h"
#include "station/soft_hsm_element.h"
#include "station/soft_yubikey_element.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

/// An element that stands before a verifier with all that it was asked for.
struct Shown {
    std::string format;
    Bytes root;
    Evidence evidence;
    Expected expected;
};

class Confusion : public ::testing::Test {
protected:
    ChainValidator chains;
    EvidenceFamily family = make_family(chains);
    std::vector<Shown> all;

    Confusion() {
        const SoftVendor tpms("Example");
        all.push_back(shown(tpms.root(), deliver_elements(tpms, "e", 1).front()));
        const SoftYubico yubico;
        all.push_back(shown(yubico.root(), deliver_yubikeys(yubico, 17, 1).front()));
        const SoftAuthenticatorMaker authenticators;
        all.push_back(
            shown(authenticators.root(), deliver_authenticators(authenticators, "e", 1).front()));
        const SoftHsmMaker hsms;
        all.push_back(shown(hsms.root(), deliver_hsms(hsms, "e", 1).front()));
    }

    static VendorPin pin(const std::string& format, const Bytes& root) {
        return {.vendor = VendorId(format == "tpm2" ? "swtpm" : "example"),
                .format = format,
                .anchors = {.roots = {root}, .intermediates = {}},
                .exceptions = {}};
    }

    Shown shown(const Bytes& root, const SoftIdentity& identity) {
        const auto element = open_soft_element(identity);
        const std::string format(element->format());
        const auto opening =
            family.open({.evidence = {format, element->introduce()}}, {pin(format, root)}, noon());
        if (!opening) throw std::runtime_error(opening.error().detail);
        ReceivedChallenge answer;
        answer.challenge = Bytes(32, 3);
        const Bytes spki = element->make_leaf();
        answer.nonce = nonce_for({"factory", answer.challenge, spki});
        answer.csr = hallmark::make_csr(spki, answer.nonce,
                                        [&](ByteView message) { return element->sign(message); });
        for (const auto& [name, octets] : opening->answer)
            answer.members.push_back({.name = name, .values = {octets}});
        Expected expected;
        expected.nonce = answer.nonce;
        expected.spki = spki;
        expected.activation_secret = opening->activation_secret;
        expected.challenge = answer.challenge;
        expected.challenge_password = to_base64(answer.nonce);
        expected.csr_sha256 = sha256(answer.csr);
        expected.ek_certificate = opening->ek_certificate;
        expected.ak_name = opening->ak_name;
        return {format, root, element->attest(answer), expected};
    }
};

TEST_F(Confusion, is_not_what_these_are_each_under_its_own_name) {
    ASSERT_EQ(all.size(), 4u);
    for (const Shown& each : all) {
        const auto element =
            family.verify(each.evidence, {pin(each.format, each.root)}, each.expected, noon());
        EXPECT_TRUE(element.has_value()) << each.format << ": " << element.error().detail;
    }
}

TEST_F(Confusion, of_formats_is_refused) {
    for (const Shown& each : all) {
        for (const Shown& other : all) {
            if (each.format == other.format) continue;
            Evidence renamed = each.evidence;
            renamed.format = other.format;
            for (const Bytes& root : {each.root, other.root}) {
                const auto element =
                    family.verify(renamed, {pin(other.format, root)}, each.expected, noon());
                ASSERT_FALSE(element.has_value()) << each.format << " as " << other.format;
                EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
            }
        }
    }
}

TEST_F(Confusion, of_vendors_is_refused) {
    for (const Shown& each : all) {
        for (const Shown& other : all) {
            if (each.format == other.format) continue;
            const auto element =
                family.verify(each.evidence, {pin(each.format, other.root)}, each.expected, noon());
            ASSERT_FALSE(element.has_value()) << each.format << " under " << other.format;
            EXPECT_EQ(element.error().detail, "chain: no path to a pinned root");
        }
    }
}

}  // namespace
}  // namespace hallmark
