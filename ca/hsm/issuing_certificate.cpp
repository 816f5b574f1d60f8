#include "ca/hsm/token.h"

namespace hallmark {
namespace {

constexpr std::string_view basic_constraints_oid = "2.5.29.19";
constexpr std::string_view key_usage_oid = "2.5.29.15";

Refusal unfit(std::string detail) {
    return {Reason::unavailable, "the issuing certificate " + std::move(detail)};
}

}  // namespace

Result<Done> check_issuing_certificate(const Certificate& certificate, Instant now) {
    const auto algorithm = signature_algorithm_from(certificate.signature_algorithm);
    if (!algorithm || is_weak(*algorithm))
        return unfit("is signed with an algorithm that is not taken");

    // RFC 5280 4.2.1.9: critical in every CA certificate; pathlen 0 keeps it from making further
    // CAs.
    const Extension* constraints = certificate.find(basic_constraints_oid);
    const auto basic = certificate.basic_constraints();
    if (constraints == nullptr || !basic || !basic->ca) return unfit("is not a CA's");
    if (!constraints->critical) return unfit("has basicConstraints that are not critical");
    if (basic->path_length != 0) return unfit("has no pathLenConstraint of 0");

    // RFC 5280 4.2.1.3
    const Extension* usage = certificate.find(key_usage_oid);
    const auto allowed = certificate.key_usage();
    if (usage == nullptr || !allowed) return unfit("has no keyUsage");
    if (!usage->critical) return unfit("has a keyUsage that is not critical");
    constexpr unsigned wanted = 1u << KeyUsage::key_cert_sign | 1u << KeyUsage::crl_sign;
    if (allowed->bits != wanted) return unfit("has another keyUsage than keyCertSign and cRLSign");

    // RFC 5280 4.2.1.2: without it no leaf could name its issuer's key.
    if (!certificate.subject_key_identifier()) return unfit("has no subjectKeyIdentifier");
    for (const Extension& extension : certificate.extensions)
        if (extension.critical && extension.oid != basic_constraints_oid &&
            extension.oid != key_usage_oid)
            return unfit("has a critical extension that issuance does not honour: " +
                         extension.oid);

    // RFC 5280 4.1.2.5: notAfter is the last valid second.
    if (now < certificate.not_before) return unfit("is not valid yet");
    if (now >= certificate.not_after + std::chrono::seconds(1)) return unfit("has expired");
    return Done{};
}

}  // namespace hallmark
