// Challenges: valid on any node, spent once. Not history: what is secret in one goes when it is
// spent.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"
#include "db/elements.h"

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
    std::optional<Digest>
        element_key;     ///< Digest of the element's own key, if the format names it.
    Instant expires_at;  ///< Read.
};

/// A challenge to be opened.
struct ChallengeOpening {
    ChallengeRow row;
    /// Opened only if this is the registry's number still.
    std::optional<std::int64_t> registry;
};
enum class Opened { yes, too_many, registry_moved };

/// What an issuance asks before anything else.
struct RequestQuestion {
    StationId station;
    RequestId id;
    Bytes challenge;
};
struct RequestAnswer {
    std::int64_t registry = 0;  ///< The registry's number at this look.
    bool is_known = false;      ///< The station sent this request_id before.
    /// The challenge, if it is neither spent nor expired by the database's clock.
    std::optional<ChallengeRow> challenge;
    /// Whose key the challenge's element_key is, if it has one and anybody's.
    std::optional<ElementRow> element;
};

class Challenges {
public:
    explicit Challenges(Tx& tx) : tx_(tx) {}

    struct Rules {
        std::chrono::seconds lifetime{120};  ///< At most 120.
        std::uint32_t outstanding = 64;      ///< Unspent ones of a station at once.
    };
    /// Inserts without waiting for the disk: a lost one is asked for again. Not where the station
    /// has its unspent ones already. In the openings' order.
    [[nodiscard]] std::vector<Opened> open(std::span<const ChallengeOpening* const> openings,
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
