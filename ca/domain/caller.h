// Who knocks. The doors see a peer certificate; ca/registry turns its digest into one of these.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// The client certificate of a TLS connection, whole. Nothing in it is believed but its digest
/// (the pin) and its validity.
struct PeerCertificate {
    Bytes der;
    Digest sha256{};
    std::string source_address;  ///< Numeric, without port.
};

/// A registered, active station, as its row says at this request.
struct Caller {
    StationId station;
    SiteId site;
    std::vector<ProductId> products;
    std::string line = {};  ///< Of the site; empty where none is named.
    std::string door = "factory";
    Digest certificate{};        ///< SHA-256 of what it called with, and
    std::string source_address;  ///< from where: to look it up again.
    /// Set where the row was not asked with this request but known from an earlier one: the
    /// registry's number at that time. What is answered must rest on a look at that number.
    std::optional<std::int64_t> known_under;
};

enum class Role { administrator, line_manager, security_officer, field_operator, auditor };
[[nodiscard]] std::string_view name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_from(std::string_view name) noexcept;

/// A registered, active operator.
struct Operator {
    OperatorId id;
    std::string name;
    std::vector<Role> roles;

    [[nodiscard]] bool has(Role role) const;
};

}  // namespace hallmark
