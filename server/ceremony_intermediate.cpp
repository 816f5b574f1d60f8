#include "ca/crypto/csr.h"
#include "ca/issuance/compose.h"
#include "server/ceremony_steps.h"

#include <algorithm>
#include <ostream>

namespace hallmark {
namespace {

Refusal malformed(std::string detail) {
    return {Reason::malformed_request, std::move(detail)};
}

/// What is given must be one of the four ways in ceremony.h, whole.
Result<Done> check_shape(const IntermediateCeremony& ceremony) {
    const bool takes = !ceremony.certificate_in.empty();
    const bool request = !ceremony.csr_in.empty();
    if (takes && request) return malformed("a certificate and a CSR come in at once");
    if (request == ceremony.online.has_value())
        return malformed(request ? "a CSR comes in, and the online token is given too"
                                 : "neither an online token nor a CSR is given");
    if (ceremony.online && ceremony.key_label.empty())
        return malformed("no label is given for the key");
    if (takes && (ceremony.root || !ceremony.csr_out.empty()))
        return malformed("a certificate comes in, so nothing is requested or signed");
    if (request && !ceremony.root)
        return malformed("a CSR comes in, and no root's token is given to sign it");
    if ((takes || ceremony.root) && ceremony.root_certificate.empty())
        return malformed("the root's certificate is not given");
    if (!takes && !ceremony.root && ceremony.csr_out.empty())
        return malformed("no path is given for the CSR");
    return Done{};
}

Result<Done> check_outputs(const IntermediateCeremony& ceremony) {
    if (!ceremony.csr_out.empty()) {
        HALLMARK_TRY(absent, check_absent(ceremony.csr_out, "CSR"));
    }
    if (ceremony.root || !ceremony.certificate_in.empty()) {
        HALLMARK_TRY(absent, check_absent(ceremony.certificate_out, "certificate"));
    }
    return Done{};
}

/// RFC 5280 4.2.1.13, 4.2.2.1: HTTP, since fetching a CRL over TLS would ask for a CRL again.
Result<Done> check_url(const std::string& url) {
    const bool plain = std::all_of(url.begin(), url.end(),
                                   [](char letter) { return letter > 0x20 && letter < 0x7F; });
    if (!url.empty() && (!url.starts_with("http://") || url.size() > 512 || !plain))
        return malformed(
            "a CRL's or issuer's URL begins with http:// and has at most 512 plain characters");
    return Done{};
}

Result<PublicKey> make_request(const IntermediateCeremony& ceremony, ByteView subject,
                               Transcript& transcript) {
    Token token(token_options(*ceremony.online));
    transcript.token("online", token);
    HALLMARK_TRY(key, token.generate(ceremony.key_label, ceremony.algorithm));
    transcript.key("intermediate-key-generated", token, key);
    // The key's first signature and the only one that is not under a certificate or CRL: its proof
    // of possession.
    const Bytes info = request_info(subject, key.public_key);
    const Bytes request = signed_der(info, key.algorithm, sign_and_verify(token, key, info));
    if (!ceremony.csr_out.empty())
        write_new_file(ceremony.csr_out, to_pem(request, "CERTIFICATE REQUEST"));
    transcript.step("request-signed",
                    {{"request", to_base64(request)}, {"request_sha256", to_hex(sha256(request))}});
    return key.public_key;
}

Result<PublicKey> take_request(const IntermediateCeremony& ceremony, Transcript& transcript) {
    HALLMARK_TRY(der, read_pem_file(ceremony.csr_in, "CERTIFICATE REQUEST"));
    HALLMARK_TRY(request, parse_csr(der));
    transcript.step("request-taken", {{"request_sha256", to_hex(request.sha256)},
                                      {"algorithm", name_of(request.key.algorithm())},
                                      {"spki_sha256", to_hex(request.key.digest())}});
    return request.key;
}

Result<Certificate> take_root(const IntermediateCeremony& ceremony, Transcript& transcript) {
    HALLMARK_TRY(root, read_certificate_file(ceremony.root_certificate));
    HALLMARK_TRY(fit, check_root_certificate(root, ceremony.now));
    transcript.certificate("root-certificate-taken", root);
    return std::move(root);
}

/// Every check that the server makes when it takes the certificate, made before it leaves the
/// ceremony.
Result<Done> keep_certificate(const IntermediateCeremony& ceremony, const Certificate& certificate,
                              const Certificate& root) {
    HALLMARK_TRY(by_root, check_issued_by(certificate, root));
    HALLMARK_TRY(fit, check_issuing_certificate(certificate, ceremony.now));
    write_new_file(ceremony.certificate_out, to_pem(certificate.der, "CERTIFICATE"));
    return Done{};
}

struct RootSigning {
    const IntermediateCeremony& ceremony;
    const Certificate& root;
    const Bytes& subject;
    const PublicKey& key;
};

Result<Done> sign_with_root(const RootSigning& signing, Transcript& transcript) {
    const IntermediateCeremony& ceremony = signing.ceremony;
    const Instant from = floor_to_second(ceremony.now);
    const Instant until = end_after_years(from, ceremony.years);
    if (until > signing.root.not_after)
        return malformed("the intermediate would outlive its root, which ends " +
                         to_rfc3339(signing.root.not_after) + "; ask for fewer years");
    if (signing.subject == signing.root.subject)
        return malformed("the intermediate's name is the root's own");

    HALLMARK_TRY(root_key, parse_public_key(signing.root.spki));
    Token token(token_options(ceremony.root->token));
    transcript.token("root", token);
    HALLMARK_TRY(signer,
                 token.load(key_uri(ceremony.root->token.token_label, ceremony.root->key_label, {}),
                            root_key, usual_signature_algorithm(root_key.algorithm())));
    transcript.key("root-key-loaded", token, signer);
    HALLMARK_TRY(certificate, sign_certificate(token, signer,
                                               {.serial = random_serial().get(),
                                                .algorithm = signer.algorithm,
                                                .issuer = signing.root.subject,
                                                .subject = signing.subject,
                                                .not_before = from,
                                                .not_after = until,
                                                .key = signing.key,
                                                .path_length = 0,
                                                .authority_key_identifier =
                                                    *signing.root.subject_key_identifier(),
                                                .crl_url = ceremony.crl_url,
                                                .issuer_url = ceremony.issuer_url}));
    HALLMARK_TRY(kept, keep_certificate(ceremony, certificate, signing.root));
    transcript.certificate("intermediate-certificate-signed", certificate);
    return Done{};
}

Result<Done> take_certificate(const IntermediateCeremony& ceremony, Transcript& transcript) {
    HALLMARK_TRY(root, take_root(ceremony, transcript));
    HALLMARK_TRY(certificate, read_certificate_file(ceremony.certificate_in));
    HALLMARK_TRY(public_key, parse_public_key(certificate.spki));
    Token token(token_options(*ceremony.online));
    transcript.token("online", token);
    HALLMARK_TRY(key, token.load(key_uri(ceremony.online->token_label, ceremony.key_label, {}),
                                 public_key, usual_signature_algorithm(public_key.algorithm())));
    transcript.key("intermediate-key-loaded", token, key);
    HALLMARK_TRY(kept, keep_certificate(ceremony, certificate, root));
    transcript.certificate("intermediate-certificate-taken", certificate);
    return Done{};
}

Result<Done> make_intermediate(const IntermediateCeremony& ceremony, Transcript& transcript) {
    HALLMARK_TRY(years, check_years(ceremony.years));
    HALLMARK_TRY(crl_url, check_url(ceremony.crl_url));
    HALLMARK_TRY(issuer_url, check_url(ceremony.issuer_url));
    HALLMARK_TRY(subject, subject_name_der(ceremony.subject));
    if (!ceremony.root) {
        HALLMARK_TRY(requested, make_request(ceremony, subject, transcript));
        return Done{};
    }
    // The root is examined before a key is made that it could not sign.
    HALLMARK_TRY(root, take_root(ceremony, transcript));
    HALLMARK_TRY(key, ceremony.csr_in.empty() ? make_request(ceremony, subject, transcript)
                                              : take_request(ceremony, transcript));
    return sign_with_root({.ceremony = ceremony, .root = root, .subject = subject, .key = key},
                          transcript);
}

}  // namespace

int ceremony_intermediate(const IntermediateCeremony& ceremony, std::ostream& out,
                          std::ostream& err) {
    const auto steps = [&](Transcript& transcript) -> Result<Done> {
        HALLMARK_TRY(shape, check_shape(ceremony));
        HALLMARK_TRY(outputs, check_outputs(ceremony));
        return ceremony.certificate_in.empty() ? make_intermediate(ceremony, transcript)
                                               : take_certificate(ceremony, transcript);
    };
    return hold_ceremony(
        {.ceremony = "intermediate", .record = ceremony.record, .now = ceremony.now, .out = out},
        steps, err);
}

}  // namespace hallmark
