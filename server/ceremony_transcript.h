// The record of a ceremony: JSON lines, each with the digest of the line before, written to disk as
// things happen, closed by a line that names the chain's end and signed by the operator.
#pragma once

#include "ca/hsm/token.h"
#include "server/ceremony.h"
#include "server/ceremony_files.h"
#include "server/ceremony_operator.h"

#include <iosfwd>

#include <boost/json/object.hpp>

namespace hallmark {

class Transcript {
public:
    struct Opening {
        std::string_view ceremony;  ///< "root", "intermediate"
        const CeremonyRecord& record;
        Instant now;
        std::ostream& out;  ///< A person follows the steps here.
    };
    /// Makes the file. Reason: those of read_operator_key and check_absent.
    [[nodiscard]] static Result<std::unique_ptr<Transcript>> open(const Opening& opening);

    /// One line: `members` with "step", "at", "line" and "previous" added. It is on disk when this
    /// returns.
    void step(std::string_view name, boost::json::object members);

    /// What the token says of itself, and of a key: its report, its URI, the digest of its public
    /// half.
    void token(std::string_view role, Token& token);
    void key(std::string_view step_name, Token& token, const SigningKey& key);
    void certificate(std::string_view step_name, const Certificate& certificate);

    /// The closing line and the signature file. Without them the ceremony did not come to its end.
    void close();

private:
    Transcript(const Opening& opening, OperatorKey key);
    std::filesystem::path path_;
    OperatorKey operator_;
    NewFile file_;
    std::ostream& out_;
    std::string at_;
    Bytes written_;
    Digest previous_{};
    std::int64_t lines_ = 0;
};

}  // namespace hallmark
