#include "ca/audit/jws.h"

#include "ca/domain/fault.h"
#include "ca/json/json.h"

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t field_octets = 32;

/// RFC 7518 6.2.1: both coordinates at the curve's full width.
json::object required_members(const PublicKey& key) {
    if (key.algorithm() != KeyAlgorithm::ec_p256)
        throw std::logic_error("a key for ES256 is on P-256");
    const ByteView coordinates = key.subject_public_key().subspan(1);  // After 04.
    return {{"kty", "EC"},
            {"crv", "P-256"},
            {"x", to_base64url(coordinates.first(field_octets))},
            {"y", to_base64url(coordinates.last(field_octets))}};
}

}  // namespace

std::string key_name(const PublicKey& key) {
    // RFC 7638 3.2, 3.3: the required members alone, in lexicographic order, without white space.
    return to_base64url(sha256(as_bytes(canonical_json(required_members(key)))));
}

std::string jws_signing_input(const PublicKey& key, std::string_view payload,
                              std::string_view type) {
    // RFC 8725 3.11: the type keeps one kind of token from being taken for another; RFC 9782 has
    // it.
    const std::string header =
        canonical_json(json::object{{"alg", "ES256"}, {"kid", key_name(key)}, {"typ", type}});
    return to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
}

std::string jws_compact(const PublicKey& key, std::string_view signing_input, ByteView signature) {
    if (!verify_signature(key, SignatureAlgorithm::ecdsa_sha256, as_bytes(signing_input),
                          signature)) {
        throw Fault("the token's signature does not verify under the key of results");
    }
    // RFC 7518 3.4: r and s at full width, one after the other.
    const auto raw = ecdsa_raw_from_der(signature, field_octets);
    if (!raw) throw Fault("the token's signature is not exact DER");
    return std::string(signing_input) + "." + to_base64url(*raw);
}

std::string jwk_set(const std::vector<PublicKey>& keys) {
    json::array set;
    for (const PublicKey& key : keys) {
        json::object jwk = required_members(key);
        jwk["use"] = "sig";
        jwk["alg"] = "ES256";
        jwk["kid"] = key_name(key);
        set.push_back(std::move(jwk));
    }
    return canonical_json(json::object{{"keys", std::move(set)}});
}

}  // namespace hallmark
