// What it costs to judge one piece of evidence of each format, beside the bare checks of the
// signatures that it rests on.
#include "tests/bench/terms.h"
#include "tests/support/shown_element.h"

#include <memory>

namespace hallmark::testing {
namespace {

/// Signatures that stand in evidence of a format: its chain's below the root's issue, its own.
unsigned signatures_in(std::string_view format) {
    if (format == "tcg-csr-idevid") return 4;  // The EK by the root; the request; two statements.
    if (format == "dice") return 4;            // DeviceID by the root, two layers, the nonce.
    if (format == "yubikey-piv") return 2;     // f9 by the root, the slot by f9.
    if (format == "webauthn") return 2;        // The certificate by the root, the statement.
    if (format == "pkix-key-attestation") return 2;  // The certificate by the root, the evidence.
    if (format == "nxp-se05x") return 2;             // The certificate by the root, the read.
    if (format == "psa-token" || format == "eat")
        return 2;                              // The certificate by the root, the token.
    if (format == "gp-applet") return 2;       // The certificate by the root, the statement.
    if (format == "euicc") return 3;           // EUM by the root, eUICC by the EUM, the statement.
    if (format == "optiga-trust-m") return 3;  // Authority by the root, chip, the statement.
    if (format == "stsafe-a") return 2;        // The certificate by the root, the session.
    if (format == "csr-attribute") return 2;   // The same: an HSM's report stands in it.
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
        const auto evidence = judge.unpacked(element->came, element->attribute);
        if (!evidence) throw std::runtime_error(evidence.error().detail);
        const auto judged = judge.verify(*evidence, {element->pin()}, element->expected, noon());
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
