#include "ca/custody/release.h"

#include "db/manifests.h"

namespace hallmark {

Result<Done> check_keys(Tx& tx, const LotId& lot, std::string_view to_state) {
    if (to_state == "released" && Manifests(tx).has_keyless(lot))
        return Refusal{Reason::conflict, "a manifest of the lot has no keys"};
    return Done{};
}

}  // namespace hallmark
