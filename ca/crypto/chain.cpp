#include "ca/crypto/chain.h"

#include "ca/crypto/chain_path.h"

#include <algorithm>
#include <stdexcept>

namespace hallmark {

struct ChainValidator::Cache : PathCache {};

namespace {

Refusal refused(std::string cause) {
    return {Reason::evidence_not_accepted, "chain: " + std::move(cause)};
}

Objection objection_to_size(const ChainRequest& request) {
    if (request.intermediates.size() + 1 > request.limits.certificates) {
        return "too many certificates";
    }
    std::size_t octets = request.leaf.size();
    for (const Bytes& certificate : request.intermediates)
        octets += certificate.size();
    if (octets > request.limits.octets) return "too many octets";
    return std::nullopt;
}

Result<Certificate> read_leaf(const ChainRequest& request) {
    if (auto objection = objection_to_size(request)) return refused(std::move(*objection));
    auto leaf = parse_certificate(without_nv_padding(request.leaf));
    if (!leaf) return refused("malformed leaf: " + leaf.error().detail);
    return leaf;
}

Strictness strictness_of(const ChainRequest& request) {
    return {.purpose = request.purpose,
            .exceptions = request.exceptions,
            .understood = request.understood,
            .at = request.at};
}

/// Each once; neither the leaf nor an anchor, which the pin already holds.
Result<std::vector<Certificate>> read_offered(const ChainRequest& request, const Shelf& shelf,
                                              const Certificate& leaf) {
    std::vector<Certificate> offered;
    for (const Bytes& certificate : request.intermediates) {
        auto read = parse_certificate(certificate);
        if (!read) return refused("malformed issuer: " + read.error().detail);
        const auto same = [&](const Certificate& other) { return other.sha256 == read->sha256; };
        if (same(leaf) || std::any_of(offered.begin(), offered.end(), same) ||
            std::any_of(shelf.anchors.begin(), shelf.anchors.end(), same)) {
            continue;
        }
        offered.push_back(std::move(*read));
    }
    return offered;
}

/// All that a verdict on issuers depends on, but for the issuer itself and the time.
Digest cache_scope(const ChainRequest& request, const Digest& shelf,
                   const std::vector<Certificate>& offered) {
    Bytes scope = to_bytes(ByteView(shelf));
    for (const Certificate& certificate : offered)
        append(scope, certificate.sha256);
    std::string rest = '|' + std::string(name_of(request.purpose)) + '|' +
                       std::to_string(request.limits.depth) + '|' +
                       std::to_string(request.limits.signature_checks);
    for (const ChainException exception : request.exceptions) {
        rest.append(1, '|').append(name_of(exception));
    }
    for (const std::string& oid : request.understood)
        rest.append("|understood ").append(oid);
    append(scope, rest);
    return sha256(scope);
}

}  // namespace

ChainValidator::ChainValidator() : cache_(std::make_unique<Cache>()) {}
ChainValidator::~ChainValidator() = default;

Result<ValidatedPath> ChainValidator::path_of(Certificate leaf, const ChainRequest& request,
                                              const TrustAnchors& anchors) const {
    const Strictness strictness = strictness_of(request);
    // Filler is a TPM's NV memory's alone; said after the purpose, which is the better reason.
    if (request.purpose != Purpose::tpm_ek && leaf.der.size() != request.leaf.size()) {
        return refused("malformed leaf: bytes after the certificate");
    }
    if (const auto objection = objection_to_leaf(leaf, strictness)) {
        return refused(*objection + " (leaf)");
    }
    Digest shelf_digest{};
    const auto shelf = cache_->shelf(anchors, shelf_digest);
    HALLMARK_TRY(offered, read_offered(request, *shelf, leaf));
    const PathFinder::Ground ground{.shelf = *shelf,
                                    .offered = offered,
                                    .strictness = strictness,
                                    .limits = request.limits,
                                    .cache = *cache_,
                                    .cache_scope = cache_scope(request, shelf_digest, offered)};
    HALLMARK_TRY(path, PathFinder(ground).find(leaf));
    return ValidatedPath{.leaf = std::move(leaf), .issuers = path->issuers, .anchor = path->anchor};
}

Result<ValidatedChain> ChainValidator::validate(const ChainRequest& request,
                                                const TrustAnchors& anchors) const {
    HALLMARK_TRY(leaf, read_leaf(request));
    auto key = parse_public_key(leaf.spki);
    if (!key) return refused("weak key (leaf): " + key.error().detail);
    if (const auto objection = objection_to_purpose(leaf, *key, strictness_of(request))) {
        return refused(*objection + " (leaf)");
    }
    HALLMARK_TRY(path, path_of(std::move(leaf), request, anchors));
    ValidatedChain chain;
    static_cast<ValidatedPath&>(chain) = std::move(path);
    chain.leaf_key = std::move(*key);
    return chain;
}

Result<ValidatedPath> ChainValidator::validate_path(const ChainRequest& request,
                                                    const TrustAnchors& anchors) const {
    if (request.purpose != Purpose::any)
        throw std::logic_error("a purpose is judged with the leaf's key");
    HALLMARK_TRY(leaf, read_leaf(request));
    return path_of(std::move(leaf), request, anchors);
}

}  // namespace hallmark
