// X509_verify_cert over one path that chain_path.h already found: the second judge of every chain,
// and the only one of name and policy constraints. Within this room only.
#pragma once

#include "ca/crypto/certificate.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hallmark {

enum class PolicyCheck { no, yes };

/// The target first, the anchor last. Validity is not looked at: it is chain_rules.h's, to the
/// second. Extensions that `understood` names may be critical, whatever OpenSSL thinks of them.
[[nodiscard]] std::optional<std::string> objection_of_x509_verify(
    const std::vector<const Certificate*>& path, PolicyCheck policy_check,
    const std::set<std::string>& understood);

}  // namespace hallmark
