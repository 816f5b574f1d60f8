// What a run found, as a table, as JSON and as a picture.
#pragma once

#include "tests/bench/terms.h"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace hallmark::testing {

struct Finding {
    std::string name;
    std::string unit;
    double value = 0;
    double limit = 0;  ///< The bare cost of the same work in the same run, in the same unit.
    double ratio = 0;
    std::optional<double> p50_ms, p99_ms;
    std::string notes;
};

void print_terms(const std::vector<Term>& terms, std::ostream& out);
void print_table(const std::vector<Finding>& findings, std::ostream& out);
void write_json(const std::vector<Finding>& findings, const std::filesystem::path& file);
/// An SVG: each finding's ratio as a bar, the limit as the line at 1.
void write_picture(const std::vector<Finding>& findings, const std::filesystem::path& file);

}  // namespace hallmark::testing
