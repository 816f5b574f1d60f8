#include "ca/crypto/hash.h"
#include "ca/custody/hand_over.h"

#include <algorithm>

namespace hallmark {

namespace {

Refusal broken(std::string what) {
    return {Reason::conflict, "hand-over: " + std::move(what)};
}

}  // namespace

HandOverEnd hand_over_origin(const HandOverOrigin& origin) {
    HandOverEnd end;
    end.units = origin.units;
    end.holder = origin.vendor.get();
    std::vector<Digest> manifests = origin.manifests;
    std::sort(manifests.begin(), manifests.end());
    if (manifests.size() == 1) {
        end.previous = manifests.front();
    } else {
        Bytes list;
        for (const Digest& manifest : manifests)
            append(list, manifest);
        end.previous = sha256(list);
    }
    return end;
}

Result<HandOverEnd> follow(const HandOverEnd& end, const LotId& lot, const HandOverDocument& next) {
    const HandOver& entry = next.entry;
    if (entry.lot != lot) return broken("of another lot");
    if (entry.sequence != end.sequence + 1) {
        return broken("sequence " + std::to_string(entry.sequence) + " where " +
                      std::to_string(end.sequence + 1) + " is next");
    }
    if (entry.previous != end.previous)
        return broken("names another entry than the last before it");
    if (entry.from != end.holder) return broken("from another than " + end.holder);
    if (entry.units > end.units) {
        return broken(std::to_string(entry.units) + " units of " + std::to_string(end.units));
    }
    HandOverEnd longer = end;
    longer.sequence = entry.sequence;
    longer.previous = next.sha256;
    if (takes_out(entry.kind)) {
        longer.units = end.units - entry.units;
    } else {
        longer.units = entry.units;
        longer.holder = entry.to;
        longer.last_kind = entry.kind;
        longer.site = entry.site;
    }
    return longer;
}

Result<Done> check_arrived(const HandOverEnd& end, const SiteId& site) {
    if (!end.last_kind) return broken("nobody received the lot");
    if (!is_at_site(*end.last_kind))
        return broken("the lot was last handed on by " + std::string(name_of(*end.last_kind)) +
                      " and not received");
    if (end.site != site) return broken("the lot was received at another site");
    if (end.units == 0) return broken("nothing is left of the lot");
    return Done{};
}

}  // namespace hallmark
