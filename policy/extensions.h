// The extensions of a leaf, from the policy's rules, in one fixed order: basicConstraints,
// keyUsage, extKeyUsage, subjectKeyIdentifier, authorityKeyIdentifier, subjectAltName,
// certificatePolicies, cRLDistributionPoints, authorityInfoAccess, then the custom ones as written.
#pragma once

#include "ca/domain/result.h"
#include "policy/model.h"

namespace hallmark {

/// `alternative_names` are the GeneralNames already encoded. Reason: policy_denied, detail
/// "identity: ...", for a hole of a custom extension, and "extensions: ..." for what no leaf may
/// have.
[[nodiscard]] Result<std::vector<GrantedExtension>> extensions_of(
    const ExtensionRules& rules, const std::vector<Bytes>& alternative_names,
    const HoleValues& values);

/// A KeyUsage BIT STRING (RFC 5280 4.2.1.3; X.690 11.2.2: trailing zero bits are cut).
[[nodiscard]] Bytes encode_key_usage(const std::vector<std::string>& names);

}  // namespace hallmark
