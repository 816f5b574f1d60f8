// How one person approves what another proposed: the server's text is digested here, shown, and
// approved by the digest that the person gives, never by one that only the server says.
#pragma once

#include "server/office_commands.h"

namespace hallmark {

struct ApprovalWords {
    std::string id;
    std::string sha256;  ///< Empty: asked for.
};
/// Shows the proposal and asks `in` for its digest where none is given. 0 applied; 1 to 3 as
/// ask_office; 3 also where the digest given is not that of the text shown.
int approve_proposal(const OfficeAccess& access, const ApprovalWords& words, std::istream& in,
                     std::ostream& out, std::ostream& err);

/// A newcomer's proof that the key is in their hand (ca/registry/possession.h), as base64.
struct Possession {
    std::string role;  ///< operator, station
    std::string id;
    std::string certificate, key, out;  ///< PEM files, and where it goes; empty: `text`.
};
int prove_possession(const Possession& possession, std::ostream& text);

}  // namespace hallmark
