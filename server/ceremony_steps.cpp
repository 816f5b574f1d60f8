#include "server/ceremony_steps.h"

#include "ca/domain/fault.h"
#include "ca/hsm/pin.h"

#include <ostream>

namespace hallmark {
namespace {

constexpr int exit_refused = 3;

Refusal unfit(std::string detail) {
    return {Reason::unavailable, std::move(detail)};
}

bool is_critical(const Certificate& certificate, std::string_view oid) {
    const Extension* extension = certificate.find(oid);
    return extension != nullptr && extension->critical;
}

Result<Done> check_signature(const Certificate& certificate, const Certificate& issuer) {
    HALLMARK_TRY(key, parse_public_key(issuer.spki));
    const auto algorithm = signature_algorithm_from(certificate.signature_algorithm);
    if (!algorithm || is_weak(*algorithm))
        return unfit("the certificate is signed with an algorithm that is not taken");
    if (!verify_signature(key, *algorithm, certificate.tbs, certificate.signature))
        return unfit("the certificate's signature does not verify with its issuer's key");
    return Done{};
}

int refused(const Refusal& refusal, std::ostream& err) {
    err << "refused (" << name_of(refusal.reason) << "): " << refusal.detail << '\n';
    return exit_refused;
}

}  // namespace

TokenOptions token_options(const TokenSource& source) {
    return {.module_path = source.module_path,
            .token_label = source.token_label,
            .pin = read_pin(source.pin_source),
            .sessions = 1,
            .wait = std::chrono::seconds(10)};
}

Bytes sign_and_verify(Token& token, const SigningKey& signer, ByteView message) {
    Bytes signature = token.sign(signer, message);
    if (!verify_signature(signer.public_key, signer.algorithm, message, signature))
        throw Fault("the token's signature does not verify with the key's public half");
    return signature;
}

Result<Certificate> sign_certificate(Token& token, const SigningKey& signer,
                                     const CaCertificate& certificate) {
    const Bytes tbs = ca_tbs(certificate);
    return parse_certificate(
        signed_der(tbs, signer.algorithm, sign_and_verify(token, signer, tbs)));
}

Result<Done> check_root_certificate(const Certificate& root, Instant now) {
    if (root.issuer != root.subject) return unfit("the root certificate is not self-issued");
    HALLMARK_TRY(signed_by_itself, check_signature(root, root));
    const auto basic = root.basic_constraints();
    if (!basic || !basic->ca || !is_critical(root, "2.5.29.19"))
        return unfit("the root certificate has no critical basicConstraints of a CA");
    if (basic->path_length && *basic->path_length < 1)
        return unfit("the root certificate's pathLenConstraint allows no intermediate");
    const auto usage = root.key_usage();
    if (!usage || !usage->has(KeyUsage::key_cert_sign) || !is_critical(root, "2.5.29.15"))
        return unfit("the root certificate has no critical keyUsage with keyCertSign");
    if (!root.subject_key_identifier())
        return unfit("the root certificate has no subjectKeyIdentifier");
    if (now < root.not_before || now >= root.not_after + std::chrono::seconds(1))
        return unfit("the root certificate is not valid now");
    return Done{};
}

Result<Done> check_issued_by(const Certificate& certificate, const Certificate& root) {
    if (certificate.issuer != root.subject)
        return unfit("the certificate names another issuer than the root");
    if (certificate.subject == root.subject)
        return unfit("the certificate's subject is the root's own");
    if (certificate.authority_key_identifier() != root.subject_key_identifier())
        return unfit("the certificate's authorityKeyIdentifier is not the root's");
    HALLMARK_TRY(signed_by_root, check_signature(certificate, root));
    if (certificate.not_after > root.not_after || certificate.not_before < root.not_before)
        return unfit("the certificate outlives the root, which ends " + to_rfc3339(root.not_after));
    return Done{};
}

Result<Done> check_years(int years) {
    if (years < 1 || years > 100)
        return Refusal{Reason::malformed_request, "a CA certificate lasts 1 to 100 years"};
    return Done{};
}

int hold_ceremony(const Transcript::Opening& opening, const CeremonySteps& steps,
                  std::ostream& err) {
    auto transcript = Transcript::open(opening);
    if (!transcript) return refused(transcript.error(), err);
    if (const auto held = steps(**transcript); !held) {
        (*transcript)
            ->step("refused",
                   {{"reason", name_of(held.error().reason)}, {"detail", held.error().detail}});
        return refused(held.error(), err);
    }
    (*transcript)->close();
    return 0;
}

}  // namespace hallmark
