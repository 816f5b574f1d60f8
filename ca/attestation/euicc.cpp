#include "ca/attestation/euicc.h"

#include "ca/attestation/euicc_chain.h"
#include "ca/attestation/euicc_signed.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"

namespace hallmark {
namespace {

constexpr std::size_t shortest_chain = 2, longest_chain = 3;
constexpr std::size_t challenge_octets = 16, signature_octets = 64;
constexpr std::string_view reason =
    "an eUICC vouches for no key: the challenge alone binds it, with 128 bits";

/// serverChallenge is an Octet16: the nonce's first 16 octets stand for it.
Result<std::string> check_challenge(ByteView carried, const Expected& expected) {
    Expected cut = expected;
    if (cut.nonce && cut.nonce->size() > challenge_octets) cut.nonce->resize(challenge_octets);
    return check_nonce(carried, cut);
}

/// The key that the signed octets bind: the one that the nonce was made of, where it was shown.
/// Nothing else in the evidence speaks of a key.
Bytes bound_key(const Expected& expected, const std::string& freshness) {
    const bool is_bound = freshness == "nonce" && !expected.challenge.empty() && expected.spki;
    return is_bound ? *expected.spki : Bytes();
}

}  // namespace

Result<VerifiedElement> EuiccVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                              const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true},
                                                   {.name = "statement"},
                                                   {.name = "signature"}}));
    const std::vector<Bytes>& chain = evidence.find("chain")->values;
    const Bytes& statement = evidence.find("statement")->values.front();
    const Bytes& signature = evidence.find("signature")->values.front();
    if (chain.size() < shortest_chain || chain.size() > longest_chain) {
        return evidence_refused("member",
                                "chain has " + std::to_string(chain.size()) + " certificates");
    }
    HALLMARK_TRY(euicc, validated_euicc(chain, pin, chains_, now));
    if (signature.size() != signature_octets)
        return evidence_refused("signature", "not of 64 octets");
    if (!verify_signature(euicc.key, SignatureAlgorithm::ecdsa_sha256, statement,
                          ecdsa_der_from_raw(signature))) {
        return evidence_refused("signature", "not by this eUICC");
    }
    HALLMARK_TRY(says, parse_euicc_signed(statement));
    HALLMARK_TRY(freshness, check_challenge(says.challenge, expected));

    Claims claims;
    claims.format = "euicc";
    claims.vendor = pin.vendor.get();
    claims.element_serial = SeSerial(euicc.eid);
    claims.public_key = bound_key(expected, freshness);
    claims.freshness = freshness;
    claims.assurance = Assurance::hw_identity_only;
    claims.anchor = euicc.anchor;
    claims.detail = {{"euicc_firmware", says.firmware},
                     {"eum", euicc.manufacturer},
                     {"reason", std::string(reason)},
                     {"server_address", says.server}};
    return VerifiedElement{.claims = std::move(claims), .element_key = euicc.key.digest()};
}

}  // namespace hallmark
