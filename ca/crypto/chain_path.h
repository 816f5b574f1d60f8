// The way from a leaf to an anchor: depth first, every step one signature check, all of them
// counted. Within this room only.
#pragma once

#include "ca/crypto/chain_rules.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace hallmark {

/// What the operator pinned, parsed. What does not parse vouches for nobody and is left out.
struct Shelf {
    std::vector<Certificate> anchors;
    std::vector<Certificate> intermediates;
};

/// Issuers that were judged good: from the leaf's own issuer up to the anchor.
struct IssuerPath {
    std::vector<Bytes> issuers;
    Digest anchor{};
    std::shared_ptr<EVP_PKEY> issuer_key;
    Instant from;
    Instant until;  ///< Exclusive: the first moment at which one of them has expired.
};

/// Verdicts by digest of everything they depend on but the time, which each carries itself.
class PathCache {
public:
    [[nodiscard]] std::shared_ptr<const Shelf> shelf(const TrustAnchors& anchors, Digest& digest);
    [[nodiscard]] std::shared_ptr<const IssuerPath> find(const Digest& key, Instant at);
    void keep(const Digest& key, std::shared_ptr<const IssuerPath> path);
    /// Leaves whose signature was good under the issuer of a kept path: the evidence of a device
    /// brings the same certificate twice, once for its challenge and once for its issuance.
    [[nodiscard]] bool is_signed(const Digest& leaf_and_path);
    void keep_signed(const Digest& leaf_and_path);

private:
    std::mutex mutex_;
    std::map<Digest, std::shared_ptr<const Shelf>> shelves_;
    std::map<Digest, std::shared_ptr<const IssuerPath>> paths_;
    std::deque<Digest> path_order_;
    std::set<Digest> signed_;
    std::deque<Digest> signed_order_;
};

/// One search. Everything referred to outlives it.
class PathFinder {
public:
    struct Ground {
        const Shelf& shelf;
        const std::vector<Certificate>& offered;
        const Strictness& strictness;
        const ChainLimits& limits;
        PathCache& cache;
        Digest cache_scope;  ///< Of all that a verdict depends on, but for the issuer itself.
    };
    explicit PathFinder(const Ground& ground) : ground_(ground) {}

    [[nodiscard]] Result<std::shared_ptr<const IssuerPath>> find(const Certificate& leaf);

private:
    enum class Rank { nothing, key_identifier, signature, rule, limit };
    enum class Kind { anchor, intermediate };

    bool extend(const Certificate& child);
    bool try_issuer(const Certificate& child, const Certificate& issuer, Kind kind);
    bool take_known_path(const Certificate& issuer);
    bool complete();
    bool is_issuer_by_name(const Certificate& child, const Certificate& issuer, Kind kind);
    bool signed_by(const Certificate& child, EVP_PKEY* key);
    void keep_path(bool constrained);
    void note(Rank rank, std::string_view cause);
    [[nodiscard]] Digest cache_key(const Certificate& issuer) const;
    [[nodiscard]] std::shared_ptr<EVP_PKEY> key_of(const Certificate& issuer);

    const Ground& ground_;
    const Certificate* leaf_ = nullptr;
    std::vector<const Certificate*> path_;
    std::map<Digest, std::shared_ptr<EVP_PKEY>> keys_;
    std::size_t signature_checks_ = 0;
    Rank rank_ = Rank::nothing;
    std::string cause_;
    std::shared_ptr<const IssuerPath> found_;
};

}  // namespace hallmark
