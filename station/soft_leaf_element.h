// What the software elements share whose leaf key is a plain key pair in memory: making it, signing
// with it, keeping a certificate. Each adds what it says of that key.
#pragma once

#include "station/element.h"
#include "station/simulator/soft_x509.h"

namespace hallmark {

class SoftLeafElement : public SecureElement {
public:
    [[nodiscard]] std::vector<EvidenceMember> introduce() override { return {}; }
    [[nodiscard]] std::string identity() override;
    [[nodiscard]] std::optional<Bytes> leaf() override;
    Bytes make_leaf() override;
    void drop_leaf() override { leaf_.reset(); }
    [[nodiscard]] Bytes sign(ByteView message) override;
    [[nodiscard]] Bytes install(ByteView certificate_der) override;

protected:
    /// The key that the element was born with, which is its identity.
    [[nodiscard]] virtual EVP_PKEY* born_with() const = 0;
    /// Throws ElementFault where there is none.
    [[nodiscard]] EVP_PKEY* present_leaf() const;

private:
    PkeyPtr leaf_;
    Bytes certificate_;
};

}  // namespace hallmark
