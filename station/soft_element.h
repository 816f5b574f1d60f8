// A software TPM 2.0 as an element of the line: EK, AK and leaf key in memory, real activation and
// certify statements over them. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/element.h"
#include "station/simulator/soft_tpm.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace hallmark {

/// What a file remembers of one, between its delivery and its provisioning.
struct SoftIdentity {
    std::string format = "tpm2";
    std::string unique_id;     ///< Its name in the manifest.
    Bytes key;                 ///< What it was born with (EK, f9): PKCS#8 DER, P-256.
    std::vector<Bytes> chain;  ///< DER, that key's certificate first.
};

/// A maker's delivery: elements that nobody has seen before.
[[nodiscard]] std::vector<SoftIdentity> deliver_elements(const SoftVendor& maker,
                                                         const std::string& prefix,
                                                         std::size_t count,
                                                         const std::string& format = "tpm2");
/// One JSON object a line. Throws Fault for a line that is none of ours, and beyond `limit` lines.
void write_elements(const std::vector<SoftIdentity>& elements, std::ostream& out);
[[nodiscard]] std::vector<SoftIdentity> read_elements(std::istream& in, std::size_t limit);

class SoftElement : public SecureElement {
public:
    /// Makes the AK; throws ElementFault for an identity that cannot be read.
    explicit SoftElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "tpm2"; }
    [[nodiscard]] std::string identity() override;
    [[nodiscard]] std::vector<EvidenceMember> introduce() override;
    [[nodiscard]] std::optional<Bytes> leaf() override;
    Bytes make_leaf() override;
    void drop_leaf() override { leaf_.reset(); }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;
    [[nodiscard]] Bytes sign(ByteView message) override;
    [[nodiscard]] Bytes install(ByteView certificate_der) override;

protected:
    /// A key with what is said of it at every turn.
    struct Key {
        explicit Key(SoftObject made);
        SoftObject object;
        Bytes spki, public_area, name;
    };
    /// Throws ElementFault where there is none.
    [[nodiscard]] const Key& present_leaf() const;
    [[nodiscard]] const Key& attestation_key() const noexcept { return ak_; }
    [[nodiscard]] const SoftTpm& tpm() const noexcept { return tpm_; }
    /// TPMS_ATTEST by the AK over the leaf.
    [[nodiscard]] Bytes statement_on_leaf(ByteView nonce) const;
    /// The proof with the secret that this TPM opened; throws ElementFault where it opens none.
    [[nodiscard]] Bytes activation(const ReceivedChallenge& answer, ByteView attest) const;

private:
    SoftTpm tpm_;
    Key ak_;
    std::optional<Key> leaf_;
    Bytes certificate_;
};

}  // namespace hallmark
