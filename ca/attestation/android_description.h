// The key description that Android's KeyMint puts into the certificate of a key it attests
// (source.android.com, "Key and ID attestation", schema; android/keyattestation). Read strictly and
// not yet judged. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// Where a key or a statement lives (SecurityLevel).
enum class AndroidLevel { software = 0, trusted_environment = 1, strongbox = 2 };

/// RootOfTrust: what booted.
struct AndroidBoot {
    bool locked = false;
    enum class State { verified = 0, self_signed = 1, unverified = 2, failed = 3 };
    State state = State::failed;
};

/// What the secure side vouches for, by its own name. Absent is absent.
struct AndroidAuthorizations {
    std::optional<std::vector<std::int64_t>> purposes;  ///< KeyPurpose: 2 sign, 3 verify.
    std::optional<std::int64_t> algorithm;              ///< 1 RSA, 3 EC
    std::optional<std::int64_t> origin;                 ///< 0 generated
    std::optional<AndroidBoot> boot;
    std::optional<std::int64_t> os_version, os_patch, vendor_patch, boot_patch;
    std::optional<std::string> brand, device, product, manufacturer, model;
};

struct AndroidDescription {
    std::int64_t version = 0;  ///< attestationVersion
    AndroidLevel attested_by = AndroidLevel::software;
    AndroidLevel kept_in = AndroidLevel::software;
    Bytes challenge;
    AndroidAuthorizations software, hardware;
};

/// `extension` is extnValue's content. Every tag known and in ascending order, every value that is
/// used in its form. Reason: evidence_not_accepted, detail "description: ...".
[[nodiscard]] Result<AndroidDescription> parse_android_description(ByteView extension);

}  // namespace hallmark
