// A software Android device's StrongBox as an element of the line. For load and for tests; what it
// holds guards nothing.
#pragma once

#include "station/simulator/soft_android.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: devices with an attestation key each, provisioned remotely.
[[nodiscard]] std::vector<SoftIdentity> deliver_androids(const SoftGoogle& google,
                                                         const std::string& prefix,
                                                         std::size_t count);

class SoftAndroidElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftAndroidElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "android-key"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return device_.attestation_key().get(); }
    SoftAndroid device_;
};

}  // namespace hallmark
