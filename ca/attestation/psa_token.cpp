#include "ca/attestation/psa_token.h"

#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/signed_token.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view common_name = "2.5.4.3";  // RFC 5280 A.1
// RFC 9783 4.3.1: the major state is the upper octet.
constexpr std::int64_t first_secured = 0x3000, last_secured = 0x30FF;
constexpr std::int64_t greatest_client = 0x7FFFFFFF;

/// What Silicon Labs writes into a device's certificate: "EUI:14B457FFFE0F77CE DMS:... S:SE0
/// ID:MCU". A maker's own words may stand before.
struct EngineName {
    Bytes eui;
    bool attests = false;  ///< ID:SE. The key of ID:MCU signs whatever the application gives it.
};

/// nullopt for other makers' certificates.
std::optional<EngineName> engine_name_in(const Certificate& certificate) {
    const auto rdns = parse_name(certificate.subject);
    if (!rdns) return std::nullopt;
    std::optional<EngineName> found;
    for (const auto& rdn : *rdns) {
        for (const NameAttribute& attribute : rdn) {
            if (attribute.type != common_name) continue;
            bool attests = false;
            std::optional<Bytes> eui;
            std::string_view rest = attribute.value;
            while (!rest.empty()) {
                const std::string_view word = rest.substr(0, rest.find(' '));
                rest.remove_prefix(std::min(rest.size(), word.size() + 1));
                if (word == "ID:SE") attests = true;
                if (word.starts_with("EUI:")) eui = from_hex(word.substr(4)).value_or(Bytes());
            }
            if (eui) found = EngineName{.eui = std::move(*eui), .attests = attests};
        }
    }
    return found;
}

Result<Done> check_state(const PsaClaims& claims) {
    // RFC 9783 4.1.2: negative on the side that runs applications, 0 nobody.
    if (claims.client_id <= 0 || claims.client_id > greatest_client)
        return evidence_refused("client", "not of the secure side");
    if (claims.lifecycle < first_secured || claims.lifecycle > last_secured)
        return evidence_refused("lifecycle", "not secured");
    return Done{};
}

Result<Done> check_instance(const PsaClaims& claims, const std::optional<EngineName>& name) {
    if (name && !name->attests)
        return evidence_refused("certificate", "not of a secure engine's attestation key");
    const ByteView id = claims.instance_id;
    if (id.size() == 9 && !(name && equal(name->eui, id.subspan(1))))
        return evidence_refused("instance", "not the one in the certificate");
    return Done{};
}

/// The version of the one component that is the root of trust's updatable part.
std::optional<std::string> firmware_of(const PsaClaims& claims) {
    std::optional<std::string> version;
    bool seen = false;
    for (const PsaSoftware& each : claims.software) {
        if (each.type != "PRoT") continue;
        if (seen) return std::nullopt;
        seen = true;
        version = each.version;
    }
    return version;
}

std::string said_of(const PsaSoftware& software) {
    return software.type.value_or("?") + " " + software.version.value_or("?") + " " +
           to_hex(software.measurement);
}

std::string lifecycle_text(std::int64_t lifecycle) {
    const Bytes octets{static_cast<unsigned char>(lifecycle >> 8),
                       static_cast<unsigned char>(lifecycle)};
    return "0x" + to_hex(octets);
}

Claims claims_of(const PsaClaims& said, const std::optional<EngineName>& name) {
    Claims claims;
    claims.format = "psa-token";
    claims.model = "implementation:" + to_hex(said.implementation_id);
    claims.element_serial = SeSerial(to_hex(ByteView(said.instance_id).subspan(1)));
    claims.firmware = firmware_of(said);
    claims.lifecycle = "secured";
    claims.detail = {{"client_id", std::to_string(said.client_id)},
                     {"lifecycle", lifecycle_text(said.lifecycle)},
                     {"profile", std::string(name_of(said.profile))}};
    if (said.certification_reference)
        claims.detail.emplace_back("certification_reference", *said.certification_reference);
    if (name) claims.detail.emplace_back("eui", to_hex(name->eui));
    for (std::size_t i = 0; i < said.software.size(); ++i)
        claims.detail.emplace_back("software_" + std::to_string(i + 1), said_of(said.software[i]));
    return claims;
}

/// Where the caller is trusted to keep the keys that it asks about.
void attest_key(Claims& claims) {
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.assurance = Assurance::hw_key_attested;
}

}  // namespace

Result<VerifiedElement> PsaTokenVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected, Instant now) const {
    HALLMARK_TRY(token,
                 open_token({.evidence = evidence, .pin = pin, .chains = chains_, .now = now}));
    HALLMARK_TRY(said, parse_psa_claims(token.payload));
    HALLMARK_TRY(state, check_state(said));
    const auto name = engine_name_in(token.signer.leaf);
    HALLMARK_TRY(instance, check_instance(said, name));
    HALLMARK_TRY(freshness, check_nonce(said.nonce, expected));
    HALLMARK_TRY(key, key_by_nonce(expected));
    VerifiedElement element{.claims = claims_of(said, name),
                            .element_key = token.signer.leaf_key.digest()};
    Claims& claims = element.claims;
    claims.vendor = pin.vendor.get();
    claims.public_key = std::move(key);
    claims.freshness = freshness;
    claims.assurance = Assurance::platform_only;
    claims.anchor = token.signer.anchor;
    const bool is_trusted =
        std::any_of(key_callers_.begin(), key_callers_.end(), [&](const PsaKeyCaller& caller) {
            return caller.vendor == pin.vendor && caller.profile == said.profile &&
                   caller.client_id == said.client_id;
        });
    if (is_trusted && !claims.public_key.empty()) attest_key(claims);
    return element;
}

}  // namespace hallmark
