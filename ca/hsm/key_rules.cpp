#include "ca/hsm/key_rules.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

struct Rule {
    std::string_view attribute;
    std::string_view required;
    bool may_be_absent;
    std::string_view why;
};

constexpr std::array rules{
    Rule{"CKA_TOKEN", "true", false, "it goes with the session"},
    Rule{"CKA_PRIVATE", "true", false, "it is usable without login"},
    Rule{"CKA_SENSITIVE", "true", false, "its value can be read"},
    Rule{"CKA_ALWAYS_SENSITIVE", "true", false, "its value could once be read"},
    Rule{"CKA_EXTRACTABLE", "false", false, "it can be wrapped out of the token"},
    Rule{"CKA_NEVER_EXTRACTABLE", "true", false, "it could once be wrapped out of the token"},
    // PKCS#11 v2.40 4.4: true only if the key was generated on the token. An imported key was seen
    // elsewhere.
    Rule{"CKA_LOCAL", "true", false, "it was not generated in the token"},
    Rule{"CKA_SIGN", "true", false, "it may not sign"},
    Rule{"CKA_DECRYPT", "false", true, "it may decrypt"},
    Rule{"CKA_UNWRAP", "false", true, "it may unwrap"},
    Rule{"CKA_DERIVE", "false", true, "it may derive"},
    Rule{"CKA_SIGN_RECOVER", "false", true, "it may sign with recovery"},
    Rule{"CKA_ALWAYS_AUTHENTICATE", "false", true, "it wants the PIN at every signature"},
};

std::string_view answer_of(const KeyAttributes& key, std::string_view attribute) {
    const auto found = std::find_if(key.attributes.begin(), key.attributes.end(),
                                    [&](const auto& entry) { return entry.first == attribute; });
    return found == key.attributes.end() ? std::string_view("absent")
                                         : std::string_view(found->second);
}

}  // namespace

Result<Done> check_key_attributes(const KeyAttributes& key) {
    for (const Rule& rule : rules) {
        const std::string_view answer = answer_of(key, rule.attribute);
        if (answer == rule.required || (rule.may_be_absent && answer == "absent")) continue;
        return Refusal{Reason::unavailable, "the key's " + std::string(rule.attribute) + " is " +
                                                std::string(answer) + ": " + std::string(rule.why)};
    }
    return Done{};
}

}  // namespace hallmark
