#include "station/manifest_writer.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"
#include "ca/crypto/file_key.h"
#include "ca/domain/fault.h"

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

json::value ec_jwk(const PublicKey& key) {
    // RFC 5480 2.2: 04 || X || Y.
    const ByteView point = key.subject_public_key().subspan(1);
    const std::size_t width = point.size() / 2;
    return {{"kty", "EC"},
            {"crv", key.algorithm() == KeyAlgorithm::ec_p256 ? "P-256" : "P-384"},
            {"x", to_base64url(point.first(width))},
            {"y", to_base64url(point.last(width))}};
}

json::value rsa_jwk(const PublicKey& key) {
    // RFC 8017 A.1.1: SEQUENCE of modulus and exponent; DER's sign octet is no part of the modulus.
    auto fields = DerReader(key.subject_public_key()).sequence();
    auto modulus = fields ? fields->integer() : std::nullopt;
    if (!modulus) throw Fault("RSA key without a modulus");
    if (modulus->front() == 0) modulus = modulus->subspan(1);
    return {{"kty", "RSA"}, {"n", to_base64url(*modulus)}, {"e", "AQAB"}};
}

Certificate read_certificate(const ExampleVendor& vendor) {
    auto certificate = parse_certificate(vendor.certificate);
    if (!certificate) throw Fault("manifest signer's certificate: " + certificate.error().detail);
    return std::move(*certificate);
}

Bytes sign_es256(const ExampleVendor& vendor, std::string_view message) {
    const auto key = FileKey::parse(vendor.private_key);
    if (!key) throw Fault("manifest signer's key " + key.error().detail);
    const Bytes signature = key->sign(as_bytes(message));
    // RFC 7518 3.4: r and s as 32 octets each.
    auto raw = ecdsa_raw_from_der(signature, 32);
    if (!raw) throw Fault("manifest signer's key is not P-256");
    return std::move(*raw);
}

}  // namespace

std::string write_manifest(const std::vector<ExampleElement>& elements,
                           const ExampleVendor& vendor) {
    std::string document;
    for (const ExampleElement& element : elements) {
        document += document.empty() ? "[" : ",\n";
        document += sign_manifest_entry(manifest_entry(element, vendor), vendor);
    }
    return document.empty() ? "[]" : document + "]\n";
}

ManifestEntry manifest_entry(const ExampleElement& element, const ExampleVendor& vendor) {
    const Certificate certificate = read_certificate(vendor);
    json::array keys;
    for (const PublicKey& key : element.keys) {
        json::value jwk = key.is_ec() ? ec_jwk(key) : rsa_jwk(key);
        jwk.as_object()["kid"] = std::to_string(keys.size());
        keys.push_back(std::move(jwk));
    }
    const json::value payload{{"version", 1},
                              {"model", element.model},
                              {"manufacturer", {{"organizationName", "Example Vendor"}}},
                              {"uniqueId", element.unique_id},
                              {"publicKeySet", {{"keys", std::move(keys)}}}};
    const json::value header{
        {"alg", "ES256"},
        {"kid", to_base64url(certificate.subject_key_identifier().value_or(Bytes{0}))},
        {"typ", "JWT"},
        {"x5t#S256", to_base64url(certificate.sha256)}};
    return {json::serialize(header), json::serialize(payload), element.unique_id};
}

std::string sign_manifest_entry(const ManifestEntry& entry, const ExampleVendor& vendor) {
    const std::string header = to_base64url(as_bytes(entry.protected_header));
    const std::string payload = to_base64url(as_bytes(entry.payload));
    return json::serialize(
        json::value{{"payload", payload},
                    {"protected", header},
                    {"header", {{"uniqueId", entry.unique_id}}},
                    {"signature", to_base64url(sign_es256(vendor, header + "." + payload))}});
}

}  // namespace hallmark
