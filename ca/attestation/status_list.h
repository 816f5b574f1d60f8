// What a vendor publishes of attestation certificates that it no longer stands behind: Google's
// status list for Android Key Attestation
// (https://developer.android.com/privacy-and-security/security-key-attestation, "Certificate
// revocation status list"). The list bears neither date nor signature: it is as good as the way it
// came, and as old as the file.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <map>
#include <string>
#include <string_view>

namespace hallmark {

class StatusList {
public:
    /// {"entries": {"<serial>": {"status": "REVOKED" | "SUSPENDED", "reason": "..."}}}; serials in
    /// lower-case hex without leading zeros, as the vendor writes them. At most 8 MiB and 100,000
    /// entries; an entry of any other form refuses the whole, since what it says is not known.
    /// `as_of` is when the list was fetched; from `as_of` + `valid_for` on it is too old. Reason:
    /// invalid_document.
    [[nodiscard]] static Result<StatusList> parse(std::string_view json, Instant as_of,
                                                  std::chrono::seconds valid_for);

    /// "REVOKED: KEY_COMPROMISE", or nullptr where the list does not name the serial. `serial` is
    /// an INTEGER's content octets.
    [[nodiscard]] const std::string* find(ByteView serial) const;
    [[nodiscard]] bool is_too_old(Instant now) const noexcept { return now >= as_of_ + valid_for_; }
    [[nodiscard]] Instant as_of() const noexcept { return as_of_; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Of the document as it came.
    [[nodiscard]] const Digest& sha256() const noexcept { return sha256_; }

private:
    std::map<std::string, std::string, std::less<>> entries_;
    Instant as_of_;
    std::chrono::seconds valid_for_{0};
    Digest sha256_{};
};

}  // namespace hallmark
