#include "station/issued_check.h"

#include "ca/crypto/certificate.h"

namespace hallmark {
namespace {

/// Without the sign octet that an INTEGER may need.
ByteView magnitude(ByteView serial) {
    return serial.size() > 1 && serial.front() == 0 ? serial.subspan(1) : serial;
}

}  // namespace

void IssuedCheck::check(const IssuanceGiven& given, ByteView spki, Instant now) {
    const auto certificate = parse_certificate(given.certificate);
    if (!certificate)
        throw AnswerFault("the issued certificate cannot be read: " + certificate.error().detail);
    if (!equal(certificate->spki, spki))
        throw AnswerFault("the issued certificate is for another key");
    const auto serial = from_hex(given.serial);
    if (!serial || !equal(magnitude(*serial), magnitude(certificate->serial)))
        throw AnswerFault("the issued certificate has another serial than the answer says");
    if (now < certificate->not_before || certificate->not_after < now)
        throw AnswerFault("the issued certificate is not valid now");
    const auto algorithm = signature_algorithm_from(certificate->signature_algorithm);
    if (!algorithm || !verify_signature(issuer_of(given, now), *algorithm, certificate->tbs,
                                        certificate->signature))
        throw AnswerFault("the issued certificate is not signed by the issuer that came with it");
}

const PublicKey& IssuedCheck::issuer_of(const IssuanceGiven& given, Instant now) {
    const auto known = issuers_.find(given.chain);
    if (known != issuers_.end()) return known->second;
    const auto issuer = given.chain.empty()
                            ? Result<Certificate>(Refusal{Reason::malformed_request, "none"})
                            : parse_certificate(given.chain.front());
    if (!issuer) throw AnswerFault("the issuer cannot be read: " + issuer.error().detail);
    if (!roots_.empty()) {
        const auto chain = chains_.validate({.leaf = given.certificate,
                                             .intermediates = given.chain,
                                             .purpose = Purpose::any,
                                             .exceptions = {},
                                             .at = now,
                                             .limits = {}},
                                            {.roots = roots_, .intermediates = {}});
        if (!chain)
            throw AnswerFault("the issued certificate does not chain to the given root: " +
                              chain.error().detail);
    }
    const auto key = parse_public_key(issuer->spki);
    if (!key) throw AnswerFault("the issuer's key cannot be read: " + key.error().detail);
    return issuers_.emplace(given.chain, *key).first->second;
}

}  // namespace hallmark
