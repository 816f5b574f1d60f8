// The commands that need no server: schema, the first two operators, settling, and policy files.
#pragma once

#include "ca/domain/clock.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace hallmark {

/// Exit status 0, or 3 with --check when something is pending.
int migrate(const std::string& config_file, bool check_only, std::ostream& out, std::ostream& err);

/// Enrols exactly two operators into an empty registry. Each is ID=PEM or PEM (then the id is
/// operator-1, -2).
int set_up(const std::string& config_file, const std::vector<std::string>& operators, Instant now,
           std::ostream& out, std::ostream& err);

/// Settles the intents of dead epochs; prints each.
int reconcile(const std::string& config_file, Instant now, std::ostream& out, std::ostream& err);

int policy_check(const std::vector<std::string>& files, bool json, std::ostream& out,
                 std::ostream& err);
int policy_test(const std::vector<std::string>& files, bool json, std::ostream& out,
                std::ostream& err);

}  // namespace hallmark
