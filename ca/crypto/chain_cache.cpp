#include "ca/crypto/chain_path.h"

namespace hallmark {

namespace {

// A factory has tens of vendors and hundreds of intermediates; what is thrown out is made again.
constexpr std::size_t shelves_limit = 64;
constexpr std::size_t paths_limit = 1024;
// As many as may be between challenge and issuance.
constexpr std::size_t signed_limit = 4096;

void digest_all(Bytes& to, const std::vector<Bytes>& certificates) {
    for (const Bytes& certificate : certificates)
        append(to, ByteView(sha256(certificate)));
    append(to, "|");
}

std::vector<Certificate> read_all(const std::vector<Bytes>& certificates) {
    std::vector<Certificate> read;
    for (const Bytes& certificate : certificates) {
        auto parsed = parse_certificate(certificate);
        if (parsed) read.push_back(std::move(*parsed));
    }
    return read;
}

}  // namespace

std::shared_ptr<const Shelf> PathCache::shelf(const TrustAnchors& anchors, Digest& digest) {
    Bytes digests;
    digest_all(digests, anchors.roots);
    digest_all(digests, anchors.intermediates);
    digest = sha256(digests);
    {
        const std::lock_guard lock(mutex_);
        const auto known = shelves_.find(digest);
        if (known != shelves_.end()) return known->second;
    }
    auto made = std::make_shared<Shelf>();
    made->anchors = read_all(anchors.roots);
    made->intermediates = read_all(anchors.intermediates);
    const std::lock_guard lock(mutex_);
    if (shelves_.size() >= shelves_limit) shelves_.clear();
    shelves_[digest] = made;
    return made;
}

std::shared_ptr<const IssuerPath> PathCache::find(const Digest& key, Instant at) {
    const std::lock_guard lock(mutex_);
    const auto known = paths_.find(key);
    if (known == paths_.end()) return nullptr;
    const bool in_time = known->second->from <= at && at < known->second->until;
    return in_time ? known->second : nullptr;
}

void PathCache::keep(const Digest& key, std::shared_ptr<const IssuerPath> path) {
    const std::lock_guard lock(mutex_);
    if (!paths_.insert_or_assign(key, std::move(path)).second) return;
    path_order_.push_back(key);
    if (path_order_.size() <= paths_limit) return;
    paths_.erase(path_order_.front());
    path_order_.pop_front();
}

bool PathCache::is_signed(const Digest& leaf_and_path) {
    const std::lock_guard lock(mutex_);
    return signed_.contains(leaf_and_path);
}

void PathCache::keep_signed(const Digest& leaf_and_path) {
    const std::lock_guard lock(mutex_);
    if (!signed_.insert(leaf_and_path).second) return;
    signed_order_.push_back(leaf_and_path);
    if (signed_order_.size() <= signed_limit) return;
    signed_.erase(signed_order_.front());
    signed_order_.pop_front();
}

}  // namespace hallmark
