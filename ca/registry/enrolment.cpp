#include "ca/registry/enrolment.h"

#include <string>

namespace hallmark {
namespace {

constexpr std::size_t most_anchors = 64;
constexpr std::size_t longest_chain = 8;

Refusal invalid(const std::string& why) {
    return Refusal{Reason::invalid_document, why};
}

Result<Certificate> read(ByteView der, std::string_view what) {
    auto certificate = parse_certificate(der);
    if (!certificate) return invalid(std::string(what) + ": " + certificate.error().detail);
    return certificate;
}

Result<ClientCertificate> with_key(const Certificate& certificate, std::string_view what,
                                   Instant now) {
    if (now < certificate.not_before || floor_to_second(now) > certificate.not_after) {
        return invalid(std::string(what) + " is not valid now");
    }
    const auto key = parse_public_key(certificate.spki);
    if (!key) return invalid(std::string(what) + ": " + key.error().detail);
    return ClientCertificate{.der = certificate.der,
                             .sha256 = certificate.sha256,
                             .key_sha256 = key->digest(),
                             .not_after = certificate.not_after};
}

Result<Done> signed_by(const Certificate& below, const Certificate& issuer) {
    if (issuer.subject != below.issuer)
        return invalid("chain of the intermediate: an issuer is missing");
    const auto key = parse_public_key(issuer.spki);
    const auto algorithm = signature_algorithm_from(below.signature_algorithm);
    if (!key || !algorithm || is_weak(*algorithm) ||
        !verify_signature(*key, *algorithm, below.tbs, below.signature)) {
        return invalid("chain of the intermediate: a signature does not verify");
    }
    return Done{};
}

}  // namespace

Result<ClientCertificate> read_client_certificate(ByteView der, Instant now) {
    HALLMARK_TRY(certificate, read(der, "client certificate"));
    return with_key(certificate, "client certificate", now);
}

Result<ClientCertificate> read_issuing_certificate(ByteView der, const std::vector<Bytes>& chain,
                                                   Instant now) {
    HALLMARK_TRY(certificate, read(der, "intermediate"));
    const auto constraints = certificate.basic_constraints();
    // RFC 5280 4.2.1.9 and 4.2.1.3: a CA, and one that may sign certificates.
    if (!constraints || !constraints->ca) return invalid("intermediate is no CA certificate");
    const auto usage = certificate.key_usage();
    if (!usage || !usage->has(KeyUsage::key_cert_sign))
        return invalid("intermediate may not sign certificates");
    if (chain.empty() || chain.size() > longest_chain)
        return invalid("chain of the intermediate: length");
    Certificate below = certificate;
    for (const Bytes& above : chain) {
        HALLMARK_TRY(issuer, read(above, "issuer of the intermediate"));
        HALLMARK_TRY(signs, signed_by(below, issuer));
        below = issuer;
    }
    if (below.subject != below.issuer)
        return invalid("chain of the intermediate: no root at its end");
    return with_key(certificate, "intermediate", now);
}

Result<Done> check_anchors(const std::vector<Bytes>& roots,
                           const std::vector<Bytes>& intermediates) {
    if (roots.empty()) return invalid("a pin needs a root");
    if (roots.size() + intermediates.size() > most_anchors)
        return invalid("too many certificates in a pin");
    for (const Bytes& root : roots) {
        HALLMARK_TRY(parsed, read(root, "root"));
    }
    for (const Bytes& intermediate : intermediates) {
        HALLMARK_TRY(parsed, read(intermediate, "intermediate"));
    }
    return Done{};
}

}  // namespace hallmark
