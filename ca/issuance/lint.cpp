#include "ca/issuance/lint.h"

#include "ca/crypto/certificate.h"
#include "ca/issuance/compose.h"

#include <set>
#include <stdexcept>

namespace hallmark {
namespace {

void require(bool holds, const char* rule) {
    if (!holds) throw std::logic_error(std::string("lint: ") + rule);
}

/// The reader takes whole certificates; a signature of one zero octet makes the draft one.
Certificate read_back(const Draft& draft, SignatureAlgorithm algorithm) {
    const Bytes zero(1, 0);
    auto certificate = parse_certificate(assemble(draft.tbs, algorithm, zero));
    if (!certificate) throw std::logic_error("lint: unreadable: " + certificate.error().detail);
    return std::move(*certificate);
}

void names_and_times(const Certificate& read, const Draft& draft, const LintAgainst& against) {
    const Certificate& issuer = against.issuer.certificate;
    require(equal(read.tbs, draft.tbs), "reads back as other bytes");
    require(equal(read.serial, draft.serial.get()), "serial");
    // RFC 5280 4.1.2.2: positive, at most 20 octets.
    require(read.serial.size() == 20 && (read.serial[0] & 0x80) == 0,
            "serial is not 20 positive octets");
    require(equal(read.signature_algorithm, algorithm_identifier(against.issuer.key.algorithm)),
            "algorithm");
    require(equal(read.issuer, issuer.subject), "issuer");
    require(equal(read.subject, against.grant.subject), "subject");
    require(parse_name(read.subject).has_value(), "subject is not a Name");
    require(equal(read.spki, against.key.spki()), "public key");
    require(!equal(read.spki, issuer.spki), "the issuer's own key");
    require(read.not_before == floor_to_second(against.grant.not_before), "notBefore");
    require(read.not_after == floor_to_second(against.grant.not_after), "notAfter");
    require(read.not_before <= read.not_after, "validity is empty");
    require(read.not_before >= issuer.not_before, "notBefore before the issuer's own");
}

void extensions(const Certificate& read, const LintAgainst& against) {
    const auto& granted = against.grant.extensions;
    require(read.extensions.size() == granted.size(), "number of extensions");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < granted.size(); ++i) {
        const Extension& have = read.extensions[i];
        require(have.oid == granted[i].oid && have.critical == granted[i].critical, "extension");
        require(equal(have.value, extension_value(granted[i], against.key, against.issuer)),
                "extension value");
        require(seen.insert(have.oid).second, "extension twice");  // RFC 5280 4.2
    }
}

void leaf_profile(const Certificate& read) {
    const auto constraints = read.basic_constraints();
    require(!constraints || (!constraints->ca && !constraints->path_length), "a leaf is no CA");
    const auto usage = read.key_usage();
    require(!usage || (!usage->has(KeyUsage::key_cert_sign) && !usage->has(KeyUsage::crl_sign)),
            "a leaf signs no certificates and no lists");
    const auto identifier = read.authority_key_identifier();
    require(identifier.has_value(), "authorityKeyIdentifier is missing");  // RFC 5280 4.2.1.1
    const bool empty_subject = read.subject.size() == 2;
    const Extension* alternative = read.find("2.5.29.17");
    // RFC 5280 4.2.1.6: an empty subject needs a critical subjectAltName.
    require(!empty_subject || (alternative != nullptr && alternative->critical), "nobody is named");
}

}  // namespace

struct Linter {
    static LintedDraft pass(Draft draft) { return LintedDraft(std::move(draft)); }
};

LintedDraft lint(Draft draft, const LintAgainst& against) {
    const Certificate read = read_back(draft, against.issuer.key.algorithm);
    names_and_times(read, draft, against);
    extensions(read, against);
    leaf_profile(read);
    return Linter::pass(std::move(draft));
}

}  // namespace hallmark
