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
                .issuers = {line_.certificate, root_.certificate},
                .at = read_.not_before};
    }
    Certificate read_;
};

TEST_F(SecondOpinionOf, aGoodCertificateHasNoObjection) {
    EXPECT_EQ(objection_of_openssl(asked(leaf_)), std::nullopt);
}

TEST_F(SecondOpinionOf, aBentSignatureIsAnObjection) {
    Bytes bent = leaf_;
    bent.back() ^= 1;
    EXPECT_TRUE(objection_of_openssl(asked(bent)));
}

TEST_F(SecondOpinionOf, anotherKeyOrSerialIsAnObjection) {
    SecondOpinion key = asked(leaf_);
    const Bytes other = make_ec_key().spki();
    key.spki = other;
    EXPECT_EQ(objection_of_openssl(key), "another public key");
    SecondOpinion serial = asked(leaf_);
    const Bytes one{1};
    serial.serial = one;
    EXPECT_EQ(objection_of_openssl(serial), "another serial");
}

TEST_F(SecondOpinionOf, aCaIsNoLeaf) {
    const Certificate line = *parse_certificate(line_.certificate);
    EXPECT_EQ(objection_of_openssl({.certificate = line_.certificate,
                                    .spki = line.spki,
                                    .serial = line.serial,
                                    .issuers = {root_.certificate},
                                    .at = line.not_before}),
              "it is a CA");
}

TEST_F(SecondOpinionOf, anotherIssuerIsAnObjection) {
    SecondOpinion asked_now = asked(leaf_);
    const TestAuthority stranger = make_root("Root");
    asked_now.issuers = {line_.certificate, stranger.certificate};
    EXPECT_TRUE(objection_of_openssl(asked_now));
}

TEST_F(SecondOpinionOf, trailingBytesAreAnObjection) {
    Bytes longer = leaf_;
    longer.push_back(0);
    EXPECT_EQ(objection_of_openssl(asked(longer)), "not a certificate");
}

}  // namespace
}  // namespace hallmark::testing
