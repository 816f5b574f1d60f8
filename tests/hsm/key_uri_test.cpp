#include "ca/hsm/token.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

struct Taken {
    const char* uri;
    const char* token;
    const char* object;
    const char* id_hex;
};

TEST(KeyUri, takes_what_names_a_key) {
    const Taken cases[] = {
        {"pkcs11:object=issuing", "", "issuing", ""},
        {"pkcs11:id=%01%ff", "", "", "01ff"},
        {"pkcs11:id=ab", "", "", "6162"},
        {"pkcs11:token=a%20b;object=k%C3%A9y;id=%00;type=private", "a b", "kéy", "00"},
        {"pkcs11:type=private;object=a&b", "", "a&b", ""},
        {"pkcs11:object=k?module-path=/usr/lib/p.so&pin-source=file:/run/pin", "", "k", ""},
        {"pkcs11:object=k?", "", "k", ""},
        {"pkcs11:object=a=b", "", "a=b", ""},
    };
    for (const Taken& wanted : cases) {
        const auto uri = parse_key_uri(wanted.uri);
        ASSERT_TRUE(uri) << wanted.uri << ": " << uri.error().detail;
        EXPECT_EQ(uri->token, wanted.token) << wanted.uri;
        EXPECT_EQ(uri->object, wanted.object) << wanted.uri;
        EXPECT_EQ(to_hex(uri->id), wanted.id_hex) << wanted.uri;
    }
}

TEST(KeyUri, refuses_whatever_else) {
    const std::string cases[] = {
        "",
        "pkcs11:",
        "pkcs11:token=only",
        "PKCS11:object=k",
        "file:object=k",
        "pkcs11:object",
        "pkcs11:object=",
        "pkcs11:object=k;",
        "pkcs11:;object=k",
        "pkcs11:object=k;object=k",
        "pkcs11:object=k%",
        "pkcs11:object=k%4",
        "pkcs11:object=k%zz",
        "pkcs11:object=a b",
        "pkcs11:object=a/b",
        "pkcs11:object=%00",
        "pkcs11:object=%0a",
        "pkcs11:id=",
        "pkcs11:object=k;type=public",
        "pkcs11:object=k;slot-id=0",
        "pkcs11:object=k;x-vendor=1",
        "pkcs11:object=k?pin-value=1234",
        "pkcs11:object=k?pin-source=a&pin-source=b",
        "pkcs11:object=k;token=" + std::string(33, 'a'),
        "pkcs11:object=" + std::string(256, 'a'),
        "pkcs11:object=" + std::string(2000, 'a'),
    };
    for (const std::string& text : cases) {
        const auto uri = parse_key_uri(text);
        ASSERT_FALSE(uri) << text;
        EXPECT_EQ(uri.error().reason, Reason::malformed_request) << text;
    }
}

TEST(KeyUri, is_read_as_it_was_written) {
    const Bytes id{0x00, 0x7F, 0xFF, 'a'};
    const std::string text = key_uri("line 1;?", "k/é=&", id);
    const auto uri = parse_key_uri(text);
    ASSERT_TRUE(uri) << text << ": " << uri.error().detail;
    EXPECT_EQ(uri->token, "line 1;?");
    EXPECT_EQ(uri->object, "k/é=&");
    EXPECT_EQ(uri->id, id);
}

}  // namespace
}  // namespace hallmark
