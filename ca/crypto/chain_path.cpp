#include "ca/crypto/chain_path.h"

#include "ca/crypto/chain_openssl.h"
#include "ca/crypto/signatures.h"

#include <algorithm>

namespace hallmark {

Result<std::shared_ptr<const IssuerPath>> PathFinder::find(const Certificate& leaf) {
    leaf_ = &leaf;
    if (extend(leaf)) return found_;
    std::string detail = "chain: no path to a pinned root";
    if (rank_ == Rank::rule || rank_ == Rank::limit) detail = "chain: " + cause_;
    if (rank_ == Rank::signature || rank_ == Rank::key_identifier) detail += " (" + cause_ + ")";
    return Refusal{Reason::evidence_not_accepted, std::move(detail)};
}

/// Anchors first, then what the evidence brought, then what the operator keeps at hand.
bool PathFinder::extend(const Certificate& child) {
    for (const Certificate& anchor : ground_.shelf.anchors) {
        if (try_issuer(child, anchor, Kind::anchor)) return true;
    }
    for (const auto* const pool : {&ground_.offered, &ground_.shelf.intermediates}) {
        for (const Certificate& issuer : *pool) {
            if (try_issuer(child, issuer, Kind::intermediate)) return true;
        }
    }
    return false;
}

bool PathFinder::try_issuer(const Certificate& child, const Certificate& issuer, Kind kind) {
    if (rank_ == Rank::limit || !is_issuer_by_name(child, issuer, kind)) return false;
    if (path_.size() + 2 > ground_.limits.depth) {  // The leaf and this one.
        note(Rank::rule, "too deep");
        return false;
    }
    if (path_.empty() && take_known_path(issuer)) return true;
    const bool anchor = kind == Kind::anchor;
    const auto objection = anchor ? objection_to_anchor(issuer, ground_.strictness)
                                  : objection_to_issuer(issuer, ground_.strictness);
    if (objection) {
        note(Rank::rule, *objection + (anchor ? " (anchor)" : " (issuer)"));
        return false;
    }
    const auto key = key_of(issuer);
    if (!key || !signed_by(child, key.get())) return false;
    path_.push_back(&issuer);
    if (anchor ? complete() : extend(issuer)) return true;
    path_.pop_back();
    return false;
}

bool PathFinder::is_issuer_by_name(const Certificate& child, const Certificate& issuer, Kind kind) {
    if (!equal(issuer.subject, child.issuer)) return false;
    if (kind == Kind::intermediate) {
        // Somebody's root that nobody pinned leads nowhere; a self-issued one that rolls a key over
        // names the other key.
        const auto authority = issuer.authority_key_identifier();
        if (equal(issuer.subject, issuer.issuer) &&
            (!authority || authority == issuer.subject_key_identifier())) {
            return false;
        }
        // RFC 4158 2.4.2: no certificate, and no name with the same key, twice on one path.
        const auto stands = [&](const Certificate* other) {
            return other->sha256 == issuer.sha256 ||
                   (equal(other->subject, issuer.subject) && equal(other->spki, issuer.spki));
        };
        if (stands(leaf_) || std::any_of(path_.begin(), path_.end(), stands)) return false;
    }
    const auto wanted = child.authority_key_identifier();
    const auto offered = issuer.subject_key_identifier();
    if (wanted && offered && *wanted != *offered) {
        note(Rank::key_identifier, "key identifier mismatch");
        return false;
    }
    return true;
}

bool PathFinder::signed_by(const Certificate& child, EVP_PKEY* key) {
    if (++signature_checks_ > ground_.limits.signature_checks) {
        note(Rank::limit, "too many signature checks");
        return false;
    }
    // The child's algorithm was judged with the child; an anchor is never a child here.
    const auto algorithm = signature_algorithm_from(child.signature_algorithm);
    const bool good =
        algorithm &&
        verify_under(key,
                     {.algorithm = *algorithm, .message = child.tbs, .signature = child.signature});
    if (!good) note(Rank::signature, "bad signature");
    return good;
}

std::shared_ptr<EVP_PKEY> PathFinder::key_of(const Certificate& issuer) {
    const auto known = keys_.find(issuer.sha256);
    if (known != keys_.end()) return known->second;
    IssuerKey read = read_issuer_key(issuer.spki, ground_.strictness);
    if (!read.key) note(Rank::rule, read.objection + " (issuer)");
    return keys_[issuer.sha256] = std::shared_ptr<EVP_PKEY>(std::move(read.key));
}

bool PathFinder::take_known_path(const Certificate& issuer) {
    const Digest path = cache_key(issuer);
    auto known = ground_.cache.find(path, ground_.strictness.at);
    if (!known) return false;
    // By the digest of the whole leaf: another signature, or another bit in it, is another leaf.
    const Digest leaf_and_path = sha256(concat({path, leaf_->sha256}));
    if (!ground_.cache.is_signed(leaf_and_path)) {
        if (!signed_by(*leaf_, known->issuer_key.get())) return false;
        ground_.cache.keep_signed(leaf_and_path);
    }
    found_ = std::move(known);
    return true;
}

bool PathFinder::complete() {
    if (const auto objection = objection_to_path_lengths(path_)) {
        note(Rank::rule, *objection);
        return false;
    }
    const auto bears = [](const Certificate* certificate) {
        return bears_constraints(*certificate);
    };
    const bool constrained = bears(leaf_) || std::any_of(path_.begin(), path_.end(), bears);
    std::vector<const Certificate*> judged = path_;
    if (constrained) judged.insert(judged.begin(), leaf_);
    if (judged.size() > 1) {
        signature_checks_ += judged.size() - 1;
        if (signature_checks_ > ground_.limits.signature_checks) {
            note(Rank::limit, "too many signature checks");
            return false;
        }
        const auto policies = constrained ? PolicyCheck::yes : PolicyCheck::no;
        if (const auto objection =
                objection_of_x509_verify(judged, policies, ground_.strictness.understood)) {
            note(Rank::rule, *objection);
            return false;
        }
    }
    keep_path(constrained);
    return true;
}

void PathFinder::keep_path(bool constrained) {
    auto path = std::make_shared<IssuerPath>();
    path->anchor = path_.back()->sha256;
    path->issuer_key = key_of(*path_.front());
    path->from = Instant::min();
    path->until = Instant::max();
    for (const Certificate* const issuer : path_) {
        path->issuers.push_back(issuer->der);
        path->from = std::max(path->from, issuer->not_before);
        const Instant end = issuer->not_after + std::chrono::seconds(1);
        // One that has expired already stands here by exception and does not end the entry.
        if (end > ground_.strictness.at) path->until = std::min(path->until, end);
    }
    found_ = path;
    if (!constrained) ground_.cache.keep(cache_key(*path_.front()), std::move(path));
}

Digest PathFinder::cache_key(const Certificate& issuer) const {
    return sha256(concat({ground_.cache_scope, issuer.sha256}));
}

void PathFinder::note(Rank rank, std::string_view cause) {
    if (rank <= rank_) return;
    rank_ = rank;
    cause_ = cause;
}

}  // namespace hallmark
