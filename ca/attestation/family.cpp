#include "ca/attestation/family.h"

#include "ca/attestation/android_key.h"
#include "ca/attestation/dice.h"
#include "ca/attestation/eat.h"
#include "ca/attestation/euicc.h"
#include "ca/attestation/gp_applet.h"
#include "ca/attestation/members.h"
#include "ca/attestation/microchip.h"
#include "ca/attestation/nxp_se05x.h"
#include "ca/attestation/optiga.h"
#include "ca/attestation/pkix.h"
#include "ca/attestation/psa_token.h"
#include "ca/attestation/stsafe_a.h"
#include "ca/attestation/tcg_csr_idevid.h"
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
                               CsrAttributeRules packaging, HeldStatus status)
    : verifiers_(std::move(verifiers)),
      packaging_(std::move(packaging)),
      status_(std::move(status)) {}

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

Result<Evidence> EvidenceFamily::unpacked(const Evidence& came,
                                          const std::optional<Bytes>& attribute) const {
    if (came.format != csr_attribute_format) {
        // Evidence that nobody judges would stand in a request that was accepted.
        if (attribute) return evidence_refused("attribute", "beside evidence of another format");
        return came;
    }
    HALLMARK_TRY(members, check_members(came, {}));
    if (!attribute) return evidence_refused("attribute", "the request has none");
    return unpack_csr_attribute(*attribute, packaging_);
}

Result<Opening> EvidenceFamily::open(const ChallengeRequest& request,
                                     const std::vector<VendorPin>& pins, Instant now) const {
    if (request.evidence.format == csr_attribute_format) {
        HALLMARK_TRY(members, check_members(request.evidence, {}));
        return Opening{};
    }
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
    const std::vector<VendorPin> whole = completed(*verifier, pins);
    HALLMARK_TRY(element, with_each_pin(evidence.format, whole, [&](const VendorPin& pin) {
                     return verifier->verify(evidence, pin, expected, now);
                 }));
    if (!evidence.packaging.empty())
        element.claims.detail.emplace_back("packaging", evidence.packaging);
    return std::move(element);
}

EvidenceFamily make_family(const ChainValidator& chains, const FormatSettings& settings) {
    std::vector<std::unique_ptr<const EvidenceVerifier>> verifiers;
    verifiers.push_back(std::make_unique<Tpm2Verifier>(chains));
    verifiers.push_back(std::make_unique<TcgCsrIdevidVerifier>(chains));
    verifiers.push_back(std::make_unique<YubikeyPivVerifier>(chains));
    verifiers.push_back(std::make_unique<WebauthnVerifier>(chains));
    verifiers.push_back(std::make_unique<AndroidKeyVerifier>(chains));
    verifiers.push_back(std::make_unique<PkixVerifier>(chains, settings.pkix));
    verifiers.push_back(std::make_unique<MicrochipVerifier>(chains));
    verifiers.push_back(std::make_unique<GpAppletVerifier>(chains, settings.applet_purpose));
    verifiers.push_back(std::make_unique<OptigaVerifier>(chains));
    verifiers.push_back(std::make_unique<EuiccVerifier>(chains));
    verifiers.push_back(std::make_unique<NxpSe05xVerifier>(chains));
    verifiers.push_back(std::make_unique<PsaTokenVerifier>(chains, settings.psa_key_callers));
    verifiers.push_back(std::make_unique<EatVerifier>(chains));
    verifiers.push_back(std::make_unique<DiceVerifier>(chains, settings.riot_makers));
    verifiers.push_back(std::make_unique<StsafeAVerifier>(chains, settings.stsafe));
    return {std::move(verifiers),
            {.syntax = settings.csr_attribute_syntax, .pkix = settings.pkix},
            settings.android_status};
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
