#include "tests/bench/report.h"

#include <fstream>
#include <iomanip>
#include <ostream>
#include <sstream>

#include <boost/json.hpp>

namespace hallmark::testing {
namespace {

std::string fixed(double value, int places) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(places) << value;
    return text.str();
}

std::string milliseconds(const std::optional<double>& value) {
    return value ? fixed(*value, 1) : "-";
}

boost::json::value number(const std::optional<double>& value) {
    if (!value) return nullptr;
    return *value;
}

}  // namespace

void print_terms(const std::vector<Term>& terms, std::ostream& out) {
    Microseconds sum{};
    out << "\nThe bare cost of one device, CPU microseconds\n";
    for (const Term& term : terms) {
        out << "  " << std::left << std::setw(16) << term.name << std::right << std::setw(8)
            << fixed(term.each.count(), 1) << " x " << fixed(term.times, 0) << " = " << std::setw(7)
            << fixed(term.a_device().count(), 1) << "  " << term.what << '\n';
        sum += term.a_device();
    }
    out << "  " << std::left << std::setw(27) << "together" << std::right << "   " << std::setw(7)
        << fixed(sum.count(), 1) << "\n";
}

void print_table(const std::vector<Finding>& findings, std::ostream& out) {
    out << '\n'
        << std::left << std::setw(16) << "name" << std::right << std::setw(12) << "value"
        << std::setw(12) << "limit" << std::setw(8) << "ratio" << std::setw(9) << "p50 ms"
        << std::setw(9) << "p99 ms"
        << "  unit; notes\n";
    for (const Finding& each : findings) {
        out << std::left << std::setw(16) << each.name << std::right << std::setw(12)
            << fixed(each.value, 1) << std::setw(12) << fixed(each.limit, 1) << std::setw(8)
            << fixed(each.ratio, 3) << std::setw(9) << milliseconds(each.p50_ms) << std::setw(9)
            << milliseconds(each.p99_ms) << "  " << each.unit
            << (each.notes.empty() ? "" : "; " + each.notes) << '\n';
    }
}

void write_json(const std::vector<Finding>& findings, const std::filesystem::path& file) {
    boost::json::array list;
    for (const Finding& each : findings) {
        list.push_back(boost::json::object{{"name", each.name},
                                           {"unit", each.unit},
                                           {"value", each.value},
                                           {"limit", each.limit},
                                           {"ratio", each.ratio},
                                           {"p50_ms", number(each.p50_ms)},
                                           {"p99_ms", number(each.p99_ms)},
                                           {"notes", each.notes}});
    }
    std::ofstream out(file);
    out << boost::json::serialize(list) << '\n';
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void write_picture(const std::vector<Finding>& findings, const std::filesystem::path& file) {
    constexpr int label = 120, bar = 360, row = 26, top = 30;
    const int height = top + row * static_cast<int>(findings.size()) + 10;
    std::ofstream out(file);
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"" << height
        << "\" font-family=\"sans-serif\" font-size=\"13\">\n"
        << "<rect width=\"640\" height=\"" << height << "\" fill=\"white\"/>\n"
        << "<text x=\"" << label + bar << "\" y=\"18\" text-anchor=\"middle\">the limit</text>\n";
    int y = top;
    for (const Finding& each : findings) {
        const auto width = static_cast<int>(bar * std::min(each.ratio, 1.2));
        out << "<text x=\"" << label - 8 << "\" y=\"" << y + 15 << "\" text-anchor=\"end\">"
            << each.name << "</text>\n<rect x=\"" << label << "\" y=\"" << y << "\" width=\""
            << width << "\" height=\"" << row - 6 << "\" fill=\"#3b6ea5\"/>\n<text x=\""
            << label + width + 6 << "\" y=\"" << y + 15 << "\">" << fixed(each.ratio, 2) << " ("
            << fixed(each.value, 0) << " " << each.unit << ")</text>\n";
        y += row;
    }
    out << "<line x1=\"" << label + bar << "\" y1=\"24\" x2=\"" << label + bar << "\" y2=\"" << y
        << "\" stroke=\"#a33\" stroke-dasharray=\"4 3\"/>\n</svg>\n";
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace hallmark::testing
