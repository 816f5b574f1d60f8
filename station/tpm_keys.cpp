#include "station/tpm_keys.h"

#include <algorithm>

#include <tss2/tss2_mu.h>

namespace hallmark {
namespace {

TpmKey make_primary(const TpmConnection& tpm, ESYS_TR hierarchy, const TPM2B_PUBLIC& area) {
    const TPM2B_SENSITIVE_CREATE sensitive{};
    const TPM2B_DATA outside{};
    const TPML_PCR_SELECTION no_pcrs{};
    ESYS_TR handle = ESYS_TR_NONE;
    EsysPtr<TPM2B_PUBLIC> made;
    EsysPtr<TPM2B_CREATION_DATA> creation;
    EsysPtr<TPM2B_DIGEST> creation_hash;
    EsysPtr<TPMT_TK_CREATION> ticket;
    check_tpm(Esys_CreatePrimary(tpm.get(), hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                 &sensitive, &area, &outside, &no_pcrs, &handle, out(made),
                                 out(creation), out(creation_hash), out(ticket)),
              "TPM2_CreatePrimary");
    return TpmKey{Loaded(tpm, handle), *made, *creation_hash, *ticket};
}

/// The policy of the L templates: PolicySecret of the endorsement hierarchy (EK Credential Profile
/// B.6.2).
Loaded endorsement_session(const TpmConnection& tpm) {
    TPMT_SYM_DEF none{};
    none.algorithm = TPM2_ALG_NULL;
    ESYS_TR handle = ESYS_TR_NONE;
    check_tpm(Esys_StartAuthSession(tpm.get(), ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                    ESYS_TR_NONE, ESYS_TR_NONE, nullptr, TPM2_SE_POLICY, &none,
                                    TPM2_ALG_SHA256, &handle),
              "TPM2_StartAuthSession");
    Loaded session(tpm, handle);
    const TPM2B_NONCE no_nonce{};
    const TPM2B_DIGEST no_parameters{};
    EsysPtr<TPM2B_TIMEOUT> timeout;
    EsysPtr<TPMT_TK_AUTH> ticket;
    check_tpm(Esys_PolicySecret(tpm.get(), ESYS_TR_RH_ENDORSEMENT, handle, ESYS_TR_PASSWORD,
                                ESYS_TR_NONE, ESYS_TR_NONE, &no_nonce, &no_parameters, &no_nonce, 0,
                                out(timeout), out(ticket)),
              "TPM2_PolicySecret");
    return session;
}

Bytes marshal_signature(const TPMT_SIGNATURE& signature) {
    Bytes marshalled(sizeof(TPMT_SIGNATURE));
    std::size_t used = 0;
    check_tpm(
        Tss2_MU_TPMT_SIGNATURE_Marshal(&signature, marshalled.data(), marshalled.size(), &used),
        "marshal TPMT_SIGNATURE");
    marshalled.resize(used);
    return marshalled;
}

Certified certified(const TPM2B_ATTEST& attest, const TPMT_SIGNATURE& signature) {
    return {Bytes(attest.attestationData, attest.attestationData + attest.size),
            marshal_signature(signature)};
}

/// ECDSA P-256 by a key without a scheme of its own.
EsysPtr<TPMT_SIGNATURE> sign(const TpmConnection& tpm, ESYS_TR key, const Digest& digest) {
    TPM2B_DIGEST hashed{};
    hashed.size = static_cast<UINT16>(digest.size());
    std::ranges::copy(digest, hashed.buffer);
    TPMT_SIG_SCHEME scheme{};
    scheme.scheme = TPM2_ALG_ECDSA;
    scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
    // Part 3, 20.2: an unrestricted key needs no ticket; the null ticket stands for none.
    TPMT_TK_HASHCHECK no_ticket{};
    no_ticket.tag = TPM2_ST_HASHCHECK;
    no_ticket.hierarchy = TPM2_RH_NULL;
    EsysPtr<TPMT_SIGNATURE> signature;
    check_tpm(Esys_Sign(tpm.get(), key, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &hashed,
                        &scheme, &no_ticket, out(signature)),
              "TPM2_Sign");
    return signature;
}

Bytes der_signature(const TPMT_SIGNATURE& signature) {
    if (signature.sigAlg != TPM2_ALG_ECDSA)
        throw ElementFault("the TPM signed by an unexpected algorithm");
    const TPMS_SIGNATURE_ECC& ecdsa = signature.signature.ecdsa;
    return ecdsa_der_from_integers(ByteView(ecdsa.signatureR.buffer, ecdsa.signatureR.size),
                                   ByteView(ecdsa.signatureS.buffer, ecdsa.signatureS.size));
}

}  // namespace

TPM2B_PUBLIC read_public(const TpmConnection& tpm, ESYS_TR key) {
    EsysPtr<TPM2B_PUBLIC> area;
    EsysPtr<TPM2B_NAME> name;
    EsysPtr<TPM2B_NAME> qualified;
    check_tpm(Esys_ReadPublic(tpm.get(), key, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, out(area),
                              out(name), out(qualified)),
              "TPM2_ReadPublic");
    return *area;
}

EndorsementKey::EndorsementKey(const TpmConnection& tpm, const EkKind& kind,
                               ByteView certificate_spki) {
    const auto certified = [&](const TPM2B_PUBLIC& area) {
        return equal(public_key_of(area).spki(), certificate_spki);
    };
    if (has_handle(tpm, kind.persistent)) {
        persistent_.emplace(tpm, kind.persistent);
        if (certified(read_public(tpm, persistent_->get()))) return;
        persistent_.reset();  // Somebody else's key is there; the template decides.
    }
    made_.emplace(make_primary(tpm, ESYS_TR_RH_ENDORSEMENT, ek_template(kind)));
    if (!certified(made_->area))
        throw ElementFault("the EK certificate in NV is not for this TPM's EK");
}

ESYS_TR EndorsementKey::get() const noexcept {
    return persistent_ ? persistent_->get() : made_->loaded.get();
}

TpmKey make_ak(const TpmConnection& tpm) {
    return make_primary(tpm, ESYS_TR_RH_ENDORSEMENT, ak_template());
}

Secret activate(const TpmConnection& tpm, const EkKind& kind, const EndorsementKey& ek,
                const TpmKey& ak, const Credential& credential) {
    TPM2B_ID_OBJECT blob{};
    TPM2B_ENCRYPTED_SECRET secret{};
    std::size_t blob_used = 0;
    std::size_t secret_used = 0;
    check_tpm(Tss2_MU_TPM2B_ID_OBJECT_Unmarshal(credential.blob.data(), credential.blob.size(),
                                                &blob_used, &blob),
              "the challenge's credential_blob");
    check_tpm(Tss2_MU_TPM2B_ENCRYPTED_SECRET_Unmarshal(
                  credential.secret.data(), credential.secret.size(), &secret_used, &secret),
              "the challenge's secret");
    if (blob_used != credential.blob.size() || secret_used != credential.secret.size()) {
        throw ElementFault("the challenge's credential has trailing bytes");
    }
    std::optional<Loaded> session;
    if (kind.needs_policy()) session.emplace(endorsement_session(tpm));
    EsysPtr<TPM2B_DIGEST> opened;
    check_tpm(Esys_ActivateCredential(tpm.get(), ak.loaded.get(), ek.get(), ESYS_TR_PASSWORD,
                                      session ? session->get() : ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                      &blob, &secret, out(opened)),
              "TPM2_ActivateCredential");
    Secret activated(std::string(opened->buffer, opened->buffer + opened->size));
    // Volatile: nobody reads it again, and yet it must go before the memory is given back.
    volatile BYTE* cursor = opened->buffer;
    for (UINT16 i = 0; i < opened->size; ++i)
        cursor[i] = 0;
    return activated;
}

Certified certify(const TpmConnection& tpm, ESYS_TR key, const TpmKey& ak, ByteView nonce) {
    TPM2B_DATA qualifying{};
    if (nonce.size() > sizeof qualifying.buffer)
        throw ElementFault("the nonce does not fit TPM2_Certify");
    qualifying.size = static_cast<UINT16>(nonce.size());
    std::ranges::copy(nonce, qualifying.buffer);
    TPMT_SIG_SCHEME of_the_key{};
    of_the_key.scheme = TPM2_ALG_NULL;
    EsysPtr<TPM2B_ATTEST> attest;
    EsysPtr<TPMT_SIGNATURE> signature;
    check_tpm(Esys_Certify(tpm.get(), key, ak.loaded.get(), ESYS_TR_PASSWORD, ESYS_TR_PASSWORD,
                           ESYS_TR_NONE, &qualifying, &of_the_key, out(attest), out(signature)),
              "TPM2_Certify");
    return certified(*attest, *signature);
}

Certified certify_itself(const TpmConnection& tpm, const TpmKey& ak) {
    const TPM2B_DATA nothing{};
    TPMT_SIG_SCHEME of_the_key{};
    of_the_key.scheme = TPM2_ALG_NULL;
    EsysPtr<TPM2B_ATTEST> attest;
    EsysPtr<TPMT_SIGNATURE> signature;
    check_tpm(Esys_CertifyCreation(tpm.get(), ak.loaded.get(), ak.loaded.get(), ESYS_TR_PASSWORD,
                                   ESYS_TR_NONE, ESYS_TR_NONE, &nothing, &ak.creation_hash,
                                   &of_the_key, &ak.ticket, out(attest), out(signature)),
              "TPM2_CertifyCreation");
    return certified(*attest, *signature);
}

Bytes marshal_ticket(const TpmKey& key) {
    Bytes marshalled(sizeof(TPMT_TK_CREATION));
    std::size_t used = 0;
    check_tpm(
        Tss2_MU_TPMT_TK_CREATION_Marshal(&key.ticket, marshalled.data(), marshalled.size(), &used),
        "marshal TPMT_TK_CREATION");
    marshalled.resize(used);
    return marshalled;
}

void keep_new_leaf(const TpmConnection& tpm, TPM2_HANDLE handle) {
    // Asked first, so that a taken place costs no key.
    if (has_handle(tpm, handle)) throw ElementFault("the leaf key's place is taken");
    const TpmKey root = make_primary(tpm, ESYS_TR_RH_OWNER, srk_template());
    const TPM2B_SENSITIVE_CREATE sensitive{};
    const TPM2B_DATA outside{};
    const TPML_PCR_SELECTION no_pcrs{};
    const TPM2B_PUBLIC area = leaf_template();
    EsysPtr<TPM2B_PRIVATE> wrapped;
    EsysPtr<TPM2B_PUBLIC> made;
    EsysPtr<TPM2B_CREATION_DATA> creation;
    EsysPtr<TPM2B_DIGEST> creation_hash;
    EsysPtr<TPMT_TK_CREATION> ticket;
    check_tpm(Esys_Create(tpm.get(), root.loaded.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE,
                          ESYS_TR_NONE, &sensitive, &area, &outside, &no_pcrs, out(wrapped),
                          out(made), out(creation), out(creation_hash), out(ticket)),
              "TPM2_Create");
    ESYS_TR loaded = ESYS_TR_NONE;
    check_tpm(Esys_Load(tpm.get(), root.loaded.get(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                        wrapped.get(), made.get(), &loaded),
              "TPM2_Load");
    const Loaded leaf(tpm, loaded);
    ESYS_TR kept = ESYS_TR_NONE;
    check_tpm(Esys_EvictControl(tpm.get(), ESYS_TR_RH_OWNER, leaf.get(), ESYS_TR_PASSWORD,
                                ESYS_TR_NONE, ESYS_TR_NONE, handle, &kept),
              "TPM2_EvictControl");
    Esys_TR_Close(tpm.get(), &kept);
}

void evict(const TpmConnection& tpm, TPM2_HANDLE handle) {
    // Still closed at the end: ESYS may count its record twice, and one left behind would bear the
    // old key's Name when the handle is used again.
    const Reference key(tpm, handle);
    ESYS_TR gone = ESYS_TR_NONE;
    check_tpm(Esys_EvictControl(tpm.get(), ESYS_TR_RH_OWNER, key.get(), ESYS_TR_PASSWORD,
                                ESYS_TR_NONE, ESYS_TR_NONE, handle, &gone),
              "TPM2_EvictControl");
}

Bytes sign_digest(const TpmConnection& tpm, ESYS_TR key, const Digest& digest) {
    return der_signature(*sign(tpm, key, digest));
}

Bytes sign_digest_as_tpm(const TpmConnection& tpm, ESYS_TR key, const Digest& digest) {
    return marshal_signature(*sign(tpm, key, digest));
}

}  // namespace hallmark
