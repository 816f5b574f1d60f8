#include "server/evidence_commands.h"

#include "ca/attestation/family.h"
#include "ca/attestation/tcg_csr_idevid_binary.h"
#include "ca/attestation/tpm2_structures.h"
#include "ca/crypto/csr.h"
#include "ca/json/json.h"
#include "server/verify_input.h"

#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::size_t challenge_octets = 32;

/// The evidence stands in the request: which format judges it is not known before it is taken out.
bool is_packaged(const EvidenceVerifyArguments& arguments) {
    return arguments.format == csr_attribute_format;
}

FormatSettings settings_of(const EvidenceVerifyArguments& arguments) {
    FormatSettings settings;
    if (!arguments.csr_attribute_syntax) return settings;
    if (!is_packaged(arguments))
        throw UsageError("--csr-attribute-syntax goes with --format csr-attribute");
    const auto syntax = csr_attribute_syntax_from(*arguments.csr_attribute_syntax);
    if (!syntax) throw UsageError("--csr-attribute-syntax is 2026 or 2025");
    settings.csr_attribute_syntax = *syntax;
    return settings;
}

void check_request(const EvidenceVerifyArguments& arguments) {
    if (is_packaged(arguments)) {
        if (!arguments.csr) throw UsageError("csr-attribute needs --csr");
        return;
    }
    if (arguments.evidence.empty()) throw UsageError("--evidence is missing");
    if (arguments.challenge.has_value() != arguments.csr.has_value()) {
        throw UsageError("--challenge and --csr go together");
    }
}

void check_combination(const EvidenceVerifyArguments& arguments, const EvidenceVerifier* verifier) {
    const bool has_activation = verifier && verifier->has_activation();
    if (!verifier && !is_packaged(arguments))
        throw UsageError("--format: unknown format " + arguments.format);
    const int freshness = int(arguments.nonce.has_value()) + int(arguments.challenge.has_value()) +
                          int(arguments.any_nonce);
    if (freshness != 1)
        throw UsageError("give one of --nonce, --challenge with --csr, and --any-nonce");
    check_request(arguments);
    if (arguments.door && !arguments.challenge) throw UsageError("--door goes with --challenge");
    if (arguments.door && *arguments.door != "factory" && *arguments.door != "field") {
        throw UsageError("--door is factory or field");
    }
    if (arguments.activation_secret && arguments.any_activation) {
        throw UsageError("give --activation-secret or --any-activation, not both");
    }
    if (arguments.activation_secret && !has_activation) {
        throw UsageError("--activation-secret: " + arguments.format + " has no activation");
    }
    if (has_activation && !arguments.activation_secret && !arguments.any_activation) {
        throw UsageError(arguments.format + " needs --activation-secret or --any-activation");
    }
    if (arguments.status && !(verifier && verifier->has_status_list())) {
        throw UsageError("--status: " + arguments.format + " has no revocation list");
    }
    // The proof is over challenge and request: without them there is nothing to compare.
    if (arguments.activation_secret && !arguments.challenge) {
        throw UsageError("--activation-secret needs --challenge and --csr");
    }
}

/// Key and digest as the server would expect them from the request, and from the challenge the
/// nonce.
void expect_request(const EvidenceVerifyArguments& arguments, const CertificationRequest& csr,
                    Expected& expected) {
    expected.spki = csr.key.spki();
    expected.csr_sha256 = csr.sha256;
    expected.challenge_password = csr.challenge_password;
    if (!arguments.challenge) return;
    expected.challenge = base64_argument(*arguments.challenge, "--challenge");
    if (expected.challenge.size() != challenge_octets)
        throw UsageError("--challenge: not 32 octets");
    expected.nonce =
        challenge_nonce(arguments.door.value_or("factory"), expected.challenge, csr.key.spki());
}

Result<std::optional<CertificationRequest>> request_of(const EvidenceVerifyArguments& arguments) {
    std::optional<CertificationRequest> request;
    if (!arguments.csr) return request;
    HALLMARK_TRY(csr, parse_csr(read_der_or_pem(*arguments.csr, "CERTIFICATE REQUEST", "--csr")));
    request = std::move(csr);
    return request;
}

Result<Expected> expected_of(const EvidenceVerifyArguments& arguments,
                             const std::optional<CertificationRequest>& csr) {
    Expected expected;
    if (arguments.nonce) expected.nonce = hex_argument(*arguments.nonce, "--nonce");
    if (csr) expect_request(arguments, *csr, expected);
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
    const auto expect_ek = [&](ByteView certificate) {
        expected.ek_certificate = sha256(without_nv_padding(certificate));
    };
    const auto expect_ak = [&](ByteView public_area) {
        const auto signer = parse_tpm_public(public_area);
        if (signer) expected.ak_name = signer->name;
    };
    if (const EvidenceMember* ek_chain = evidence.find("ek_chain"))
        expect_ek(ek_chain->values.front());
    if (const EvidenceMember* ak_public = evidence.find("ak_public"))
        expect_ak(ak_public->values.front());
    const EvidenceMember* request = evidence.find("csr");
    if (!request) return;
    // A malformed one is the verifier's to refuse.
    const auto binary = parse_tcg_csr_idevid(request->values.front());
    if (!binary) return;
    expect_ek(binary->ek_certificate);
    expect_ak(binary->attest_public);
}

/// What came, taken out of the request where it says so.
Result<Evidence> evidence_of(const std::string& document, std::string_view format,
                             const EvidenceFamily& family,
                             const std::optional<CertificationRequest>& csr) {
    HALLMARK_TRY(came, parse_evidence(document));
    if (came.format != format) {
        return Refusal{Reason::evidence_not_accepted, "format: the evidence says " + came.format};
    }
    return family.unpacked(came, csr ? csr->attestation : std::nullopt);
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

std::set<ChainException> exceptions_argument(const std::vector<std::string>& names) {
    std::set<ChainException> exceptions;
    for (const std::string& name : names) {
        const auto exception = chain_exception_from(name);
        if (!exception) throw UsageError("--exception: unknown exception " + name);
        exceptions.insert(*exception);
    }
    return exceptions;
}

TrustAnchors anchors_argument(const std::string& roots,
                              const std::optional<std::string>& intermediates) {
    TrustAnchors anchors{.roots = read_certificates(roots, "--roots"), .intermediates = {}};
    if (intermediates) anchors.intermediates = read_certificates(*intermediates, "--intermediates");
    return anchors;
}

Result<std::string> verified_claims(const EvidenceVerifyArguments& arguments) {
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains, settings_of(arguments));
    check_combination(arguments, family.find(arguments.format));
    const Instant at = instant_argument(arguments.at, arguments.now);
    const std::string document = arguments.evidence.empty()
                                     ? R"({"format": "csr-attribute"})"
                                     : read_file(arguments.evidence, "--evidence");
    HALLMARK_TRY(request, request_of(arguments));
    HALLMARK_TRY(expected, expected_of(arguments, request));
    HALLMARK_TRY(evidence, evidence_of(document, arguments.format, family, request));
    const VendorPin pin{.vendor = VendorId(arguments.vendor.value_or("")),
                        .format = evidence.format,
                        .anchors = anchors_argument(arguments.roots, arguments.intermediates),
                        .exceptions = exceptions_argument(arguments.exceptions),
                        .status = status_list(arguments, at)};
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
    const TrustAnchors anchors = anchors_argument(arguments.roots, arguments.intermediates);
    const ChainValidator chains;
    return chains.validate({.leaf = leaf,
                            .intermediates = {},
                            .purpose = *purpose,
                            .exceptions = exceptions_argument(arguments.exceptions),
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
