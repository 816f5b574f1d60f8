// An HSM in memory, as far as it speaks of its keys: draft-ietf-rats-pkix-key-attestation under the
// draft's placeholder arcs, with an attestation key that a maker certified. Honest in bytes and in
// nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// How evidence is written; the defaults are true. Each member is one way to lie.
struct SoftKeyReport {
    std::optional<bool> extractable = false, sensitive = true, never_extractable = true,
                        local = true;
    std::string purpose = "1.3.6.1.5.5.999.2.4";  ///< sign; empty: none is said.
    bool has_key = true;
    bool key_twice = false;  ///< The same key element again.
    bool transaction_twice = false;
    bool claim_twice = false;  ///< In the key's element.
    int signatures = 1;
    std::optional<Bytes> stated_signer;  ///< SPKI, in the transaction's element.
    std::optional<Bytes> key_id;         ///< Of the signer, another than its own.
    std::int64_t version = 1;
    bool another_key_signs = false;
};

class SoftHsmMaker {
public:
    SoftHsmMaker();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] Bytes certify(ByteView spki,
                                std::string_view purpose = "1.3.6.1.5.5.7.3.999") const;

private:
    PkeyPtr key_;
    Bytes root_;
};

class SoftKeyAttester {
public:
    SoftKeyAttester(const SoftHsmMaker& maker, std::string serial);
    SoftKeyAttester(PkeyPtr attestation_key, Bytes certificate, std::string serial);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    /// Evidence DER that speaks of this key.
    [[nodiscard]] Bytes attest(ByteView spki, ByteView nonce, const SoftKeyReport& how = {}) const;

private:
    PkeyPtr key_;
    Bytes certificate_;
    std::string serial_;
};

}  // namespace hallmark
