// An OPTIGA Trust M in memory, as far as its identity goes: the factory's key in E0F0 with its
// certificate in E0E0, CalcSign, and a host that makes the statement of
// docs/profiles/optiga-trust-m.asn. Honest in bytes and in nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// What a chip's certificate says; the defaults are the factory's.
struct SoftOptigaCertificate {
    /// KeyUsage as the factory codes it: digitalSignature, with the zero bits behind it.
    Bytes key_usage{0x03, 0x02, 0x00, 0x80};
    bool ca = false;
    std::vector<std::string> policies{"1.2.276.0.68.1.20.1"};
    Bytes more_extensions;  ///< Extension DER.
};

class SoftInfineon {
public:
    SoftInfineon();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// The authority that signs chips' certificates, below the root.
    [[nodiscard]] const Bytes& authority() const noexcept { return authority_; }
    [[nodiscard]] Bytes certify(ByteView spki, const SoftOptigaCertificate& how = {}) const;

private:
    PkeyPtr root_key_, key_;
    Bytes root_, authority_;
};

/// How the host makes a statement; the defaults are true. Each member is one way to lie.
struct SoftOptigaReport {
    std::string profile = "hallmark-optiga-trust-m";
    std::int64_t version = 1;
    Bytes key_object{0xE0, 0xF1};
    std::optional<Bytes> spki;  ///< Of another key than the one that is named.
    std::size_t fields = 5;     ///< How many are written, from the first.
    Bytes behind_fields;
    Bytes behind_statement;
    bool another_key_signs = false;
    bool leave_integers_bare = false;  ///< The signature as CalcSign answers it.
};

struct SoftOptigaEvidence {
    Bytes statement;
    Bytes signature;
};

class SoftOptiga {
public:
    explicit SoftOptiga(const SoftInfineon& maker);
    SoftOptiga(PkeyPtr identity_key, Bytes certificate);

    [[nodiscard]] const PkeyPtr& identity_key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    /// What object E0E0 holds: the certificate as a TLS identity.
    [[nodiscard]] Bytes certificate_object() const;
    /// By E0F0 over whatever digest: two INTEGERs, r and s.
    [[nodiscard]] Bytes calc_sign(ByteView digest) const;
    [[nodiscard]] SoftOptigaEvidence attest(ByteView spki, ByteView nonce,
                                            const SoftOptigaReport& how = {}) const;

private:
    PkeyPtr key_;
    Bytes certificate_;
};

}  // namespace hallmark
