// Alive means that the process answers; ready means that every named check says so. The answer
// tells which failed, never why: the reason is in the log.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hallmark {

struct HealthCheck {
    std::string name;                ///< "database"
    std::function<bool()> is_ready;  ///< May block shortly; a throw counts as no.
};

struct HealthAnswer {
    int status = 200;
    std::string body;  ///< JSON, content type application/json.
};

class Health {
public:
    explicit Health(std::vector<HealthCheck> checks) : checks_(std::move(checks)) {}

    [[nodiscard]] HealthAnswer live() const;
    /// 200 where every check passes, else 503:
    /// {"status":"unready","checks":{"database":"failed","token":"ok"}}
    [[nodiscard]] HealthAnswer ready() const;
    /// Each check's name and whether it passes now.
    [[nodiscard]] std::vector<std::pair<std::string, bool>> results() const;
    [[nodiscard]] bool is_ready() const { return ready().status == 200; }

private:
    std::vector<HealthCheck> checks_;
};

}  // namespace hallmark
