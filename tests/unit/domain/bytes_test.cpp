#include "ca/domain/bytes.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(Hex, takesEitherCaseAndWritesLower) {
    EXPECT_EQ(to_hex(*from_hex("00AbfF")), "00abff");
}

TEST(Hex, refusesOddLengthAndForeignCharacters) {
    for (const auto* text : {"0", "0g", " 00", "0x00", "00 "})
        EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Base64, returnsWhatItWrote) {
    Bytes bytes;
    for (int size = 0; size < 70; ++size) {
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << size;
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes) << size;
        bytes.push_back(static_cast<unsigned char>(size * 37 + 11));
    }
}

// RFC 4648 section 10.
TEST(Base64, writesTheVectorsOfTheStandard) {
    EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
    EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
    EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, refusesASecondSpellingOfTheSameBytes) {
    for (const auto* text :
         {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zg==Zg==", "====", "Z===", "Zm9v="}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
    for (const auto* text : {"Zg==", "Zh", "Z", "Zm+v", "Zm/v"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Digest, isExactly32Bytes) {
    EXPECT_TRUE(digest_from_bytes(Bytes(32)));
    EXPECT_FALSE(digest_from_bytes(Bytes(31)));
    EXPECT_FALSE(digest_from_hex(std::string(66, '0')));
}

}  // namespace
}  // namespace hallmark
