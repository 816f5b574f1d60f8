// A small sound policy and request for the policy tests to bend.
#pragma once

#include "policy/model.h"
#include "policy/policy.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace hallmark::testing {

inline constexpr std::string_view sound_policy = R"toml(
schema = 1
product = "gateway"
intermediate = "line-1"
subject = [{type = "O", value = "Example"}, {type = "CN", value = "{device}"}]

[accept]
vendors = ["acme"]
formats = ["yubikey-piv"]
models = ["5C"]
firmware_floor = "5.4.3"
key_algorithms = ["ec-p256"]

[identity]
source = "unique_id"
template = "{unique_id}"

[validity]
days = 30
backdate_s = 60

[extensions]
key_usage = ["digitalSignature"]
crl_distribution_points = ["http://a.example/0.crl"]

[limits]
station_limit = 10
lot_limit = 5

[[example]]
name = "granted"
expect = {granted = true}
[example.request]
vendor = "acme"
format = "yubikey-piv"
model = "5C"
firmware = "5.7.1"
unique_id = "u1"
key_algorithm = "ec-p256"
now = "2026-11-23T10:00:00Z"
issuer_not_before = "2026-01-01T00:00:00Z"
issuer_not_after = "2036-01-01T00:00:00Z"

[[example]]
name = "refused"
expect = {refused = "vendor"}
[example.request]
vendor = "other"
format = "yubikey-piv"
key_algorithm = "ec-p256"
now = "2026-11-23T10:00:00Z"
issuer_not_before = "2026-01-01T00:00:00Z"
issuer_not_after = "2036-01-01T00:00:00Z"
)toml";

/// `text` with the one occurrence of `from` replaced.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

inline std::string sound_with(std::string_view from, std::string_view to) {
    return with(std::string(sound_policy), from, to);
}

inline Policy must_parse(std::string_view text) {
    auto policy = parse_policy(text);
    EXPECT_TRUE(policy) << (policy ? "" : policy.error().detail);
    return policy ? *policy : Policy(std::make_shared<PolicyModel>());
}

inline Instant at(std::string_view text) {
    return from_rfc3339(text).value();
}

/// What the sound policy grants.
inline RequestFacts sound_facts() {
    RequestFacts facts;
    facts.claims.format = "yubikey-piv";
    facts.claims.vendor = "acme";
    facts.claims.model = "5C";
    facts.claims.firmware = "5.7.1";
    facts.claims.element_serial = SeSerial("9911");
    facts.claims.origin = "generated";
    facts.claims.exportable = false;
    facts.claims.freshness = "nonce";
    facts.claims.assurance = Assurance::hw_key_attested;
    facts.vendor = VendorId("acme");
    facts.unique_id = "u1";
    facts.lot = LotId("lot-7");
    facts.site = SiteId("basel");
    facts.station = StationId("station-1");
    facts.intermediate = IntermediateId("line-1");
    facts.now = at("2026-11-23T10:00:00.5Z");
    facts.issuer_not_before = at("2026-01-01T00:00:00Z");
    facts.issuer_not_after = at("2036-01-01T00:00:00Z");
    return facts;
}

inline std::string refusal_of(const Policy& policy, const RequestFacts& facts) {
    const auto answer = decide(policy, facts);
    if (answer) return "granted";
    EXPECT_EQ(answer.error().reason, Reason::policy_denied);
    return answer.error().detail;
}

}  // namespace hallmark::testing
