#include "ca/issuance/seal.h"

#include "ca/domain/fault.h"
#include "ca/issuance/compose.h"

namespace hallmark {

Issued seal(Reservation reservation, const IssuingKey& issuer, Signer& signer) {
    const Bytes signature = signer.sign(issuer.key, reservation.tbs());
    // The token might have signed with another key, or a fault might have bent a bit: nobody else
    // looks.
    if (!verify_signature(issuer.key.public_key, issuer.key.algorithm, reservation.tbs(),
                          signature)) {
        throw Fault("the token's signature does not verify under the intermediate " +
                    issuer.id.get());
    }
    return Issued{.serial = reservation.serial(),
                  .certificate = assemble(reservation.tbs(), issuer.key.algorithm, signature)};
}

}  // namespace hallmark
