// Operators after their enrolment: who they are now, who vouched for whom, and the few things of
// theirs that change. Enrolling is db/principals.h's.
#pragma once

#include "db/principals.h"

namespace hallmark {

/// An operator as listed, with the certificate in force.
struct OperatorRow {
    StoredOperator person;
    Digest certificate_sha256{};
    std::string enrolled_by;  ///< "setup" or "operator/ada".
    bool is_expired = false;  ///< By the database's clock.
};

/// Another certificate for an operator who is known.
struct Rekeying {
    OperatorId id;
    Bytes certificate;
    Digest certificate_sha256{};
    Digest key_sha256{};
    Instant expires;
    std::string actor;
    Instant at;
};

class Operators {
public:
    explicit Operators(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<OperatorRow> find(const OperatorId& id);
    /// The row stays as it is until the transaction ends.
    [[nodiscard]] std::optional<OperatorRow> find_shared(const OperatorId& id);
    /// In order of their ids.
    [[nodiscard]] std::vector<OperatorRow> all();

    /// False when the operator is in that state already, or unknown.
    [[nodiscard]] bool set_state(const OperatorId& id, std::string_view state);
    void set_roles(const OperatorId& id, const std::vector<Role>& roles);
    /// False when any hand has the key, the operator's own included.
    [[nodiscard]] bool rekey(const Rekeying& rekeying);

    void vouch(const OperatorId& person, const OperatorId& voucher, const std::string& proposal);
    /// One of the two vouched for the other.
    [[nodiscard]] bool are_tied(const OperatorId& one, const OperatorId& other);
    /// No principal, intermediate or credential ever had this key.
    [[nodiscard]] bool is_new_key(const Digest& key_sha256);

private:
    Tx& tx_;
};

}  // namespace hallmark
