// The side door: a refusal leaves by one commit of its own, which spends the challenge it presented
// and writes exactly one record, and nothing else.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <map>
#include <mutex>
#include <optional>

namespace hallmark {

/// What was asked for when it was refused.
struct Refused {
    const Caller& caller;
    std::string act;  ///< challenge, issuance, installation, void
    std::optional<ProductId> product;
    std::optional<RequestId> request_id;
    Bytes challenge;  ///< Empty where none was presented.
    Digest body{};
    std::string format = {};  ///< Of the evidence; empty where there was none.
};

/// The record of refusals. Each stands singly, up to a number a minute and caller; what comes
/// beyond is one summary a minute, with count and digest, so that a broken or hostile station
/// cannot fill the record.
class RefusalBook {
public:
    RefusalBook(Database& database, std::size_t singly_per_minute)
        : database_(database), singly_per_minute_(singly_per_minute) {}

    /// Writes the record, or counts it into the minute's summary, and returns the refusal with the
    /// record's id. The challenge is spent in either case.
    [[nodiscard]] Refusal write(const Refused& refused, Refusal refusal, Instant now);
    /// Writes the summaries of the minutes that are over; with `all`, of those that are not.
    enum class Which { ended, all };
    void close_minutes(Instant now, Which which);

private:
    struct Minute {
        Instant begun;
        std::size_t singly = 0;
        std::uint64_t more = 0;
        Digest digest{};      ///< SHA-256 over the one before, the body's digest and the reason.
        std::string summary;  ///< The id that the summary's record will have.
        std::string door;
    };
    /// The summary's id where this refusal goes into it.
    [[nodiscard]] std::optional<std::string> counted(const Refused& refused, const Refusal& refusal,
                                                     Instant now);
    void write_one(const Refused& refused, const Refusal& refusal, Instant now);
    void write_summary(const StationId& station, const Minute& minute, Instant now);

    Database& database_;
    std::size_t singly_per_minute_;
    std::mutex mutex_;
    std::map<StationId, Minute> minutes_;  ///< Callers are registered stations: bounded.
};

}  // namespace hallmark
