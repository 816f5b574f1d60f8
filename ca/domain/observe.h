// How the core speaks to metrics and logs: functions handed over by main. They observe and never
// decide; an empty one is skipped.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace hallmark {

struct Observe {
    /// One step of a line took this long: ("issuance", "verify", 0.0008 s).
    std::function<void(std::string_view line, std::string_view stage,
                       std::chrono::duration<double>)>
        stage;
    /// Something worth a line in the log: ("credential.issued", "serial=...").
    std::function<void(std::string_view event, std::string_view detail)> event;
    /// A value that goes up and down: ("issuances_unconfirmed", "", 3).
    std::function<void(std::string_view name, std::string_view label, double value)> gauge;

    void note(std::string_view name, std::string_view detail) const {
        if (event) event(name, detail);
    }
    void measure(std::string_view name, std::string_view label, double value) const {
        if (gauge) gauge(name, label, value);
    }
    void took(std::string_view line, std::string_view step,
              std::chrono::duration<double> time) const {
        if (stage) stage(line, step, time);
    }
};

}  // namespace hallmark
