// What a device would not live with is never taken for its certificate.
#include "station/issued_check.h"

#include "ca/crypto/certificate.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

class IssuedCheckOf : public ::testing::Test {
protected:
    [[nodiscard]] IssuanceGiven given(const CertificateSpec& wanted) const {
        return {.issuance = {},
                .device = "device",
                .serial = to_hex(wanted.serial),
                .certificate = make_certificate(wanted, line.key),
                .chain = {line.certificate},
                .installation_nonce = {}};
    }
    [[nodiscard]] std::string verdict(const IssuanceGiven& answer, Instant now = noon()) {
        try {
            check.check(answer, key.spki(), now);
            return "taken";
        } catch (const AnswerFault& fault) {
            return fault.what();
        }
    }

    TestAuthority root = make_root("Root");
    TestAuthority line = make_intermediate(root, "Line");
    TestKey key = make_ec_key();
    CertificateSpec spec = leaf_spec(line, "device", key);
    IssuedCheck check{{root.certificate}};
};

TEST_F(IssuedCheckOf, takes_a_good_one_again_and_again) {
    EXPECT_EQ(verdict(given(spec)), "taken");
    spec.serial = {0x44};
    EXPECT_EQ(verdict(given(spec)), "taken");
}

TEST_F(IssuedCheckOf, sees_another_key_serial_or_time) {
    CertificateSpec other = spec;
    other.spki = make_ec_key().spki();
    EXPECT_EQ(verdict(given(other)), "the issued certificate is for another key");
    IssuanceGiven renumbered = given(spec);
    renumbered.serial = "01";
    EXPECT_EQ(verdict(renumbered),
              "the issued certificate has another serial than the answer says");
    EXPECT_EQ(verdict(given(spec), instant("2041-01-01T00:00:00Z")),
              "the issued certificate is not valid now");
}

TEST_F(IssuedCheckOf, sees_a_bent_signature_also_once_the_issuer_is_known) {
    spec.break_signature = true;
    EXPECT_NE(verdict(given(spec)), "taken");
    spec.break_signature = false;
    EXPECT_EQ(verdict(given(spec)), "taken");
    spec.break_signature = true;
    EXPECT_EQ(verdict(given(spec)),
              "the issued certificate is not signed by the issuer that came with it");
}

TEST_F(IssuedCheckOf, sees_an_issuer_that_does_not_chain_to_the_root) {
    const TestAuthority stranger = make_root("Root");
    line = make_intermediate(stranger, "Line");
    EXPECT_NE(verdict(given(leaf_spec(line, "device", key))), "taken");
    IssuanceGiven alone = given(spec);
    alone.chain.clear();
    EXPECT_EQ(verdict(alone), "the issuer cannot be read: none");
}

}  // namespace
}  // namespace hallmark::testing
