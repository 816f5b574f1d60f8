// The side door: a refusal leaves by one commit of its own, which spends the challenge it presented
// and writes exactly one record, and nothing else. What comes of many: misuse locks the station,
// and evidence that fails for many elements of one lot holds the lot.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/observe.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <map>
#include <mutex>
#include <optional>

namespace hallmark {

/// What evidence had proven before the refusal; empty where none held.
struct Proven {
    std::string model;
    std::string firmware;
};

/// What was asked for when it was refused.
struct Refused {
    const Caller& caller;
    std::string act;  ///< challenge, issuance, installation, void
    std::optional<ProductId> product;
    std::optional<RequestId> request_id;
    Bytes challenge;  ///< Empty where none was presented.
    Digest body{};
    std::string format = {};  ///< Of the evidence; empty where there was none.
    Proven proven = {};
};

struct RefusalRules {
    std::size_t singly_per_minute = 60;  ///< Of one caller; what comes beyond is summed up.
    /// So many of scope, challenge, request id and budget in one hour lock the station.
    std::uint64_t misuse_per_hour = 30;
    /// Evidence that fails for so many elements of one lot in a day holds the lot. Elements and not
    /// failures, so that one station with one part cannot hold it.
    std::uint64_t suspect_elements = 10;
};

/// The record of refusals. Each stands singly, up to a number a minute and caller; what comes
/// beyond is one summary a minute, with count and digest, so that a broken or hostile station
/// cannot fill the record.
class RefusalBook {
public:
    RefusalBook(Database& database, RefusalRules rules, Observe observe = {})
        : database_(database), rules_(rules), observe_(std::move(observe)) {}

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
    void count_misuse(const Refused& refused, const Refusal& refusal, Instant now);
    void lock(const StationId& station, std::uint64_t misuses, Instant now);
    void hold_suspect_lot(const Refusal& refusal, Instant now);
    void write_summary(const StationId& station, const Minute& minute, Instant now);

    Database& database_;
    RefusalRules rules_;
    Observe observe_;
    std::mutex mutex_;
    std::map<StationId, Minute> minutes_;  ///< Callers are registered stations: bounded.
};

}  // namespace hallmark
