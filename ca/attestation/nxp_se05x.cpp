#include "ca/attestation/nxp_se05x.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/element_certificate.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/nxp_se05x_apdu.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t random_octets = 16;
constexpr std::string_view attestation_name = "Attest-";
constexpr unsigned char ecdsa_sha256 = 0x21;

constexpr unsigned char no_authentication = 1;
constexpr unsigned char external = 1, internal = 2, provisioned = 3;  // Origins.

// Access rules. What else there is serves other kinds of objects, or lets the key go.
constexpr std::uint32_t forbid_all = 0x2000'0000, sign = 0x1000'0000,
                        verify_signatures = 0x0800'0000, agree = 0x0400'0000, read = 0x0020'0000,
                        write = 0x0010'0000, generate = 0x0008'0000, remove = 0x0004'0000,
                        require_secure_messaging = 0x0002'0000, import_export = 0x0000'1000;
constexpr std::uint32_t harmless =
    sign | verify_signatures | agree | read | generate | remove | require_secure_messaging;

struct KeyPairType {
    unsigned char type;
    KeyAlgorithm curve;
    bool since_lengths;  ///< Taken from applet 7.2 on alone.
};
constexpr KeyPairType key_pairs[] = {{0x01, KeyAlgorithm::ec_p256, false},
                                     {0x29, KeyAlgorithm::ec_p256, true},
                                     {0x01, KeyAlgorithm::ec_p384, true},
                                     {0x2D, KeyAlgorithm::ec_p384, true}};

Result<AppletVersion> applet_in(ByteView octets) {
    if (octets.size() != 3) return evidence_refused("applet", "not three octets");
    const AppletVersion applet{octets[0], octets[1], octets[2]};
    if (applet.major < 3 || applet.major > 7)
        return evidence_refused("applet", "not a version that is known");
    return applet;
}

/// Named after its chip, as NXP names certificates of attestation keys. Other keys that it put into
/// a chip sign whatever the host asks for.
Result<Done> check_chip(const Certificate& certificate, ByteView chip) {
    const auto name = sole_attribute(certificate.subject, common_name_oid);
    if (!name || !name->starts_with(attestation_name))
        return evidence_refused("certificate", "not named as an attestation key's");
    if (name->substr(attestation_name.size()) != upper_hex(chip))
        return evidence_refused("chip", "not the certificate's");
    return Done{};
}

Result<Done> check_origin(unsigned char origin) {
    if (origin == internal) return Done{};
    if (origin == external) return evidence_refused("key", "imported");
    if (origin == provisioned) return evidence_refused("key", "put there by its maker");
    return evidence_refused("key", "its origin is unknown");
}

/// What anybody may do with the key, whoever he is; answers who may sign.
Result<std::vector<std::uint32_t>> check_rights(const std::vector<Se05xPolicy>& policies) {
    if (policies.empty()) return evidence_refused("key", "no policy of its own");
    std::vector<std::uint32_t> signers;
    for (const Se05xPolicy& policy : policies) {
        if (policy.rights == forbid_all) continue;
        if ((policy.rights & write) != 0) return evidence_refused("key", "may be written");
        if ((policy.rights & import_export) != 0) return evidence_refused("key", "may be exported");
        if (policy.rights == 0 || (policy.rights & ~harmless) != 0)
            return evidence_refused("key", "a right that is not taken");
        if ((policy.rights & sign) != 0) signers.push_back(policy.who);
    }
    if (signers.empty()) return evidence_refused("key", "not for signing");
    return signers;
}

/// The point as a key on the curve that the object's type and the point's length say.
Result<PublicKey> key_in(ByteView point, unsigned char type, const AppletVersion& applet) {
    for (const KeyPairType& pair : key_pairs) {
        const std::size_t width = pair.curve == KeyAlgorithm::ec_p256 ? 32 : 48;
        if (pair.type != type || point.size() != 1 + 2 * width) continue;
        if (pair.since_lengths && applet < first_se05x_with_lengths) continue;
        if (point.front() != 0x04) return evidence_refused("key", "not an uncompressed point");
        auto key = ec_public_key(pair.curve, point.subspan(1, width), point.last(width));
        if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
        return std::move(*key);
    }
    return evidence_refused("key", "not a key pair that is taken");
}

/// An SE05x takes 16 octets: the nonce's first.
Result<std::string> check_short_nonce(const Se05xCommand& command, const Se05xResponse& response,
                                      const Expected& expected) {
    if (!response.random.empty() && response.random != command.random)
        return evidence_refused("nonce", "the response's is not the command's");
    Expected asked;
    asked.nonce = expected.nonce;
    if (asked.nonce && asked.nonce->size() > random_octets) asked.nonce->resize(random_octets);
    return check_nonce(command.random, asked);
}

}  // namespace

Result<VerifiedElement> NxpSe05xVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true},
                                                   {.name = "command"},
                                                   {.name = "response"},
                                                   {.name = "applet_version"}}));
    HALLMARK_TRY(applet, applet_in(evidence.find("applet_version")->values.front()));
    HALLMARK_TRY(signer, validated_element(evidence.find("chain")->values, pin, chains_, now));
    if (signer.leaf_key.algorithm() != KeyAlgorithm::ec_p256)
        return evidence_refused("certificate", "its key is not on P-256");
    const Bytes& command_octets = evidence.find("command")->values.front();
    HALLMARK_TRY(command, parse_se05x_command(command_octets));
    HALLMARK_TRY(response, parse_se05x_response(evidence.find("response")->values.front(),
                                                command_octets, applet));
    if (command.algorithm != ecdsa_sha256)
        return evidence_refused("command", "another algorithm than ECDSA with SHA-256");
    if (!verify_signature(signer.leaf_key, SignatureAlgorithm::ecdsa_sha256, response.tbs,
                          response.signature))
        return evidence_refused("signature", "not by the attestation key");
    HALLMARK_TRY(chip, check_chip(signer.leaf, response.chip));

    HALLMARK_TRY(object, parse_se05x_attributes(response.attributes, applet));
    if (object.object != command.object)
        return evidence_refused("key", "not the object that was asked for");
    HALLMARK_TRY(key, key_in(response.data, object.type, applet));
    if (object.authentication != no_authentication)
        return evidence_refused("key", "opens sessions");
    HALLMARK_TRY(made, check_origin(object.origin));
    HALLMARK_TRY(signers, check_rights(object.policies));
    HALLMARK_TRY(meant, check_key(key.spki(), expected));
    HALLMARK_TRY(freshness, check_short_nonce(command, response, expected));

    Claims claims;
    claims.format = "nxp-se05x";
    claims.vendor = pin.vendor.get();
    claims.element_serial = SeSerial(upper_hex(response.chip));
    claims.public_key = key.spki();
    claims.freshness = freshness;
    claims.anchor = signer.anchor;
    const bool open = std::find(signers.begin(), signers.end(), 0u) != signers.end();
    claims.detail = {{"signing", open ? "open" : "authenticated"}};
    if (applet >= first_se05x_with_lengths) {
        claims.origin = "generated";
        claims.exportable = false;
        claims.usage = {"sign"};
        claims.assurance = Assurance::hw_key_attested;
    } else {
        claims.assurance = Assurance::hw_identity_only;
        claims.detail.emplace_back("reason", "the applet signs what its I2C bus gives alike");
    }
    return VerifiedElement{.claims = std::move(claims), .element_key = signer.leaf_key.digest()};
}

}  // namespace hallmark
