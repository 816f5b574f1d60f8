#include "ca/attestation/family.h"

#include "ca/attestation/android_key.h"
#include "ca/attestation/pkix.h"
#include "ca/attestation/tpm2.h"
#include "ca/attestation/webauthn.h"
#include "ca/attestation/yubikey_piv.h"
#include "ca/crypto/hash.h"

namespace hallmark {
namespace {

Refusal unknown_format() {
    return {Reason::evidence_not_accepted, "format: unknown"};
}

/// Whether another vendor's pin may still accept it: this pin's roots, or the maker behind them,
/// were not it.
bool is_about_the_pin(const Refusal& refusal) {
    return refusal.detail.starts_with("chain: ") || refusal.detail.starts_with("vendor: ");
}

/// `judge` with each pin of the format alone. One store for all vendors would let one vendor's root
/// vouch for another vendor's elements.
template <typename Judge>
auto with_each_pin(std::string_view format, const std::vector<VendorPin>& pins, const Judge& judge)
    -> decltype(judge(pins.front())) {
    Refusal last{Reason::evidence_not_accepted, "chain: no vendor is pinned for this format"};
    for (const VendorPin& pin : pins) {
        if (pin.format != format) continue;
        auto judged = judge(pin);
        if (judged || !is_about_the_pin(judged.error())) return judged;
        last = std::move(judged).error();
    }
    return last;
}

}  // namespace

EvidenceFamily::EvidenceFamily(std::vector<std::unique_ptr<const EvidenceVerifier>> verifiers,
                               HeldStatus status)
    : verifiers_(std::move(verifiers)), status_(std::move(status)) {}

std::vector<VendorPin> EvidenceFamily::completed(const EvidenceVerifier& verifier,
                                                 const std::vector<VendorPin>& pins) const {
    std::vector<VendorPin> whole = pins;
    if (!verifier.has_status_list() || !status_) return whole;
    for (VendorPin& pin : whole) {
        if (!pin.status) pin.status = status_();
    }
    return whole;
}

const EvidenceVerifier* EvidenceFamily::find(std::string_view format) const noexcept {
    for (const auto& verifier : verifiers_) {
        if (verifier->format() == format) return verifier.get();
    }
    return nullptr;
}

Result<Opening> EvidenceFamily::open(const ChallengeRequest& request,
                                     const std::vector<VendorPin>& pins, Instant now) const {
    const EvidenceVerifier* verifier = find(request.evidence.format);
    if (!verifier) return unknown_format();
    return with_each_pin(request.evidence.format, completed(*verifier, pins),
                         [&](const VendorPin& pin) { return verifier->open(request, pin, now); });
}

Result<VerifiedElement> EvidenceFamily::verify(const Evidence& evidence,
                                               const std::vector<VendorPin>& pins,
                                               const Expected& expected, Instant now) const {
    const EvidenceVerifier* verifier = find(evidence.format);
    if (!verifier) return unknown_format();
    return with_each_pin(evidence.format, completed(*verifier, pins), [&](const VendorPin& pin) {
        return verifier->verify(evidence, pin, expected, now);
    });
}

EvidenceFamily make_family(const ChainValidator& chains, const FormatSettings& settings) {
    std::vector<std::unique_ptr<const EvidenceVerifier>> verifiers;
    verifiers.push_back(std::make_unique<Tpm2Verifier>(chains));
    verifiers.push_back(std::make_unique<YubikeyPivVerifier>(chains));
    verifiers.push_back(std::make_unique<WebauthnVerifier>(chains));
    verifiers.push_back(std::make_unique<AndroidKeyVerifier>(chains));
    verifiers.push_back(std::make_unique<PkixVerifier>(chains, settings.pkix));
    return {std::move(verifiers), settings.android_status};
}

Bytes challenge_nonce(std::string_view door, ByteView challenge, ByteView spki) {
    Bytes message = to_bytes("hallmark-nonce-v1");
    message.push_back(0);
    append(message, door);
    append(message, challenge);
    append(message, sha256(spki));
    return to_bytes(sha256(message));
}

Bytes activation_proof(ByteView secret, const ActivationInputs& inputs) {
    Bytes message = to_bytes("hallmark-activation-v1");
    message.push_back(0);
    append(message, inputs.challenge);
    append(message, inputs.ek_certificate);
    append(message, inputs.ak_name);
    append(message, inputs.attest);
    append(message, inputs.csr);
    return hmac(HashAlgorithm::sha256, secret, message);
}

}  // namespace hallmark
