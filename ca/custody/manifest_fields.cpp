#include "ca/custody/manifest_fields.h"

#include "ca/json/json.h"

#include <algorithm>

namespace hallmark {

namespace {

namespace json = boost::json;

constexpr std::size_t most_identifier = 64;

bool verify_es(const PublicKey& key, SignatureAlgorithm algorithm, std::string_view message,
               const Bytes& signature) {
    // RFC 7518 3.4: r and s, each as long as the field.
    const std::size_t octets = key.algorithm() == KeyAlgorithm::ec_p256 ? 64 : 96;
    return signature.size() == octets &&
           verify_signature(key, algorithm, as_bytes(message), ecdsa_der_from_raw(signature));
}

}  // namespace

Refusal bad_entry(std::string what) {
    return {Reason::invalid_document, std::move(what)};
}

Refusal at_entry(std::size_t index, std::string_view unique_id, const Refusal& refusal) {
    return {refusal.reason, "entry " + std::to_string(index) + " (uniqueId " +
                                (is_unit_id(unique_id) ? std::string(unique_id) : "unknown") +
                                "): " + refusal.detail};
}

bool is_unit_id(std::string_view text) {
    const auto is_alphanumeric = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    const auto is_taken = [&](char c) {
        return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
    };
    return !text.empty() && text.size() <= most_identifier && is_alphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(), is_taken);
}

bool is_unit_model(std::string_view text) {
    return text.size() <= most_identifier &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string_view text_member(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

bool has_exactly(const json::object& object, std::initializer_list<std::string_view> names) {
    return object.size() == names.size() &&
           std::all_of(names.begin(), names.end(),
                       [&](std::string_view name) { return object.contains(name); });
}

Result<json::object> parse_object(std::string_view text, std::size_t octets, std::string_view what,
                                  json::storage_ptr storage) {
    auto value = parse_json(text, JsonLimits{.octets = octets}, std::move(storage));
    if (!value) return bad_entry(std::string(what) + ": " + value.error().detail);
    if (!value->is_object()) return bad_entry(std::string(what) + " is not an object");
    return std::move(value->get_object());
}

bool verify_jws(const PublicKey& key, std::string_view algorithm, std::string_view message,
                const Bytes& signature) {
    if (algorithm == "ES256" && key.algorithm() == KeyAlgorithm::ec_p256)
        return verify_es(key, SignatureAlgorithm::ecdsa_sha256, message, signature);
    if (algorithm == "ES384" && key.algorithm() == KeyAlgorithm::ec_p384)
        return verify_es(key, SignatureAlgorithm::ecdsa_sha384, message, signature);
    return algorithm == "RS256" && !key.is_ec() &&
           verify_signature(key, SignatureAlgorithm::rsa_pkcs1_sha256, as_bytes(message),
                            signature);
}

}  // namespace hallmark
