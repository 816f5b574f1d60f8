#include "ca/attestation/tcg_csr_idevid.h"

#include "ca/attestation/members.h"
#include "ca/attestation/tcg_csr_idevid_binary.h"
#include "ca/attestation/tpm2_activation.h"
#include "ca/attestation/tpm2_certification.h"
#include "ca/attestation/tpm2_rules.h"

namespace hallmark {
namespace {

constexpr std::uint16_t curve_p256 = 0x0003;  // Part 2, 6.4: TPM_ECC_NIST_P256
constexpr std::size_t largest_ticket = 128;   // TPMT_TK_CREATION: tag, hierarchy, a digest

Result<Endorsement> endorsement_of(ByteView ek_certificate, const ChainValidator& chains,
                                   const VendorPin& pin, Instant now) {
    const std::vector<Bytes> chain{to_bytes(ek_certificate)};
    return check_endorsement(
        {.chains = chains, .pin = pin, .chain = chain, .kind = EndorsedKey::ek, .now = now});
}

/// In DER a signature names no scheme: the key's own, and where it has none the usual one of its
/// type with the request's hash.
Result<TpmSignature> signature_from_der(ByteView octets, const TpmPublic& signer,
                                        HashAlgorithm otherwise) {
    const bool rsa = signer.type == tpm_alg::rsa;
    TpmSignature out;
    out.algorithm = signer.scheme.algorithm;
    if (out.algorithm == tpm_alg::null) out.algorithm = rsa ? tpm_alg::rsassa : tpm_alg::ecdsa;
    out.hash = signer.scheme.hash.value_or(otherwise);
    if (rsa) {
        out.rsa = to_bytes(octets);
        return out;
    }
    const auto raw = ecdsa_raw_from_der(octets, signer.curve == curve_p256 ? 32 : 48);
    if (!raw) return evidence_refused("malformed", "no DER Ecdsa-Sig-Value");
    const ByteView pair(*raw);
    out.r = to_bytes(pair.first(pair.size() / 2));
    out.s = to_bytes(pair.subspan(pair.size() / 2));
    return out;
}

/// One request with everything that its parts are read by.
struct Request {
    const TcgCsrIdevid& binary;
    TpmSignatureEncoding encoding;

    [[nodiscard]] Result<TpmSignature> signature(ByteView octets, const TpmPublic& signer) const {
        if (encoding == TpmSignatureEncoding::tpmt) return parse_tpm_signature(octets);
        return signature_from_der(octets, signer, binary.hash_algorithm);
    }
};

/// Who asks holds the signing key now.
Result<Done> check_outer_signature(const Request& request, const TpmPublic& signing) {
    HALLMARK_TRY(key, public_key_of(signing));
    HALLMARK_TRY(signature, request.signature(request.binary.signature, signing));
    return check_leaf_signature({.signer = signing,
                                 .signer_key = key,
                                 .message = request.binary.contents,
                                 .signature = signature});
}

/// What the attestation key says of itself, where the request has it. It carries no nonce of ours
/// and proves no more than check_attestation_key already read; but what is there must hold.
Result<std::string> check_self_certification(const Request& request, const TpmSigner& signer) {
    const TcgCsrIdevid& binary = request.binary;
    if (binary.attest_certify_info.empty()) return std::string("no");
    HALLMARK_TRY(attest, parse_tpm_attest(binary.attest_certify_info));
    if (attest.type != TpmAttest::creation && attest.type != TpmAttest::certify)
        return evidence_refused("iak", "atCertifyInfo is another attestation");
    if (attest.name != signer.structure->name)
        return evidence_refused("iak", "atCertifyInfo is of another key");
    HALLMARK_TRY(signature, request.signature(binary.attest_certify_signature, *signer.structure));
    const auto verified = check_attestation_signature({.signer = *signer.structure,
                                                       .signer_key = signer.key,
                                                       .attest = binary.attest_certify_info,
                                                       .signature = signature});
    if (!verified) return evidence_refused("iak", "atCertifyInfo is not signed by the key itself");
    return std::string("yes");
}

}  // namespace

Result<Opening> TcgCsrIdevidVerifier::open(const ChallengeRequest& request, const VendorPin& pin,
                                           Instant now) const {
    const Evidence& members = request.evidence;
    HALLMARK_TRY(known, check_members(members, {{"ek_chain", true}, {"ak_public"}}));
    HALLMARK_TRY(endorsement,
                 endorsement_of(members.find("ek_chain")->values.front(), chains_, pin, now));
    HALLMARK_TRY(signer, read_tpm_signer(members.find("ak_public")->values.front(), endorsement));
    return open_for_signer(endorsement, signer);
}

Result<VerifiedElement> TcgCsrIdevidVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                     const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{"csr"}, {"activation", false, false}}));
    HALLMARK_TRY(binary, parse_tcg_csr_idevid(evidence.find("csr")->values.front()));
    if (binary.creation_ticket.size() > largest_ticket)
        return evidence_refused("layout", "atCreateTkt is no ticket");
    const Request request{.binary = binary, .encoding = encoding_};
    HALLMARK_TRY(signing, parse_tpm_public(binary.signing_public));
    HALLMARK_TRY(attest, parse_tpm_attest(binary.signing_certify_info));
    HALLMARK_TRY(asked, check_outer_signature(request, signing));

    HALLMARK_TRY(endorsement, endorsement_of(binary.ek_certificate, chains_, pin, now));
    HALLMARK_TRY(signer, read_tpm_signer(binary.attest_public, endorsement));
    HALLMARK_TRY(signature, request.signature(binary.signing_certify_signature, *signer.structure));
    const TpmCertification certification{.attest_octets = binary.signing_certify_info,
                                         .attest = attest,
                                         .signature = signature,
                                         .key = signing,
                                         .creation_data = {}};
    HALLMARK_TRY(leaf, check_certification(certification, signer, expected));
    HALLMARK_TRY(self_certified, check_self_certification(request, signer));
    HALLMARK_TRY(activation, check_activation({.expected = expected,
                                               .endorsement = endorsement,
                                               .ak_name = signer.structure->name,
                                               .activation = evidence.find("activation"),
                                               .attest = binary.signing_certify_info}));
    VerifiedElement element = certified_element({.format = format(),
                                                 .pin = pin,
                                                 .endorsement = endorsement,
                                                 .signer = signer,
                                                 .certification = certification,
                                                 .leaf = leaf,
                                                 .activation = activation,
                                                 .fresh = expected.nonce.has_value()});
    auto& detail = element.claims.detail;
    detail.emplace_back("iak_self_certified", self_certified);
    // The host's words, signed by the signing key and by nobody who knows better.
    detail.emplace_back("stated_model", binary.product_model);
    detail.emplace_back("stated_serial", binary.product_serial);
    return element;
}

}  // namespace hallmark
