// The chain of an eUICC: its certificate, its manufacturer's (EUM), and the GSMA certificate issuer
// (CI). Judged in two steps, since the EUM's nameConstraints give prefixes of EIDs, which RFC 5280
// does not know and OpenSSL refuses: EUM and CI by ChainValidator, the eUICC's own here. Within
// this room only.
#pragma once

#include "ca/attestation/verifier.h"

#include <string>
#include <vector>

namespace hallmark {

struct EuiccIdentity {
    PublicKey key;
    std::string eid;
    std::string manufacturer;  ///< The EUM's name, for people.
    Digest anchor{};
};

/// `chain`: eUICC, EUM, and the root or not. A pinned root is the CI's certificate, directly above
/// the EUM's, or the EUM's own, which is then believed as pinned. Reason: evidence_not_accepted,
/// detail "chain: ...", "eum: ..." or "euicc: ...".
[[nodiscard]] Result<EuiccIdentity> validated_euicc(const std::vector<Bytes>& chain,
                                                    const VendorPin& pin,
                                                    const ChainValidator& chains, Instant now);

}  // namespace hallmark
