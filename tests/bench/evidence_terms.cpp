// What it costs to judge one piece of evidence of each format, beside the bare checks of the
// signatures that it rests on.
#include "tests/bench/terms.h"
#include "tests/support/shown_element.h"

#include <memory>

namespace hallmark::testing {
namespace {

/// Signatures that stand in evidence of a format: its chain's below the root's issue, its own.
unsigned signatures_in(std::string_view format) {
    if (format == "yubikey-piv") return 2;           // f9 by the root, the slot by f9.
    if (format == "webauthn") return 2;              // The certificate by the root, the statement.
    if (format == "pkix-key-attestation") return 2;  // The certificate by the root, the evidence.
    return 3;  // tpm2: the intermediate by the root, the EK by the intermediate, the statement.
}

/// A family that has not seen this maker yet knows no path: nothing of the chain is remembered.
Act first_sight(const std::string& format) {
    const auto chains = std::make_shared<ChainValidator>();
    const auto family = std::make_shared<EvidenceFamily>(make_family(*chains));
    std::shared_ptr<const Shown> element;
    for (Shown& each : one_of_each(*family)) {
        if (each.format == format) element = std::make_shared<const Shown>(std::move(each));
    }
    return [element] {
        const ChainValidator fresh;
        const EvidenceFamily judge = make_family(fresh);
        const auto judged =
            judge.verify(element->evidence, {element->pin()}, element->expected, noon());
        if (!judged) throw std::runtime_error(judged.error().detail);
    };
}

}  // namespace

std::vector<EvidenceCost> costs_of_evidence() {
    const ChainValidator chains;
    std::vector<EvidenceCost> costs;
    for (const Shown& each : one_of_each(make_family(chains))) {
        costs.push_back({.format = each.format,
                         .ours = fastest_of_five([&] { return first_sight(each.format); }),
                         .signatures = signatures_in(each.format)});
    }
    return costs;
}

}  // namespace hallmark::testing
