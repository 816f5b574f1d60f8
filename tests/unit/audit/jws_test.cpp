// Tokens and key sets against the RFCs' own examples, and signatures that are not this key's.
#include "ca/audit/jws.h"

#include "ca/domain/fault.h"
#include "tests/support/pki.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

namespace json = boost::json;
using testing::make_ec_key;

// RFC 7515 A.3.1
PublicKey example_key() {
    return ec_public_key(KeyAlgorithm::ec_p256,
                         *from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                         *from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        .value();
}

Bytes signed_by(const testing::TestKey& key, const std::string& input) {
    return key.sign(as_bytes(input), SignatureAlgorithm::ecdsa_sha256);
}

TEST(Jws, makes_the_rfcs_token_of_the_rfcs_signature) {
    // RFC 7515 A.3.1: r and s of the example, here as a PKCS#11 token's answer in DER.
    const std::string input =
        "eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ";
    const std::string signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    EXPECT_EQ(jws_compact(example_key(), input, ecdsa_der_from_raw(*from_base64url(signature))),
              input + "." + signature);
}

TEST(Jws, is_not_made_of_a_signature_that_does_not_verify) {
    const auto key = make_ec_key();
    const auto other = make_ec_key();
    const PublicKey ours = parse_public_key(key.spki()).value();
    const std::string input = jws_signing_input(ours, "{}");
    EXPECT_NO_THROW((void)jws_compact(ours, input, signed_by(key, input)));
    EXPECT_THROW((void)jws_compact(ours, input, signed_by(other, input)), Fault);
    EXPECT_THROW((void)jws_compact(ours, input + "A", signed_by(key, input)), Fault);
}

TEST(Jws, names_algorithm_key_and_kind_in_its_header) {
    const PublicKey key = example_key();
    const std::string input = jws_signing_input(key, R"({"iat":1})");
    const auto dot = input.find('.');
    const auto header = json::parse(as_text(*from_base64url(input.substr(0, dot)))).as_object();
    EXPECT_EQ(header.size(), 3u);
    EXPECT_EQ(header.at("alg").as_string(), "ES256");
    EXPECT_EQ(header.at("typ").as_string(), "eat+jwt");
    EXPECT_EQ(header.at("kid").as_string(), key_name(key));
    EXPECT_EQ(as_text(*from_base64url(input.substr(dot + 1))), R"({"iat":1})");
}

TEST(Jws, says_of_what_other_kind_it_is) {
    const std::string input = jws_signing_input(example_key(), "{}", "hallmark-report+jws");
    const auto header =
        json::parse(as_text(*from_base64url(input.substr(0, input.find('.'))))).as_object();
    EXPECT_EQ(header.at("typ").as_string(), "hallmark-report+jws");
}

TEST(JwkSet, names_a_key_by_its_thumbprint) {
    // The example key's thumbprint, by RFC 7638 3.1 with another implementation.
    EXPECT_EQ(key_name(example_key()), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

TEST(JwkSet, holds_each_key_with_its_use_and_nothing_private) {
    const PublicKey key = example_key();
    EXPECT_EQ(jwk_set({}), R"({"keys":[]})");
    EXPECT_EQ(jwk_set({key}),
              R"({"keys":[{"alg":"ES256","crv":"P-256","kid":")" + key_name(key) +
                  R"(","kty":"EC","use":"sig","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                  R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
}

TEST(JwkSet, has_no_room_for_a_key_of_another_kind) {
    const auto rsa = parse_public_key(testing::shared_rsa_key().spki()).value();
    EXPECT_THROW((void)jwk_set({rsa}), std::logic_error);
}

}  // namespace
}  // namespace hallmark
