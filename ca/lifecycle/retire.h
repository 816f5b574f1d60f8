// The end of an active credential, ordered by an operator by name. One way: nothing comes back.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/credentials.h"

#include <array>
#include <string_view>

namespace hallmark {

/// The reasons an operator may give, and whether the device ends with its credential. How each maps
/// to an RFC 5280 CRLReason stands in ca/revocation/crl.h.
struct RetirementReason {
    std::string_view name;
    bool ends_device;
};
inline constexpr std::array retirement_reasons{
    RetirementReason{"superseded", false},
    RetirementReason{"key_compromise", false},
    RetirementReason{"affiliation_changed", false},
    RetirementReason{"cessation_of_operation", true},
    RetirementReason{"privilege_withdrawn", true},
    RetirementReason{"element_failed", true},
};

struct RetirementOrder {
    Serial serial;
    std::string reason;
};

class RetirementService {
public:
    explicit RetirementService(Database& database) : database_(database) {}

    /// Needs the role line_manager, security_officer or administrator. Reasons: forbidden,
    /// malformed_request (reason unknown), not_found, gone (ended before), conflict (not
    /// installed).
    [[nodiscard]] Result<CredentialRow> retire(const Operator& by, const RetirementOrder& order,
                                               Instant now);

private:
    Database& database_;
};

}  // namespace hallmark
