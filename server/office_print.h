// Answers of the office door as people read them. Machines ask for --json.
#pragma once

#include <iosfwd>
#include <string_view>

namespace hallmark {

/// Objects as `name: value` lines, lists of objects one block each, events one line each.
void print_answer(std::string_view body, std::ostream& out);
void print_problem(int status, std::string_view body, std::ostream& err);

}  // namespace hallmark
