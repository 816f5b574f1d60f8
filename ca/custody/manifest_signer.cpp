#include "ca/custody/manifest_signer.h"

#include "ca/crypto/hash.h"

namespace hallmark {

namespace {

Refusal bad(std::string what) {
    return {Reason::invalid_document, "manifest signer: " + std::move(what)};
}

const Bytes* find(const std::vector<Bytes>& certificates, const Digest& wanted) {
    for (const Bytes& certificate : certificates) {
        if (sha256(certificate) == wanted) return &certificate;
    }
    return nullptr;
}

Result<Done> check_chain(const Bytes& signer, const PinnedVendor& pin, const ChainValidator& chains,
                         Instant now) {
    const auto chain = chains.validate(ChainRequest{.leaf = signer,
                                                    .intermediates = {},
                                                    .purpose = Purpose::any,
                                                    .exceptions = pin.exceptions,
                                                    .at = now,
                                                    .limits = {}},
                                       pin.anchors);
    if (!chain) return bad(chain.error().detail);
    return Done{};
}

Result<ManifestSigner> judge(const Bytes& der, Instant now) {
    auto certificate = parse_certificate(der);
    if (!certificate) return bad(certificate.error().detail);
    if (now < certificate->not_before || now > certificate->not_after) return bad("not valid now");
    const auto usage = certificate->key_usage();
    if (usage && !usage->has(KeyUsage::digital_signature)) return bad("may not sign documents");
    auto key = parse_public_key(certificate->spki);
    if (!key) return bad(key.error().detail);
    return ManifestSigner{std::move(*certificate), std::move(*key)};
}

}  // namespace

Result<ManifestSigner> find_manifest_signer(const SignerRequest& request,
                                            const ChainValidator& chains) {
    for (const PinnedVendor& pin : request.pins) {
        if (const Bytes* pinned = find(pin.anchors.roots, request.certificate_sha256)) {
            return judge(*pinned, request.now);
        }
        if (const Bytes* signer = find(pin.anchors.intermediates, request.certificate_sha256)) {
            HALLMARK_TRY(chained, check_chain(*signer, pin, chains, request.now));
            return judge(*signer, request.now);
        }
    }
    return bad("not pinned");
}

}  // namespace hallmark
