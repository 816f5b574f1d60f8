// fuzz: NEEDS policy
// covers: policy/document.cpp policy/fields.cpp policy/parse.cpp policy/parse_rules.cpp
// covers: policy/parse_extensions.cpp policy/parse_example.cpp policy/template.cpp
// covers: policy/dates.cpp policy/firmware.h
// Any bytes as a policy: refused, or taken with a canonical form that parses back to itself;
// check, examples and decide answer without a fault whatever was taken.
#include "policy/model.h"
#include "policy/policy.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace hallmark;
    const auto policy = parse_policy(as_text({bytes, size}));
    if (!policy) return 0;
    const auto again = parse_policy(policy->canonical());
    if (!again || again->canonical() != policy->canonical() || again->digest() != policy->digest())
        std::abort();
    static_cast<void>(check_policy(*policy));
    static_cast<void>(run_examples(*policy));
    RequestFacts facts;
    facts.unique_id = std::string(reinterpret_cast<const char*>(bytes), size % 80);
    facts.intermediate = policy->intermediate();
    facts.issuer_not_before = Instant::min();
    facts.issuer_not_after = Instant::max();
    static_cast<void>(decide(*policy, facts));
    return 0;
}
