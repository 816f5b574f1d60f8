// One piece of TPM evidence with everything a verifier is told beside it. A recipe says how it is
// made before anything is signed; a scene is what came of it, to be spoilt afterwards.
#pragma once

#include "ca/attestation/family.h"
#include "ca/attestation/tpm2.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_tpm.h"

#include <functional>
#include <string>
#include <vector>

namespace hallmark::testing {

struct Recipe {
    SoftKeyKind ek = SoftKeyKind::ec_p256;
    SoftKeyKind ak = SoftKeyKind::ec_p256;
    SoftKeyKind leaf = SoftKeyKind::ec_p256;
    SoftCertificate certificate;
    SoftTemplate ak_fields = soft_ak_template(SoftKeyKind::ec_p256);
    SoftTemplate leaf_fields;
    std::function<void(SoftAttest&)> attest;  ///< Changes what is signed.
    bool creation = false;
    bool ak_certificate = false;  ///< ak_chain instead of ek_chain and activation.

    void use_ak(SoftKeyKind kind) {
        ak = kind;
        ak_fields = soft_ak_template(kind);
    }
};

struct Scene {
    Evidence evidence;
    VendorPin pin;
    Expected expected;
    Instant now = from_rfc3339("2026-11-23T12:00:00Z").value();
    SoftObject ak;
    SoftObject leaf;

    [[nodiscard]] Bytes& value(std::string_view name) {
        for (EvidenceMember& member : evidence.members) {
            if (member.name == name) return member.values.front();
        }
        throw std::logic_error("no such member");
    }
    void drop(std::string_view name) {
        std::erase_if(evidence.members, [&](const EvidenceMember& m) { return m.name == name; });
    }
    void add(std::string name, Bytes octets) {
        evidence.members.push_back({std::move(name), {std::move(octets)}, false});
    }
    /// The proof as the station would make it from what stands in the scene now.
    void renew_activation(ByteView secret) {
        const Bytes proof = activation_proof(secret, {.challenge = expected.challenge,
                                                      .ek_certificate = *expected.ek_certificate,
                                                      .ak_name = *expected.ak_name,
                                                      .attest = sha256(value("attest")),
                                                      .csr = expected.csr_sha256});
        drop("activation");
        add("activation", proof);
    }
};

/// One maker for a whole test program: its name in the table is "stm".
[[nodiscard]] inline const SoftVendor& stm() {
    static const SoftVendor vendor("STM");
    return vendor;
}

[[nodiscard]] inline VendorPin pin_of(const SoftVendor& vendor, std::string_view slug) {
    return {.vendor = VendorId(std::string(slug)),
            .format = "tpm2",
            .anchors = {.roots = {vendor.root()}, .intermediates = {}},
            .exceptions = {}};
}

[[nodiscard]] inline SoftStatement statement_of(const Recipe& recipe, const Scene& scene) {
    SoftStatement statement =
        recipe.creation ? soft_certify_creation(scene.ak, scene.leaf, *scene.expected.nonce)
                        : soft_certify(scene.ak, scene.leaf, *scene.expected.nonce);
    if (!recipe.attest) return statement;
    SoftAttest attest = soft_certify_attest(scene.ak, scene.leaf, *scene.expected.nonce);
    if (recipe.creation) {
        attest.type = 0x801A;
        attest.qualified_name_or_hash =
            hash(HashAlgorithm::sha256, ByteView(statement.creation_data).subspan(2));
    }
    recipe.attest(attest);
    statement.attest = attest.bytes();
    statement.signature = soft_sign(scene.ak, statement.attest);
    return statement;
}

[[nodiscard]] inline Scene make_scene(const Recipe& recipe = {}) {
    Scene scene;
    scene.pin = pin_of(stm(), "stm");
    scene.ak = soft_object(recipe.ak, recipe.ak_fields, 1);
    scene.leaf = soft_object(recipe.leaf, recipe.leaf_fields, 2);
    const SoftTpm tpm(stm(), recipe.ek, recipe.certificate);

    scene.expected.challenge = random_bytes(32);
    scene.expected.spki = scene.leaf.spki();
    scene.expected.csr_sha256 = sha256(soft_csr(scene.leaf.key.get()));
    scene.expected.nonce = challenge_nonce("factory", scene.expected.challenge, scene.leaf.spki());
    scene.expected.ak_name = scene.ak.name();
    const SoftStatement statement = statement_of(recipe, scene);

    scene.evidence.format = "tpm2";
    scene.add("ak_public", scene.ak.public_area());
    scene.add("key_public", scene.leaf.public_area());
    scene.add("attest", statement.attest);
    scene.add("signature", statement.signature);
    if (recipe.creation) scene.add("creation_data", statement.creation_data);
    if (recipe.ak_certificate) {
        scene.evidence.members.push_back(
            {"ak_chain",
             {stm().certify(scene.ak.spki(), recipe.certificate), stm().intermediate()},
             true});
        return scene;
    }
    scene.evidence.members.push_back({"ek_chain", tpm.ek_chain(), true});
    scene.expected.ek_certificate = sha256(tpm.ek_chain().front());
    scene.expected.activation_secret = random_bytes(32);
    scene.renew_activation(*scene.expected.activation_secret);
    return scene;
}

[[nodiscard]] inline Result<VerifiedElement> judge(const Scene& scene) {
    static const ChainValidator chains;
    return Tpm2Verifier(chains).verify(scene.evidence, scene.pin, scene.expected, scene.now);
}

}  // namespace hallmark::testing
