#include "ca/attestation/certificate_words.h"

#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view policies_oid = "2.5.29.32";  // RFC 5280 4.2.1.4
constexpr std::size_t most_policies = 16;

/// PolicyInformation ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER, policyQualifiers SEQUENCE
/// OPTIONAL }
std::optional<std::string> read_policy(DerReader& policies) {
    auto reader = policies.sequence();
    if (!reader) return std::nullopt;
    auto policy = reader->oid();
    if (!policy) return std::nullopt;
    if (!reader->at_end() && (!reader->element(tag::sequence) || !reader->at_end()))
        return std::nullopt;
    return policy;
}

}  // namespace

std::optional<std::string> sole_attribute(ByteView name_der, std::string_view type) {
    const auto rdns = parse_name(name_der);
    if (!rdns) return std::nullopt;
    std::optional<std::string> found;
    for (const auto& rdn : *rdns) {
        for (const NameAttribute& attribute : rdn) {
            if (attribute.type != type) continue;
            if (found) return std::nullopt;
            found = attribute.value;
        }
    }
    return found;
}

std::optional<std::vector<std::string>> certificate_policies(const Certificate& certificate) {
    std::vector<std::string> policies;
    const Extension* const extension = certificate.find(policies_oid);
    if (!extension) return policies;
    const auto outer = sole_element(extension->value, tag::sequence);
    if (!outer || outer->content.empty()) return std::nullopt;
    for (DerReader reader(outer->content); !reader.at_end();) {
        auto policy = read_policy(reader);
        if (!policy || policies.size() == most_policies ||
            std::find(policies.begin(), policies.end(), *policy) != policies.end()) {
            return std::nullopt;
        }
        policies.push_back(std::move(*policy));
    }
    return policies;
}

std::string upper_hex(ByteView octets) {
    std::string text = to_hex(octets);
    for (char& c : text) {
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

}  // namespace hallmark
