// A TPM maker's CA in memory: root, intermediate, and end certificates written field by field, so
// that each field can be made wrong on its own. P-256 throughout; never the same keys twice.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// How an EK or AK certificate is written. The defaults are right for an EK of its kind.
struct SoftCertificate {
    std::optional<std::string> manufacturer = "id:53544D20";
    std::optional<std::string> model = "SOFT33";
    std::optional<std::string> version = "id:00010203";
    bool one_rdn = false;       ///< One RDN of three attributes, as Nuvoton writes it.
    bool unsorted_rdn = false;  ///< With one_rdn: against X.690 11.6, as Nuvoton writes it too.
    bool second_directory_name = false;
    std::vector<std::string> usages{"2.23.133.8.1"};  ///< Empty: no extension.
    std::optional<bool> ca = false;                   ///< nullopt: no basicConstraints.
    std::optional<unsigned>
        key_usage_bit;  ///< nullopt: keyEncipherment or keyAgreement by the key.
    bool key_usage = true;
    std::vector<std::string> policies;  ///< OIDs; empty: no certificatePolicies.
    std::string family = "2.0";         ///< Empty: no subjectDirectoryAttributes.
    std::optional<std::string> unknown_critical_extension;
    Instant not_before = from_rfc3339("2025-01-01T00:00:00Z").value();
    Instant not_after = from_rfc3339("2045-01-01T00:00:00Z").value();
};

class SoftVendor {
public:
    explicit SoftVendor(std::string name);

    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] const Bytes& intermediate() const noexcept { return intermediate_; }
    /// DER, signed by the intermediate.
    [[nodiscard]] Bytes certify(ByteView spki, const SoftCertificate& certificate) const;

private:
    std::string name_;
    PkeyPtr root_key_;
    PkeyPtr intermediate_key_;
    Bytes root_;
    Bytes intermediate_;
};

/// A PKCS#10 request with an empty subject, signed by the key.
[[nodiscard]] Bytes soft_csr(EVP_PKEY* key);

}  // namespace hallmark
