// Attestation results: what has none yet, the signed token of what has one, and the keys that ever
// signed them. Refuses to know what stands in a token.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace hallmark {

/// What the record holds of a verification that ended in a certificate.
struct CredentialAppraised {
    Serial serial;
    Digest policy{};
    Digest request{};    ///< SHA-256 of the request, evidence included, as it was received.
    std::string claims;  ///< As the record has them; empty where its body was archived.
    Bytes challenge;
};

/// And of one that ended in a refusal of the evidence.
struct RefusalAppraised {
    std::string id;
    std::string reason;
    std::string format;
    std::optional<Digest> policy;
    Digest request{};
};

struct ResultDue {
    std::int64_t number = 0;  ///< In the queue.
    std::variant<CredentialAppraised, RefusalAppraised> of;
};

struct ResultMade {
    std::int64_t number = 0;
    std::string token;
};

class AttestationResults {
public:
    explicit AttestationResults(Tx& tx) : tx_(tx) {}

    /// The oldest that nobody else is at, taken for half a minute. `taker` may have again what it
    /// took before.
    [[nodiscard]] std::vector<ResultDue> take(std::int64_t taker, std::size_t limit);
    /// Results of rows that are still due; those that another node was faster with are dropped.
    void keep(std::span<const ResultMade> made, const Digest& key);
    /// Not to be looked at again for an hour.
    void put_off(std::span<const std::int64_t> numbers);

    [[nodiscard]] std::optional<std::string> of_credential(const Serial& serial);
    [[nodiscard]] std::optional<std::string> of_refusal(const std::string& id);

    /// False where the key is known to be another holder's: an intermediate's, a station's.
    [[nodiscard]] bool add_key(const Digest& key, ByteView spki, const std::string& name);
    /// SPKI of every key that ever signed results, oldest first.
    [[nodiscard]] std::vector<Bytes> keys();

    struct Waiting {
        std::uint64_t count = 0;  ///< Up to 100,000; more are not counted.
        double oldest_s = 0;
    };
    [[nodiscard]] Waiting waiting();

private:
    Tx& tx_;
};

}  // namespace hallmark
