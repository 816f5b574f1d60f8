#include "station/tpm_element.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/hash.h"
#include "station/files.h"
#include "station/protocol_proofs.h"
#include "station/simulator/tcg_csr.h"
#include "station/tpm_keys.h"
#include "station/tpm_nv.h"

#include <algorithm>

namespace hallmark {
namespace {

struct Endorsement {
    const EkKind* kind = nullptr;
    Certificate certificate;
};

Certificate parsed(const Bytes& der) {
    auto certificate = parse_certificate(der);
    if (!certificate)
        throw ElementFault("the EK certificate cannot be read: " + certificate.error().detail);
    return *certificate;
}

std::vector<Endorsement> endorsements(const TpmConnection& tpm) {
    std::vector<Endorsement> found;
    for (const EkKind& kind : ek_kinds()) {
        if (const auto der = certificate_at(tpm, kind.certificate))
            found.push_back({&kind, parsed(*der)});
    }
    if (found.empty()) throw ElementFault("the TPM has no EK certificate in NV");
    return found;
}

Endorsement chosen_endorsement(const TpmConnection& tpm, const std::string& wanted) {
    for (Endorsement& candidate : endorsements(tpm)) {
        if (wanted.empty() || wanted == candidate.kind->name) return std::move(candidate);
    }
    throw ElementFault("the TPM has no EK certificate of the kind " + wanted);
}

const Bytes& member(const ReceivedChallenge& answer, std::string_view name) {
    for (const EvidenceMember& candidate : answer.members) {
        if (candidate.name == name && !candidate.is_list && candidate.values.size() == 1)
            return candidate.values[0];
    }
    throw ElementFault("the challenge lacks " + std::string(name));
}

class TpmElement final : public SecureElement {
public:
    explicit TpmElement(TpmOptions options)
        : options_(std::move(options)),
          tpm_(options_.tcti),
          endorsement_(chosen_endorsement(tpm_, options_.ek)) {
        // Proved once at the start: the certificate is of the key that is in this TPM.
        const EndorsementKey proved(tpm_, *endorsement_.kind, endorsement_.certificate.spki);
    }

    std::string_view format() const noexcept override { return options_.format; }

    std::string identity() override {
        return to_hex(ByteView(sha256(endorsement_.certificate.spki)));
    }

    std::vector<EvidenceMember> introduce() override {
        return {ek_chain(), single("ak_public", marshal_public(make_ak(tpm_).area))};
    }

    std::optional<Bytes> leaf() override {
        if (!has_handle(tpm_, options_.key_handle)) return std::nullopt;
        return public_key_of(leaf_area()).spki();
    }

    Bytes make_leaf() override {
        keep_new_leaf(tpm_, options_.key_handle);
        return public_key_of(leaf_area()).spki();
    }

    void drop_leaf() override { evict(tpm_, options_.key_handle); }

    Evidence attest(const ReceivedChallenge& answer) override {
        const TpmKey ak = make_ak(tpm_);
        // Read first: two references to one handle share a record, and the one that goes takes it.
        const Bytes leaf_public = marshal_public(leaf_area());
        const Reference leaf(tpm_, options_.key_handle);
        const Certified certified = certify(tpm_, leaf.get(), ak, answer.nonce);
        Evidence evidence{.format = options_.format, .members = {}};
        if (options_.format == "tcg-csr-idevid") {
            evidence.members.push_back(
                single("csr", request(ak, {leaf.get(), leaf_public}, certified)));
        } else {
            evidence.members.push_back(ek_chain());
            evidence.members.push_back(single("ak_public", marshal_public(ak.area)));
            evidence.members.push_back(single("key_public", leaf_public));
            evidence.members.push_back(single("attest", certified.attest));
            evidence.members.push_back(single("signature", certified.signature));
        }
        evidence.members.push_back(single("activation", activation(answer, ak, certified.attest)));
        return evidence;
    }

    Bytes sign(ByteView message) override {
        const Reference key(tpm_, options_.key_handle);
        return sign_digest(tpm_, key.get(), sha256(message));
    }

