// The bare cost of each thing that one issuance cannot do without, in CPU time, measured in the run
// that they are held against: OpenSSL, the token, the sockets and the tables with nothing of ours
// around them.
#pragma once

#include "tests/bench/processes.h"

#include <functional>
#include <string>
#include <vector>

namespace hallmark::testing {

struct Term {
    std::string name;
    Microseconds each{};  ///< The fastest of five rounds, with every core at work.
    double times = 1;     ///< A device.
    std::string what;

    [[nodiscard]] Microseconds a_device() const { return each * times; }
};

/// CPU time of one `act`, made by one thread a core: `make()` gives each thread its own.
using Act = std::function<void()>;
[[nodiscard]] Microseconds fastest_of_five(const std::function<Act()>& make);

/// All of them; their sum is what a device must cost.
[[nodiscard]] std::vector<Term> measure_terms();
/// The rows of both commits in the same tables, 256 devices a transaction.
[[nodiscard]] Microseconds cost_of_rows();

/// ECDSA P-256 over a digest, by EVP_PKEY_verify alone and through verify_signature.
[[nodiscard]] Microseconds cost_of_bare_verify();
[[nodiscard]] Microseconds cost_of_our_verify();
/// What it costs to judge evidence of a format on first sight, and how many signatures it rests on.
struct EvidenceCost {
    std::string format;
    Microseconds ours{};
    unsigned signatures = 0;
};
[[nodiscard]] std::vector<EvidenceCost> costs_of_evidence();
/// C_SignInit and C_Sign on one session a thread, and through Token::sign.
[[nodiscard]] Microseconds cost_of_bare_signature();
[[nodiscard]] Microseconds cost_of_our_signature();

}  // namespace hallmark::testing
