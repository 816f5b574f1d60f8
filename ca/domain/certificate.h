// A certificate on its way: composed, linted, reserved, sealed. Each step takes what the step
// before made and nothing else makes it, so that a skipped check does not compile.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"

#include <utility>

namespace hallmark {

/// To-be-signed bytes that nobody has checked yet.
struct Draft {
    Serial serial;
    Bytes tbs;  ///< TBSCertificate DER
};

/// Only lint() makes one: these very bytes were read back and held against the grant.
class LintedDraft {
public:
    [[nodiscard]] const Serial& serial() const noexcept { return draft_.serial; }
    [[nodiscard]] const Bytes& tbs() const noexcept { return draft_.tbs; }

private:
    friend struct Linter;
    explicit LintedDraft(Draft draft) : draft_(std::move(draft)) {}
    Draft draft_;
};

/// Only reserve makes one: the intent to sign these bytes is durable. Used once, then gone.
class Reservation {
public:
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    Reservation(Reservation&&) = default;
    Reservation& operator=(Reservation&&) = default;

    [[nodiscard]] const Serial& serial() const noexcept { return draft_.serial(); }
    [[nodiscard]] const Bytes& tbs() const noexcept { return draft_.tbs(); }

private:
    friend struct Reserver;
    explicit Reservation(LintedDraft draft) : draft_(std::move(draft)) {}
    LintedDraft draft_;
};

/// A signed certificate whose signature was verified. Not to be shown before it is recorded.
struct Issued {
    Serial serial;
    Bytes certificate;  ///< DER
};

}  // namespace hallmark
