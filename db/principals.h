// Stations and operators, each pinned by the whole of one certificate. Rows are written once; only
// a state is switched.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// The certificate of one principal, and who pinned it when.
struct CertificatePin {
    std::string kind;  ///< station, operator
    std::string id;
    Bytes certificate;
    Digest certificate_sha256{};
    Digest key_sha256{};
    std::string actor;
    Instant at;
};

struct StoredStation {
    StationId id;
    SiteId site;
    std::vector<ProductId> products;
    Instant expires;
    std::string source;  ///< CIDR or empty.
    std::string state = "active";
    Digest certificate_sha256{};
    std::string line = {};  ///< Empty where none is named.
};

struct StoredOperator {
    OperatorId id;
    std::string name;
    std::vector<Role> roles;
    Instant expires;
    std::string state = "active";
};

class Principals {
public:
    explicit Principals(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<StoredStation> station_by(const Digest& certificate);
    /// The number that moves on with every act on the registry's tables, principals included.
    [[nodiscard]] std::int64_t registry_version();
    [[nodiscard]] std::optional<StoredOperator> operator_by(const Digest& certificate);
    /// In order of their ids.
    [[nodiscard]] std::vector<StoredStation> stations();

    /// True when nobody was ever enrolled. Holds off every other set_up until this transaction
    /// ends.
    [[nodiscard]] bool are_none();
    /// False when id, certificate or key is known already, in whatever hand; then nothing may be
    /// kept.
    [[nodiscard]] bool pin(const CertificatePin& pin);
    /// After pin, in its transaction.
    void add(const StoredStation& station);
    void add(const StoredOperator& person);

    [[nodiscard]] std::optional<std::string> state_of(const StationId& id);
    /// False when it is in that state already, or unknown.
    [[nodiscard]] bool set_state(const StationId& id, std::string_view state);

private:
    Tx& tx_;
};

/// Claims a canonical public key for one holder, for good. False when any hand has it, even the
/// same.
[[nodiscard]] bool claim_key(Tx& tx, const Digest& key_sha256, std::string_view holder_kind,
                             std::string_view holder_id);

}  // namespace hallmark
