// Challenges: valid on any node, spent once. Not history: what is secret in one goes when it is
// spent.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

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
    Instant expires_at;  ///< Read.
};

/// What an issuance asks before anything else.
struct RequestQuestion {
    StationId station;
    RequestId id;
    Bytes challenge;
};
struct RequestAnswer {
    bool is_known = false;  ///< The station sent this request_id before.
    /// The challenge, if it is neither spent nor expired by the database's clock.
    std::optional<ChallengeRow> challenge;
};

class Challenges {
public:
    explicit Challenges(Tx& tx) : tx_(tx) {}

    struct Rules {
        std::chrono::seconds lifetime{120};  ///< At most 120.
        std::uint32_t outstanding = 64;      ///< Unspent ones of a station at once.
    };
    /// Inserts without waiting for the disk: a lost one is asked for again. False where the station
    /// has its unspent ones already. In the rows' order.
    [[nodiscard]] std::vector<bool> open(std::span<const ChallengeRow* const> rows,
                                         const Rules& rules);
    /// In the questions' order.
    [[nodiscard]] std::vector<RequestAnswer> look(
        std::span<const RequestQuestion* const> questions);
    /// Spends it where it still lives, as part of a refusal. One that belongs to another station
    /// stays.
    void spend_if_live(ByteView challenge, const StationId& station);
    /// Forgets what expired. Returns the number of rows.
    std::size_t sweep();

private:
    Tx& tx_;
};

}  // namespace hallmark
