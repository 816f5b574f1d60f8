#include "ca/attestation/stsafe_a.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/element_certificate.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/stsafe_a_transcript.h"

namespace hallmark {
namespace {

constexpr std::size_t shortest_serial = 8;
constexpr unsigned last_slot = 4;
// Rights of a private key: changing them, signing sessions, signing digests, agreeing on keys.
constexpr unsigned change_rights = 0x8000, sign_sessions = 0x08, sign_digests = 0x04, agree = 0x01;
constexpr unsigned known_rights = change_rights | sign_sessions | sign_digests | agree;
constexpr std::uint16_t no_limit = 0xFFFF;

struct ElementNames {
    std::string serial;  ///< The certificate's, which is the element's.
    std::string model;
};

/// The common name is the product's, with or without the serial behind it: "eval3-0209...0139".
Result<ElementNames> names_in(const Certificate& certificate) {
    if (certificate.serial.size() < shortest_serial)
        return evidence_refused("certificate", "its serial is no element's");
    const auto name = sole_attribute(certificate.subject, common_name_oid);
    if (!name) return evidence_refused("certificate", "not named as an element's");
    ElementNames read{.serial = upper_hex(certificate.serial), .model = *name};
    const std::size_t dash = read.model.rfind('-');
    if (dash != std::string::npos) {
        const std::string behind = read.model.substr(dash + 1);
        if (behind.size() == read.serial.size() && from_hex(behind)) {
            if (behind != read.serial)
                return evidence_refused("certificate", "its name is another serial's");
            read.model.resize(dash);
        }
    }
    if (read.model.empty()) return evidence_refused("certificate", "not named as an element's");
    return read;
}

Result<Done> check_order(const StsafeTranscript& transcript) {
    // Slot 0 is the element's own; FF keeps a key for one use.
    if (transcript.slot == 0 || transcript.slot > last_slot)
        return evidence_refused("key", "not made in a slot for keys of the host");
    if (transcript.use_limit == 0) return evidence_refused("key", "may never be used");
    if ((transcript.mode & ~known_rights) != 0)
        return evidence_refused("key", "a right that is not taken");
    if ((transcript.mode & sign_digests) == 0) return evidence_refused("key", "not for signing");
    return Done{};
}

}  // namespace

Result<VerifiedElement> StsafeAVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true},
                                                   {.name = "transcript", .is_list = true},
                                                   {.name = "signature"}}));
    // A real one bears no extensions at all: what it is for is told by its issuer, key and name.
    HALLMARK_TRY(element, validated_element(evidence.find("chain")->values, pin, chains_, now));
    if (!element.leaf_key.is_ec()) return evidence_refused("certificate", "its key is on no curve");
    HALLMARK_TRY(names, names_in(element.leaf));
    HALLMARK_TRY(transcript, parse_stsafe_transcript(evidence.find("transcript")->values));
    const bool wide = element.leaf_key.algorithm() == KeyAlgorithm::ec_p384;
    HALLMARK_TRY(signature, parse_stsafe_signature(evidence.find("signature")->values.front(),
                                                   wide ? 48 : 32));
    const auto algorithm =
        wide ? SignatureAlgorithm::ecdsa_sha384 : SignatureAlgorithm::ecdsa_sha256;
    if (!verify_signature(element.leaf_key, algorithm, transcript.tbs, signature))
        return evidence_refused("signature", "not by slot 0's key");
    HALLMARK_TRY(ordered, check_order(transcript));
    const auto key = ec_public_key(transcript.curve, transcript.x, transcript.y);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    HALLMARK_TRY(meant, check_key(key->spki(), expected));
    HALLMARK_TRY(freshness, check_nonce(transcript.challenge, expected));

    Claims claims;
    claims.format = "stsafe-a";
    claims.vendor = pin.vendor.get();
    claims.model = names.model;
    claims.element_serial = SeSerial(names.serial);
    claims.public_key = key->spki();
    claims.freshness = freshness;
    claims.anchor = element.anchor;
    claims.detail = {{"slot", std::to_string(transcript.slot)}};
    if (transcript.use_limit != no_limit)
        claims.detail.emplace_back("use_limit", std::to_string(transcript.use_limit));
    if (profile_.session_signers.contains(pin.vendor)) {
        claims.origin = "generated";
        claims.exportable = false;
        claims.usage = {"sign"};
        claims.assurance = Assurance::hw_key_attested;
    } else {
        claims.assurance = Assurance::hw_identity_only;
        claims.detail.emplace_back("reason", "slot 0 may sign what the host hashes");
    }
    return VerifiedElement{.claims = std::move(claims), .element_key = element.leaf_key.digest()};
}

}  // namespace hallmark
