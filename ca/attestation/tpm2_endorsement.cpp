#include "ca/attestation/tpm2_endorsement.h"

#include "ca/attestation/members.h"

namespace hallmark {
Result<Endorsement> check_endorsement(const EndorsementRequest& request) {
    const bool ek = request.kind == EndorsedKey::ek;
    const VendorPin& pin = request.pin;
    auto chain =
        request.chains.validate({.leaf = request.chain.front(),
                                 .intermediates = {request.chain.begin() + 1, request.chain.end()},
                                 .purpose = ek ? Purpose::tpm_ek : Purpose::tpm_ak,
                                 .exceptions = pin.exceptions,
                                 .at = request.now,
                                 .limits = {}},
                                pin.anchors);
    if (!chain) return std::move(chain).error();  // Its details say "chain: ..." themselves.
    auto fit =
        ek ? check_ek_certificate(chain->leaf, chain->leaf_key) : check_ak_certificate(chain->leaf);
    if (!fit) return std::move(fit).error();
    HALLMARK_TRY(identity, read_tpm_identity(chain->leaf));
    // Whoever issues for one maker may not speak for another's TPMs.
    if (!pin.vendor.get().empty() && pin.vendor.get() != identity.manufacturer.vendor) {
        return evidence_refused("vendor", "the certificate names " +
                                              std::string(identity.manufacturer.vendor) +
                                              ", the pin is " + pin.vendor.get() + "'s");
    }
    return Endorsement{.kind = request.kind,
                       .identity = identity,
                       .key = chain->leaf_key,
                       .certificate = chain->leaf.sha256,
                       .anchor = chain->anchor,
                       .asserts_residency = !ek && asserts_tpm_residency(chain->leaf)};
}

}  // namespace hallmark
