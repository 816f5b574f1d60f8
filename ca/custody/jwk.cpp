#include "ca/custody/jwk.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/keys.h"

#include <array>

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

// RFC 7518 6.2.2, 6.3.2 and 6.4.1: the members that only private and symmetric keys have.
constexpr std::array private_members{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
constexpr std::uint64_t exponent_f4 = 65537;
constexpr std::size_t most_certificates = 8;

Refusal bad(std::string what) {
    return {Reason::invalid_document, "key: " + std::move(what)};
}

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

Result<Bytes> parse_ec(const json::object& jwk) {
    const std::string_view curve = text_of(jwk, "crv");
    if (curve != "P-256" && curve != "P-384") return bad("curve not taken");
    const std::size_t width = curve == "P-256" ? 32 : 48;
    const auto x = from_base64url(text_of(jwk, "x"));
    const auto y = from_base64url(text_of(jwk, "y"));
    // RFC 7518 6.2.1.2: the full size of a coordinate for the curve.
    if (!x || !y || x->size() != width || y->size() != width)
        return bad("coordinate not of the curve's width");
    auto spki = ec_spki(curve == "P-256" ? KeyAlgorithm::ec_p256 : KeyAlgorithm::ec_p384, *x, *y);
    if (!spki) return bad(spki.error().detail);
    return spki;
}

Result<Bytes> parse_rsa(const json::object& jwk) {
    if (text_of(jwk, "e") != "AQAB") return bad("RSA exponent is not 65537");
    const auto modulus = from_base64url(text_of(jwk, "n"));
    // RFC 7518 section 2, Base64urlUInt: the minimum number of octets.
    if (!modulus || modulus->empty() || modulus->front() == 0)
        return bad("RSA modulus not minimal");
    const auto key = rsa_public_key(*modulus, exponent_f4);
    if (!key) return bad(key.error().detail);
    return key->spki();
}

Result<Done> check_certificates(const json::value& x5c, const Bytes& spki) {
    const json::array* list = x5c.if_array();
    if (!list || list->empty() || list->size() > most_certificates)
        return bad("x5c is not a short list");
    const json::string* first = list->front().if_string();
    const auto der = first ? from_base64(*first) : std::nullopt;
    if (!der) return bad("x5c is not base64");
    const auto certificate = parse_certificate(*der);
    if (!certificate) return bad("x5c: " + certificate.error().detail);
    if (!equal(certificate->spki, spki)) return bad("x5c bears another key");
    return Done{};
}

}  // namespace

Result<ManifestKey> parse_jwk(const json::value& jwk) {
    const json::object* object = jwk.if_object();
    if (!object) return bad("not an object");
    for (const char* name : private_members) {
        if (object->contains(name)) return bad("private member present");
    }
    const std::string_view type = text_of(*object, "kty");
    if (type != "EC" && type != "RSA") return bad("key type not taken");
    HALLMARK_TRY(spki, type == "EC" ? parse_ec(*object) : parse_rsa(*object));
    if (const json::value* x5c = object->if_contains("x5c")) {
        HALLMARK_TRY(matched, check_certificates(*x5c, spki));
    }
    return ManifestKey{sha256(spki), std::move(spki)};
}

}  // namespace hallmark
