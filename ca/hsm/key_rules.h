// What an issuing key must be, judged by what its token reports of it. Pure: the report in, the
// verdict out.
#pragma once

#include "ca/hsm/token.h"

namespace hallmark {

/// CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL
/// and CKA_SIGN are true; CKA_EXTRACTABLE is false; CKA_DECRYPT, CKA_UNWRAP, CKA_DERIVE,
/// CKA_SIGN_RECOVER and CKA_ALWAYS_AUTHENTICATE are false or unknown to the token. CKA_MODIFIABLE
/// is on record alone: many tokens report it true of every key. Reason: unavailable, the attribute
/// in the detail.
[[nodiscard]] Result<Done> check_key_attributes(const KeyAttributes& key);

}  // namespace hallmark
