#include "server/ops/health.h"

#include "server/ops/json_line.h"

#include <exception>

namespace hallmark {
namespace {

bool passes(const HealthCheck& check) {
    try {
        return check.is_ready();
    } catch (const std::exception&) {
        return false;  // A check that cannot be made is one that failed.
    }
}

}  // namespace

HealthAnswer Health::live() const {
    return {200, R"({"status":"live"})"};
}

std::vector<std::pair<std::string, bool>> Health::results() const {
    std::vector<std::pair<std::string, bool>> results;
    for (const HealthCheck& check : checks_)
        results.emplace_back(check.name, passes(check));
    return results;
}

HealthAnswer Health::ready() const {
    bool all = true;
    std::string checks;
    for (const HealthCheck& check : checks_) {
        const bool ready = passes(check);
        all = all && (ready || check.concerns == Concerns::part);
        checks += (checks.empty() ? "" : ",") + json_string(check.name) + ":" +
                  (ready ? "\"ok\"" : "\"failed\"");
    }
    const std::string status = all ? "ready" : "unready";
    return {all ? 200 : 503, R"({"status":")" + status + R"(","checks":{)" + checks + "}}"};
}

}  // namespace hallmark
