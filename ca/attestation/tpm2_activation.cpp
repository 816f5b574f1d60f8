#include "ca/attestation/tpm2_activation.h"

#include "ca/attestation/family.h"
#include "ca/crypto/hash.h"

namespace hallmark {
namespace {

Refusal refused(std::string_view what) {
    return {Reason::evidence_not_accepted, "activation: " + std::string(what)};
}

Refusal not_as_challenged() {
    return refused("the challenge was opened for another EK or AK");
}

/// With an AK certificate the AK is tied already; what the challenge fixed must still be what came.
Result<std::string> check_certified(const ActivationCheck& check) {
    const Expected& expected = check.expected;
    if (expected.ek_certificate || expected.activation_secret) return not_as_challenged();
    // Evidence in a request names no AK, and neither did its challenge.
    const bool names_none = check.ak_name.empty();
    if (!names_none && !expected.ak_name && !expected.activation_unchecked)
        return not_as_challenged();
    if (expected.ak_name && !equal(*expected.ak_name, check.ak_name)) return not_as_challenged();
    if (check.activation) return refused("a proof beside an AK certificate");
    return std::string("certificate");
}

/// Whoever made this evidence opened, in the TPM of this EK, what was sealed for this AK.
Result<std::string> check_activated(const ActivationCheck& check) {
    const Expected& expected = check.expected;
    const Digest& ek_certificate = check.endorsement.certificate;
    if (expected.ek_certificate && *expected.ek_certificate != ek_certificate) {
        return not_as_challenged();
    }
    if (expected.ak_name && !equal(*expected.ak_name, check.ak_name)) return not_as_challenged();
    if (expected.activation_unchecked) return std::string("unchecked");
    if (!expected.ek_certificate || !expected.ak_name || !expected.activation_secret ||
        expected.activation_secret->empty()) {
        return refused("the challenge was not opened for an EK");
    }
    if (!check.activation) return refused("missing");
    const Bytes proof =
        activation_proof(*expected.activation_secret, {.challenge = expected.challenge,
                                                       .ek_certificate = ek_certificate,
                                                       .ak_name = check.ak_name,
                                                       .attest = sha256(check.attest),
                                                       .csr = expected.csr_sha256});
    const Bytes& offered = check.activation->values.front();
    if (offered.size() != proof.size() || !equal_constant_time(offered, proof)) {
        return refused("not made with the activated secret");
    }
    return std::string("proven");
}

}  // namespace

Result<std::string> check_activation(const ActivationCheck& check) {
    return check.endorsement.kind == EndorsedKey::ak ? check_certified(check)
                                                     : check_activated(check);
}

}  // namespace hallmark
