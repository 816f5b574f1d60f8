// The two commits around a signature, for many workers at once: intents before it, records after
// it. Each statement takes every row of the batch; what a row may not have it is refused alone.
#pragma once

#include "db/credentials.h"
#include "db/events.h"

#include <span>
#include <vector>

namespace hallmark {

/// What an intent's commit writes, and the challenge that it spends.
struct IntentEntry {
    Reserving row;
    Bytes challenge;
};

/// What a record's commit writes, with its event.
struct RecordEntry {
    Recording row;
    EventEntry event;
};

/// Rows of one batch stand in each other's way, or one of them breaks a constraint: none was
/// written that can stay, and the batch must be rolled back and tried in parts. Never thrown for a
/// batch of one.
class BatchSpoiled : public Fault {
public:
    using Fault::Fault;
};

/// Some of a batch's rows want more than is left of a limit; those that still fit are to be found.
class LimitsSpoiled : public BatchSpoiled {
public:
    using BatchSpoiled::BatchSpoiled;
};

/// Whether it is asked first who fits into what is left of the limits: worth a statement only where
/// somebody does not.
enum class Fitting { assumed, asked };

class Intents {
public:
    explicit Intents(Tx& tx) : tx_(tx) {}

    /// Asks everything again under lock, spends the challenges, claims elements, keys and names,
    /// charges the limits, and writes credentials and intents. The answers stand in the entries'
    /// order. Where one is refused, nothing of it was written in a batch of several; a batch of one
    /// that is refused must be rolled back. A constraint that says no becomes a refusal of the
    /// reason that owns it.
    [[nodiscard]] std::vector<Result<Done>> reserve(std::span<const IntentEntry* const> entries,
                                                    Fitting fitting = Fitting::assumed);

    /// reserved -> issued with certificate, body and event, where the entry's epoch still lives and
    /// still holds it and neither intermediate nor product is suspended. Else refused as
    /// unavailable: nothing of it was written, and the signature must be thrown away.
    [[nodiscard]] std::vector<Result<Done>> record(std::span<const RecordEntry* const> entries);

    /// The serials of these that stand: for asking after a commit whose outcome is unknown.
    [[nodiscard]] std::vector<Serial> reserved(std::span<const IntentEntry* const> entries);
    [[nodiscard]] std::vector<Serial> recorded(std::span<const RecordEntry* const> entries);

private:
    Tx& tx_;
};

}  // namespace hallmark
