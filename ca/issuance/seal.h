// The one use of an issuing key: a reservation in, a verified certificate out.
#pragma once

#include "ca/domain/certificate.h"
#include "ca/hsm/signer.h"
#include "ca/issuance/issuing_keys.h"

namespace hallmark {

/// Uses the reservation up. Throws HsmFault, or Fault when the signature does not verify under the
/// issuer's own certificate.
[[nodiscard]] Issued seal(Reservation reservation, const IssuingKey& issuer, Signer& signer);

}  // namespace hallmark
