// OpenSSL as the independent oracle: what our own writer and reader made is held against an
// implementation that shares no line with them.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

struct SecondOpinion {
    ByteView certificate;  ///< The leaf, DER.
    ByteView spki;         ///< The key that must be in it.
    ByteView serial;       ///< INTEGER content octets that must be in it.
    Instant at;            ///< A moment within the leaf's validity.
};

/// Issuers as OpenSSL reads them. Their signatures on each other are checked once, here; all else
/// that a path must be is judged with each leaf anew. Not thread-safe.
class OpensslIssuers {
public:
    /// DER, nearest first, the root last.
    explicit OpensslIssuers(const std::vector<Bytes>& issuers);
    ~OpensslIssuers();
    OpensslIssuers(OpensslIssuers&&) noexcept;
    OpensslIssuers& operator=(OpensslIssuers&&) noexcept;

    /// nullopt when OpenSSL parses the certificate, re-encodes it to the same bytes, finds key and
    /// serial, sees no CA in it, and builds the chain to the root with X509_verify_cert in strict
    /// mode; else what it did not like, of the leaf or of the issuers.
    [[nodiscard]] std::optional<std::string> objection(const SecondOpinion& asked) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hallmark
