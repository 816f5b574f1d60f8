#include "ca/crypto/second_opinion.h"

#include "ca/crypto/certificate.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

class SecondOpinionOf : public ::testing::Test {
protected:
    TestAuthority root_ = make_root("Root");
    TestAuthority line_ = make_intermediate(root_, "Line");
    TestKey key_ = make_ec_key();
    Bytes leaf_ = make_certificate(leaf_spec(line_, "device", key_), line_.key);

    [[nodiscard]] SecondOpinion asked(ByteView leaf) {
        read_ = *parse_certificate(leaf_);
        return {.certificate = leaf,
                .spki = read_.spki,
                .serial = read_.serial,
                .at = read_.not_before};
    }
    Certificate read_;
    OpensslIssuers issuers_{{line_.certificate, root_.certificate}};
};

TEST_F(SecondOpinionOf, aGoodCertificateHasNoObjection) {
    EXPECT_EQ(issuers_.objection(asked(leaf_)), std::nullopt);
}

TEST_F(SecondOpinionOf, aBentSignatureIsAnObjection) {
    Bytes bent = leaf_;
    bent.back() ^= 1;
    EXPECT_TRUE(issuers_.objection(asked(bent)));
}

TEST_F(SecondOpinionOf, anotherKeyOrSerialIsAnObjection) {
    SecondOpinion key = asked(leaf_);
    const Bytes other = make_ec_key().spki();
    key.spki = other;
    EXPECT_EQ(issuers_.objection(key), "another public key");
    SecondOpinion serial = asked(leaf_);
    const Bytes one{1};
    serial.serial = one;
    EXPECT_EQ(issuers_.objection(serial), "another serial");
}

TEST_F(SecondOpinionOf, aCaIsNoLeaf) {
    const Certificate line = *parse_certificate(line_.certificate);
    EXPECT_EQ(OpensslIssuers({root_.certificate})
                  .objection({.certificate = line_.certificate,
                              .spki = line.spki,
                              .serial = line.serial,
                              .at = line.not_before}),
              "it is a CA");
}

TEST_F(SecondOpinionOf, anotherIssuerIsAnObjection) {
    const TestAuthority stranger = make_root("Root");
    const OpensslIssuers others({line_.certificate, stranger.certificate});
    EXPECT_EQ(others.objection(asked(leaf_)), "an issuer is not signed by the next one");
    EXPECT_TRUE(OpensslIssuers({stranger.certificate}).objection(asked(leaf_)));
    EXPECT_EQ(OpensslIssuers({}).objection(asked(leaf_)), "no issuer to check against");
}

TEST_F(SecondOpinionOf, aMomentOutsideAnyValidityIsAnObjection) {
    SecondOpinion late = asked(leaf_);
    late.at = read_.not_after;
    EXPECT_EQ(issuers_.objection(late), std::nullopt);
    late.at += std::chrono::seconds(1);
    EXPECT_EQ(issuers_.objection(late), "path: certificate has expired");
    SecondOpinion early = asked(leaf_);
    early.at -= std::chrono::seconds(1);
    EXPECT_EQ(issuers_.objection(early), "path: certificate is not yet valid");
}

TEST_F(SecondOpinionOf, trailingBytesAreAnObjection) {
    Bytes longer = leaf_;
    longer.push_back(0);
    EXPECT_EQ(issuers_.objection(asked(longer)), "not a certificate");
}

}  // namespace
}  // namespace hallmark::testing
