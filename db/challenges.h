// Challenges: valid on any node, spent once. Not history: what is secret in one goes when it is
// spent.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <chrono>
#include <optional>

namespace hallmark {

struct ChallengeRow {
    Bytes challenge;  ///< 32 random bytes
    std::string door;
    std::string purpose;
    StationId station;
    ProductId product;
    Digest policy{};
    std::string format;
    std::optional<Digest> ek_certificate;
    std::optional<Bytes> ak_name;
    std::optional<Bytes> activation_secret;
    std::chrono::seconds lifetime{120};  ///< Written; at most 120.
    Instant expires_at;                  ///< Read.
};

class Challenges {
public:
    explicit Challenges(Tx& tx) : tx_(tx) {}

    /// Inserts without waiting for the disk: a lost one is asked for again. False when the station
    /// has `outstanding_limit` unspent ones already.
    [[nodiscard]] bool open(const ChallengeRow& row, std::uint32_t outstanding_limit);
    /// The row, if it is neither spent nor expired by the database's clock.
    [[nodiscard]] std::optional<ChallengeRow> find_live(ByteView challenge);
    /// Spends it where it still lives, as part of a refusal. One that belongs to another station
    /// stays.
    void spend_if_live(ByteView challenge, const StationId& station);
    /// Forgets what expired. Returns the number of rows.
    std::size_t sweep();

private:
    Tx& tx_;
};

}  // namespace hallmark
