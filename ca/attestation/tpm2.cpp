#include "ca/attestation/tpm2.h"

#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_activation.h"
#include "ca/attestation/tpm2_certification.h"

namespace hallmark {
namespace {

/// Two ways to say where the AK lives would be two answers.
Result<Done> check_ak_members(const Evidence& evidence) {
    if ((evidence.find("ek_chain") != nullptr) == (evidence.find("ak_chain") != nullptr))
        return evidence_refused("member", "one of ek_chain and ak_chain");
    return Done{};
}

Result<Endorsement> endorsement_of(const Evidence& evidence, const ChainValidator& chains,
                                   const VendorPin& pin, Instant now) {
    const EvidenceMember* ak_chain = evidence.find("ak_chain");
    return check_endorsement({.chains = chains,
                              .pin = pin,
                              .chain = (ak_chain ? ak_chain : evidence.find("ek_chain"))->values,
                              .kind = ak_chain ? EndorsedKey::ak : EndorsedKey::ek,
                              .now = now});
}

/// Evidence out of a request has no room for the AK's TPMT_PUBLIC.
Result<TpmSigner> signer_in(const Evidence& evidence, const Endorsement& endorsement) {
    const EvidenceMember* const ak_public = evidence.find("ak_public");
    if (!ak_public) return certified_tpm_signer(endorsement);
    return read_tpm_signer(ak_public->values.front(), endorsement);
}

/// Views into the evidence, which must outlive it.
Result<TpmCertification> certification_in(const Evidence& evidence) {
    const Bytes& attest_octets = evidence.find("attest")->values.front();
    HALLMARK_TRY(attest, parse_tpm_attest(attest_octets));
    HALLMARK_TRY(signature, parse_tpm_signature(evidence.find("signature")->values.front()));
    HALLMARK_TRY(key, parse_tpm_public(evidence.find("key_public")->values.front()));
    TpmCertification certification{.attest_octets = attest_octets,
                                   .attest = attest,
                                   .signature = signature,
                                   .key = key,
                                   .creation_data = {}};
    if (const EvidenceMember* creation_data = evidence.find("creation_data"))
        certification.creation_data = creation_data->values.front();
    return certification;
}

}  // namespace

Result<Opening> Tpm2Verifier::open(const ChallengeRequest& request, const VendorPin& pin,
                                   Instant now) const {
    const Evidence& evidence = request.evidence;
    HALLMARK_TRY(members, check_members(evidence, {{"ek_chain", true, false},
                                                   {"ak_chain", true, false},
                                                   {"ak_public", false, true}}));
    HALLMARK_TRY(one_way, check_ak_members(evidence));
    HALLMARK_TRY(endorsement, endorsement_of(evidence, chains_, pin, now));
    // Before anything is sealed: a credential for an unsuitable AK would be an oracle for its
    // owner.
    HALLMARK_TRY(signer, read_tpm_signer(evidence.find("ak_public")->values.front(), endorsement));
    return open_for_signer(endorsement, signer);
}

Result<VerifiedElement> Tpm2Verifier::verify(const Evidence& evidence, const VendorPin& pin,
                                             const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{"ek_chain", true, false},
                                                   {"ak_chain", true, false},
                                                   {"ak_public", false, evidence.packaging.empty()},
                                                   {"key_public", false, true},
                                                   {"attest", false, true},
                                                   {"signature", false, true},
                                                   {"activation", false, false},
                                                   {"creation_data", false, false}}));
    HALLMARK_TRY(one_way, check_ak_members(evidence));
    HALLMARK_TRY(certification, certification_in(evidence));
    HALLMARK_TRY(endorsement, endorsement_of(evidence, chains_, pin, now));
    HALLMARK_TRY(signer, signer_in(evidence, endorsement));
    HALLMARK_TRY(leaf, check_certification(certification, signer, expected));
    HALLMARK_TRY(activation, check_activation({.expected = expected,
                                               .endorsement = endorsement,
                                               .ak_name = signer.name(),
                                               .activation = evidence.find("activation"),
                                               .attest = certification.attest_octets}));
    return certified_element({.format = format(),
                              .pin = pin,
                              .endorsement = endorsement,
                              .signer = signer,
                              .certification = certification,
                              .leaf = leaf,
                              .activation = activation,
                              .fresh = expected.nonce.has_value()});
}

}  // namespace hallmark
