#include "ca/attestation/eat.h"

#include "ca/attestation/claim_set.h"
#include "ca/attestation/eat_claims.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/signed_token.h"

#include <array>

namespace hallmark {
namespace {

constexpr std::array<std::string_view, 5> debug_states{"enabled", "disabled", "disabled-since-boot",
                                                       "disabled-permanently",
                                                       "disabled-fully-and-permanently"};
constexpr std::int64_t disabled_since_boot = 2;
// RFC 9711 4.3.3: generic, registration, provisioning, csr, pop.
constexpr std::int64_t use_generic = 1, use_provisioning = 3, use_csr = 4;

Result<Done> check_state(const EatClaims& claims) {
    // Off now is not enough: what runs may have been changed while it was on.
    if (claims.debug_status < disabled_since_boot)
        return evidence_refused("debug", "not off since the start");
    if (claims.oem_boot == false)
        return evidence_refused("boot", "not of software that the maker authorised");
    const auto use = claims.intended_use;
    if (use && use != use_generic && use != use_provisioning && use != use_csr)
        return evidence_refused("use", "a token for something else");
    return Done{};
}

/// RFC 8392 3.1.4 and 3.1.5. A device's clock: it can end a token and never make one fresh.
Result<Done> check_time(const EatClaims& claims, Instant now) {
    const auto at = [](std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); };
    if (claims.expires && now >= at(*claims.expires)) return evidence_refused("time", "expired");
    if (claims.not_before && now < at(*claims.not_before))
        return evidence_refused("time", "not yet valid");
    return Done{};
}

/// The one that it confirms, which must be the expected one; else the nonce's.
Result<Bytes> key_of(const EatClaims& said, const Expected& expected) {
    if (!said.confirmed_key) return key_by_nonce(expected);
    HALLMARK_TRY(meant, check_key(*said.confirmed_key, expected));
    return *said.confirmed_key;
}

std::string model_text(const Bytes& model) {
    const std::string_view text = as_text(model);
    return is_short_text(text) ? std::string(text) : "hwmodel:" + to_hex(model);
}

Claims claims_of(const EatClaims& said) {
    Claims claims;
    claims.format = "eat";
    if (said.hardware_model) claims.model = model_text(*said.hardware_model);
    if (said.ueid) claims.element_serial = SeSerial(to_hex(ByteView(*said.ueid).subspan(1)));
    claims.firmware = said.software_version;
    claims.assurance = Assurance::platform_only;
    const auto state = static_cast<std::size_t>(said.debug_status);
    claims.detail = {{"debug_status", std::string(debug_states.at(state))}};
    const auto put = [&](const char* name, const std::optional<std::string>& value) {
        if (value) claims.detail.emplace_back(name, *value);
    };
    put("hardware_version", said.hardware_version);
    put("oem", said.oem);
    put("profile", said.profile);
    put("software", said.software_name);
    return claims;
}

}  // namespace

Result<VerifiedElement> EatVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                            const Expected& expected, Instant now) const {
    HALLMARK_TRY(token,
                 open_token({.evidence = evidence, .pin = pin, .chains = chains_, .now = now}));
    HALLMARK_TRY(said, parse_eat_claims(token.payload));
    HALLMARK_TRY(state, check_state(said));
    HALLMARK_TRY(time, check_time(said, now));
    HALLMARK_TRY(freshness, check_nonce(said.nonce, expected));
    HALLMARK_TRY(key, key_of(said, expected));
    VerifiedElement element{.claims = claims_of(said),
                            .element_key = token.signer.leaf_key.digest()};
    element.claims.vendor = pin.vendor.get();
    element.claims.public_key = std::move(key);
    element.claims.freshness = freshness;
    element.claims.anchor = token.signer.anchor;
    return element;
}

}  // namespace hallmark