    Bytes install(ByteView certificate_der) override {
        if (options_.certificate_file.empty()) {
            write_nv(tpm_, options_.certificate_index, certificate_der);
            return read_nv(tpm_, options_.certificate_index);
        }
        replace_file(options_.certificate_file, to_pem(certificate_der, "CERTIFICATE"));
        auto read_back = parse_pem(read_file(options_.certificate_file), "CERTIFICATE", 1);
        if (!read_back || read_back->size() != 1)
            throw ElementFault("the certificate does not read back");
        return read_back->front();
    }

private:
    static EvidenceMember single(std::string name, Bytes value) {
        return {.name = std::move(name), .values = {std::move(value)}, .is_list = false};
    }

    EvidenceMember ek_chain() {
        EvidenceMember chain{
            .name = "ek_chain", .values = {endorsement_.certificate.der}, .is_list = true};
        const std::vector<Bytes> issuers =
            options_.ek_issuers.empty() ? issuers_in_nv(tpm_) : options_.ek_issuers;
        chain.values.insert(chain.values.end(), issuers.begin(), issuers.end());
        return chain;
    }

    TPM2B_PUBLIC leaf_area() {
        const Reference key(tpm_, options_.key_handle);
        TPM2B_PUBLIC area = read_public(tpm_, key.get());
        // What is in the leaf's place is either ours or nothing that this line may touch.
        if (area.publicArea.objectAttributes != leaf_template().publicArea.objectAttributes) {
            throw ElementFault("the key at the leaf's handle is not one that this station makes");
        }
        return area;
    }

    struct Leaf {
        ESYS_TR handle;
        const Bytes& area;
    };
    /// TCG-CSR-IDEVID: the attestation key as IAK, the leaf key as IDevID.
    Bytes request(const TpmKey& ak, const Leaf& leaf, const Certified& certified) {
        const Certified of_itself = certify_itself(tpm_, ak);
        TcgCsrContents contents;
        contents.product_model = options_.product;
        contents.product_serial = identity();
        contents.ek_certificate = endorsement_.certificate.der;
        contents.attest_public = marshal_public(ak.area);
        contents.creation_ticket = marshal_ticket(ak);
        contents.attest_certify_info = of_itself.attest;
        contents.attest_certify_signature = of_itself.signature;
        contents.signing_public = leaf.area;
        contents.signing_certify_info = certified.attest;
        contents.signing_certify_signature = certified.signature;
        TcgCsrRequest made;
        made.contents = contents.bytes();
        made.signature = sign_digest_as_tpm(tpm_, leaf.handle, sha256(made.contents));
        return made.bytes();
    }

    Bytes activation(const ReceivedChallenge& answer, const TpmKey& ak, const Bytes& attest) {
        const EndorsementKey ek(tpm_, *endorsement_.kind, endorsement_.certificate.spki);
        const Secret secret = activate(
            tpm_, *endorsement_.kind, ek, ak,
            {.blob = member(answer, "credential_blob"), .secret = member(answer, "secret")});
        return activation_for({.secret = as_bytes(secret.reveal()),
                               .challenge = answer.challenge,
                               .ek_certificate = endorsement_.certificate.der,
                               .ak_name = tpm_name(ak.area),
                               .attest = attest,
                               .csr = answer.csr});
    }

    TpmOptions options_;
    TpmConnection tpm_;
    Endorsement endorsement_;
};

}  // namespace

std::unique_ptr<SecureElement> open_tpm(TpmOptions options) {
    return std::make_unique<TpmElement>(std::move(options));
}

std::vector<Bytes> endorsement_keys(const std::string& tcti) {
    const TpmConnection tpm(tcti);
    std::vector<Bytes> keys;
    for (const Endorsement& endorsement : endorsements(tpm)) {
        const EndorsementKey proved(tpm, *endorsement.kind, endorsement.certificate.spki);
        keys.push_back(endorsement.certificate.spki);
    }
    return keys;
}

}  // namespace hallmark
