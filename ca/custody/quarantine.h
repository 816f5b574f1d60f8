// Models of elements, or one firmware of a model, that get nothing more until two people say so. A
// lot that is found bad is held instead (custody.h).
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/word.h"
#include "db/database.h"
#include "db/quarantines.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct QuarantineOrder {
    VendorId vendor;
    std::string model;
    std::string firmware = {};  ///< Empty: whatever it is.
    std::string cause;          ///< 1 to 1024 characters.
};

class QuarantineService {
public:
    explicit QuarantineService(Database& database) : database_(database) {}

    /// One person's act: nothing is reserved for it once this returns. Reason: malformed_request,
    /// conflict where it stands already.
    [[nodiscard]] Result<QuarantineRow> begin(const QuarantineOrder& order, const Word& word,
                                              Instant now);
    [[nodiscard]] std::vector<QuarantineRow> standing();
    /// What was already issued to such elements, in order of serials, those after `after`. Reason:
    /// not_found.
    [[nodiscard]] Result<std::vector<TouchedCredential>> touched(std::int64_t number,
                                                                 const std::string& after,
                                                                 std::size_t limit);

private:
    Database& database_;
};

/// In a transaction of the caller's, with its event: for what two people approved. Reason:
/// not_found, conflict.
[[nodiscard]] Result<Done> lift_quarantine(Tx& tx, std::int64_t number, const Word& word,
                                           Instant now);

}  // namespace hallmark
