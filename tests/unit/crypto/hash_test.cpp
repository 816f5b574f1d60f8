#include "ca/crypto/hash.h"

#include "ca/domain/ids.h"

#include <set>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(Hash, GivesThePublishedDigestsOfAbc) {  // FIPS 180-4 examples
    EXPECT_EQ(to_hex(hash(HashAlgorithm::sha1, as_bytes("abc"))),
              "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(hash(HashAlgorithm::sha384, as_bytes("abc"))).substr(0, 32),
              "cb00753f45a35e8bb5a03d699ac65007");
    EXPECT_EQ(to_hex(hash(HashAlgorithm::sha512, as_bytes("abc"))).substr(0, 32),
              "ddaf35a193617abacc417349ae204131");
    EXPECT_EQ(to_hex(sha256({})).substr(0, 8), "e3b0c442");
}

TEST(Hash, DigestSizesMatchTheDigests) {
    for (const auto algorithm : {HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha384,
                                 HashAlgorithm::sha512}) {
        EXPECT_EQ(hash(algorithm, as_bytes("x")).size(), digest_size(algorithm));
    }
}

TEST(Hmac, GivesTheAnswerOfRfc4231Case2) {
    EXPECT_EQ(to_hex(hmac(HashAlgorithm::sha256, as_bytes("Jefe"),
                          as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, AnEmptyKeyIsItsOwnKeyAndNotTheOneBefore) {
    const Bytes with_key = hmac(HashAlgorithm::sha256, as_bytes("key"), as_bytes("m"));
    const Bytes empty = hmac(HashAlgorithm::sha256, {}, as_bytes("m"));
    EXPECT_NE(with_key, empty);
    EXPECT_EQ(empty, hmac(HashAlgorithm::sha256, {}, as_bytes("m")));
}

TEST(Random, GivesAsManyBytesAsAskedAndNeverTheSame) {
    EXPECT_TRUE(random_bytes(0).empty());
    EXPECT_EQ(random_bytes(33).size(), 33u);
    EXPECT_NE(random_bytes(32), random_bytes(32));
}

TEST(RandomUuid, IsOfVersion4AndUnique) {
    std::set<std::string> seen;
    for (int i = 0; i < 64; ++i) {
        const std::string uuid = random_uuid();
        const auto parsed = parse_uuid(uuid, "uuid");
        ASSERT_TRUE(parsed.has_value()) << uuid;
        EXPECT_EQ(*parsed, uuid) << "lower case";
        EXPECT_EQ(uuid[14], '4');
        EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
        seen.insert(uuid);
    }
    EXPECT_EQ(seen.size(), 64u);
}

TEST(EqualConstantTime, ComparesContentAndLength) {
    EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
    EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
    EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
    EXPECT_TRUE(equal_constant_time({}, {}));
}

}  // namespace
}  // namespace hallmark
