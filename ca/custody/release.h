// What a lot needs before it may be released.
#pragma once

#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <string_view>

namespace hallmark {

/// Into `released` goes no lot with elements that own no key: no evidence could ever be held
/// against them. The database says the same. Reason: conflict.
[[nodiscard]] Result<Done> check_keys(Tx& tx, const LotId& lot, std::string_view to_state);

}  // namespace hallmark
