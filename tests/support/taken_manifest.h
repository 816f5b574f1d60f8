// A manifest parsed whole, one unit after another on this thread: what the tests of parsers ask.
// The house itself never does that.
#pragma once

#include "ca/custody/manifest.h"

#include <stdexcept>
#include <string_view>
#include <vector>

namespace hallmark::testing {

struct TakenManifest {
    Digest sha256{};
    Digest signer_sha256{};
    std::vector<ManifestUnit> units;
};

[[nodiscard]] inline Result<TakenManifest> take_manifest(ParseManifest parse, std::string_view text,
                                                         const ManifestTerms& terms,
                                                         const ChainValidator& chains) {
    ManifestInput input(text);
    TakenManifest taken;
    HALLMARK_TRY(signer, parse(input, terms, chains, [&](ManifestClaim claim) -> Result<Done> {
                     if (claim.index != taken.units.size())
                         throw std::logic_error("an entry out of order");
                     HALLMARK_TRY(unit, claim.check());
                     taken.units.push_back(std::move(unit));
                     return Done{};
                 }));
    taken.sha256 = input.digest();
    taken.signer_sha256 = signer;
    return taken;
}

}  // namespace hallmark::testing
