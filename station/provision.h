// The line: one device from power-up to a confirmed certificate. Every step may be repeated after a
// lost answer or a crash of the station; none is skipped. Refuses to install what is not for the
// key that it made.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "station/element.h"
#include "station/transport.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct ProvisionOptions {
    std::string product;
    /// Where the station remembers; empty: it forgets, and a crash leaves a key that --replace-key
    /// must drop.
    std::filesystem::path state_folder;
    /// DER. The issued chain must end in one of these; empty: the chain is not judged here.
    std::vector<Bytes> roots;
    /// Drops a key that stands in the leaf's place and that this station knows nothing of.
    bool replace_key = false;
};

struct Surroundings {
    Courier courier;
    Instant now;
    /// Called after each step, when set: "challenge", "key", "evidence", "issuance", "check",
    /// "install", "confirm".
    std::function<void(std::string_view step)> passed;
};

struct Provisioned {
    std::string element;
    std::string issuance;
    std::string device;
    std::string serial;
    Bytes certificate;         ///< DER
    std::vector<Bytes> chain;  ///< DER
    bool before = false;  ///< An earlier run had finished already; nothing was asked of the server.
};

/// Reasons: the server's; conflict when the leaf's place is taken or the state is another
/// product's. Throws Fault when the element, the server or the way to it fails; running it again
/// goes on where it stopped.
[[nodiscard]] Result<Provisioned> provision(SecureElement& element, const ProvisionOptions& options,
                                            const Surroundings& surroundings);

}  // namespace hallmark
