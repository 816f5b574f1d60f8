#include "server/evidence_commands.h"

#include "ca/attestation/family.h"
#include "ca/attestation/tpm2_structures.h"
#include "ca/crypto/csr.h"
#include "ca/json/json.h"
#include "server/verify_input.h"

#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::size_t challenge_octets = 32;

void check_combination(const EvidenceVerifyArguments& arguments, const EvidenceVerifier* verifier) {
    if (!verifier) throw UsageError("--format: unknown format " + arguments.format);
    const int freshness = int(arguments.nonce.has_value()) + int(arguments.challenge.has_value()) +
                          int(arguments.any_nonce);
    if (freshness != 1)
        throw UsageError("give one of --nonce, --challenge with --csr, and --any-nonce");
    if (arguments.challenge.has_value() != arguments.csr.has_value()) {
        throw UsageError("--challenge and --csr go together");
    }
    if (arguments.door && !arguments.challenge) throw UsageError("--door goes with --challenge");
    if (arguments.door && *arguments.door != "factory" && *arguments.door != "field") {
        throw UsageError("--door is factory or field");
    }
    if (arguments.activation_secret && arguments.any_activation) {
        throw UsageError("give --activation-secret or --any-activation, not both");
    }
    if (arguments.activation_secret && !verifier->has_activation()) {
        throw UsageError("--activation-secret: " + arguments.format + " has no activation");
    }
    if (verifier->has_activation() && !arguments.activation_secret && !arguments.any_activation) {
        throw UsageError(arguments.format + " needs --activation-secret or --any-activation");
    }
    if (arguments.status && !verifier->has_status_list()) {
        throw UsageError("--status: " + arguments.format + " has no revocation list");
    }
    // The proof is over challenge and request: without them there is nothing to compare.
    if (arguments.activation_secret && !arguments.challenge) {
        throw UsageError("--activation-secret needs --challenge and --csr");
    }
}

/// Nonce, key and digest as the server would expect them from challenge and request.
Result<Done> expect_challenge(const EvidenceVerifyArguments& arguments, Expected& expected) {
    expected.challenge = base64_argument(*arguments.challenge, "--challenge");
    if (expected.challenge.size() != challenge_octets)
        throw UsageError("--challenge: not 32 octets");
    HALLMARK_TRY(csr, parse_csr(read_der_or_pem(*arguments.csr, "CERTIFICATE REQUEST", "--csr")));
    expected.spki = csr.key.spki();
    expected.csr_sha256 = csr.sha256;
    expected.challenge_password = csr.challenge_password;
    expected.nonce =
        challenge_nonce(arguments.door.value_or("factory"), expected.challenge, csr.key.spki());
    return Done{};
}

Result<Expected> expected_of(const EvidenceVerifyArguments& arguments) {
    Expected expected;
    if (arguments.nonce) expected.nonce = hex_argument(*arguments.nonce, "--nonce");
    if (arguments.challenge) {
        HALLMARK_TRY(challenged, expect_challenge(arguments, expected));
    }
    if (arguments.key) {
        HALLMARK_TRY(key, parse_public_key(read_der_or_pem(*arguments.key, "PUBLIC KEY", "--key")));
        if (expected.spki && *expected.spki != key.spki()) {
            throw UsageError("--key is not the key of --csr");
        }
        expected.spki = key.spki();
    }
    expected.activation_unchecked = arguments.any_activation;
    expected.revocation_unchecked = !arguments.status;
    if (arguments.activation_secret) {
        expected.activation_secret =
            hex_argument(*arguments.activation_secret, "--activation-secret");
    }
    return expected;
}

/// Whoever gives the secret says that it was sealed to this EK and for this AK: no challenge's row
/// stands behind it.
void expect_activation(const Evidence& evidence, Expected& expected) {
    if (!expected.activation_secret) return;
    const EvidenceMember* ek_chain = evidence.find("ek_chain");
    const EvidenceMember* ak_public = evidence.find("ak_public");
    if (ek_chain) expected.ek_certificate = sha256(without_nv_padding(ek_chain->values.front()));
    if (!ak_public) return;
    const auto signer = parse_tpm_public(ak_public->values.front());
    if (signer) expected.ak_name = signer->name;
}

