// An Android device's StrongBox in memory, as far as attestation goes: Google's root and the
// authorities below it, an attestation key that was provisioned remotely or in the factory, and the
// certificate of a key with its description. Honest in bytes and in nothing else: its root is
// nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hallmark {

/// How an attestation certificate is written; the defaults are a remotely provisioned StrongBox's.
struct SoftAttester {
    bool remote = true;  ///< Else the factory's, which bears title and serialNumber.
    std::string level = "StrongBox";
    bool describes_a_key = false;  ///< Bears a key description itself.
    Instant until = from_rfc3339("2045-01-01T00:00:00Z").value();
};

/// The authorities. Two below the root, one for each way of provisioning.
class SoftGoogle {
public:
    SoftGoogle();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// DER, the attestation certificate and what is above it, without the root.
    [[nodiscard]] std::vector<Bytes> provision(ByteView spki,
                                               const SoftAttester& attester = {}) const;

private:
    PkeyPtr root_key_, remote_key_, factory_key_;
    Bytes root_, remote_, factory_;
};

/// RootOfTrust and the rest by KeyMint's tag numbers, each an encoded value; what the encoder
/// writes in the order of the numbers.
using SoftAuthorizations = std::map<std::uint32_t, Bytes>;

struct SoftBoot {
    Bytes locked{0xFF};  ///< BOOLEAN's content.
    unsigned state = 0;  ///< Verified.
    bool hash = true;
};
[[nodiscard]] Bytes soft_root_of_trust(const SoftBoot& boot);
/// A P-256 signing key made in a StrongBox that booted what its maker signed.
[[nodiscard]] SoftAuthorizations soft_authorizations();

struct SoftKeyDescription {
    std::int64_t version = 300;
    unsigned attested_by = 2;  ///< StrongBox
    unsigned kept_in = 2;
    Bytes challenge;
    SoftAuthorizations software = {};
    SoftAuthorizations hardware = soft_authorizations();
    bool highest_first = false;   ///< Against the order of the tags.
    Bytes behind = {};            ///< What trails inside the description.
    bool bare_high_tags = false;  ///< With a leading 80 in the tag's number.
};
/// extnValue's content.
[[nodiscard]] Bytes soft_key_description(const SoftKeyDescription& description);

class SoftAndroid {
public:
    /// Fresh from provisioning.
    explicit SoftAndroid(const SoftGoogle& google, const SoftAttester& attester = {});
    SoftAndroid(PkeyPtr attestation_key, std::vector<Bytes> chain);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    /// The attestation certificate first.
    [[nodiscard]] const std::vector<Bytes>& chain() const noexcept { return chain_; }
    /// The key's certificate and the chain above it. Whoever lies puts another key here.
    [[nodiscard]] std::vector<Bytes> attest(ByteView spki,
                                            const SoftKeyDescription& description) const;

private:
    PkeyPtr key_;
    std::vector<Bytes> chain_;
};

}  // namespace hallmark