/// The claims, with what nobody checked said at the top.
std::string told_claims(const Claims& claims, const EvidenceVerifyArguments& arguments) {
    boost::json::value document = parse_json(claims_json(claims)).value();
    boost::json::object& object = document.as_object();
    for (const auto& [name, value] : claims.detail) {
        if (value == "unchecked") object[name] = value;
    }
    if (!arguments.status) object["revocation"] = "unchecked";
    return canonical_json(document);
}

/// As fresh as whoever gives it says.
std::shared_ptr<const StatusList> status_list(const EvidenceVerifyArguments& arguments,
                                              Instant at) {
    if (!arguments.status) return nullptr;
    auto list =
        StatusList::parse(read_file(*arguments.status, "--status"), at, std::chrono::hours(24));
    if (!list) throw UsageError("--status: " + list.error().detail);
    return std::make_shared<const StatusList>(std::move(*list));
}

Result<std::string> verified_claims(const EvidenceVerifyArguments& arguments) {
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    check_combination(arguments, family.find(arguments.format));
    const Instant at = instant_argument(arguments.at, arguments.now);
    const VendorPin pin{
        .vendor = VendorId(arguments.vendor.value_or("")),
        .format = arguments.format,
        .anchors = {.roots = read_certificates(arguments.roots, "--roots"), .intermediates = {}},
        .exceptions = {},
        .status = status_list(arguments, at)};
    const std::string document = read_file(arguments.evidence, "--evidence");
    HALLMARK_TRY(expected, expected_of(arguments));
    HALLMARK_TRY(evidence, parse_evidence(document));
    if (evidence.format != arguments.format) {
        return Refusal{Reason::evidence_not_accepted,
                       "format: the evidence says " + evidence.format};
    }
    expect_activation(evidence, expected);
    HALLMARK_TRY(element, family.verify(evidence, {pin}, expected, at));
    return told_claims(element.claims, arguments);
}

Result<ValidatedChain> validated_chain(const ChainVerifyArguments& arguments) {
    const std::string purpose_name = arguments.purpose.value_or("any");
    const auto purpose = purpose_from(purpose_name);
    if (!purpose) throw UsageError("--purpose: unknown purpose " + purpose_name);
    const Instant at = instant_argument(arguments.at, arguments.now);
    const Bytes leaf = read_der_or_pem(arguments.leaf, "CERTIFICATE", "--leaf");
    TrustAnchors anchors{.roots = read_certificates(arguments.roots, "--roots"),
                         .intermediates = {}};
    if (arguments.intermediates) {
        anchors.intermediates = read_certificates(*arguments.intermediates, "--intermediates");
    }
    const ChainValidator chains;
    return chains.validate({.leaf = leaf,
                            .intermediates = {},
                            .purpose = *purpose,
                            .exceptions = {},
                            .at = at,
                            .limits = {}},
                           anchors);
}

void tell_chain(const ValidatedChain& chain, bool json, std::ostream& out) {
    if (!json) {
        out << "leaf    " << to_hex(chain.leaf.sha256) << "  " << name_text(chain.leaf.subject)
            << '\n';
        for (const Bytes& der : chain.issuers) {
            const auto issuer = parse_certificate(der);
            out << "issuer  " << to_hex(sha256(der)) << "  "
                << (issuer ? name_text(issuer->subject) : std::string()) << '\n';
        }
        return;
    }
    boost::json::array issuers;
    for (const Bytes& der : chain.issuers)
        issuers.emplace_back(to_hex(sha256(der)));
    boost::json::object document;
    document["leaf"] = to_hex(chain.leaf.sha256);
    document["issuers"] = std::move(issuers);
    document["anchor"] = to_hex(chain.anchor);
    document["public_key"] = to_base64(chain.leaf_key.spki());
    out << canonical_json(document) << '\n';
}

}  // namespace

int evidence_verify(const EvidenceVerifyArguments& arguments, std::ostream& out,
                    std::ostream& err) {
    try {
        const auto claims = verified_claims(arguments);
        if (!claims) return tell_refusal(claims.error(), arguments.json, err);
        out << *claims << '\n';
        return 0;
    } catch (const UsageError& error) {
        return tell_usage(error, arguments.json, err);
    }
}

int chain_verify(const ChainVerifyArguments& arguments, std::ostream& out, std::ostream& err) {
    try {
        const auto chain = validated_chain(arguments);
        if (!chain) return tell_refusal(chain.error(), arguments.json, err);
        tell_chain(*chain, arguments.json, out);
        return 0;
    } catch (const UsageError& error) {
        return tell_usage(error, arguments.json, err);
    }
}

}  // namespace hallmark
