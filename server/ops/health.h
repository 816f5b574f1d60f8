// Alive means that the process answers; ready means that every named check of the whole node says
// so. The answer tells which failed, never why: the reason is in the log.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hallmark {

/// What a failed check says: that this node can do nothing, or that some of its work is left
/// undone. Only the first makes it unready: who balances load by the answer would else take from a
/// product that is well the node that serves it.
enum class Concerns { node, part };

struct HealthCheck {
    std::string name;                ///< "database"
    std::function<bool()> is_ready;  ///< May block shortly; a throw counts as no.
    Concerns concerns = Concerns::node;
};

struct HealthAnswer {
    int status = 200;
    std::string body;  ///< JSON, content type application/json.
};

class Health {
public:
    explicit Health(std::vector<HealthCheck> checks) : checks_(std::move(checks)) {}

    [[nodiscard]] HealthAnswer live() const;
    /// 200 where every check of the node passes, else 503:
    /// {"status":"unready","checks":{"database":"failed","token":"ok"}}
    [[nodiscard]] HealthAnswer ready() const;
    /// Each check's name and whether it passes now.
    [[nodiscard]] std::vector<std::pair<std::string, bool>> results() const;
    [[nodiscard]] bool is_ready() const { return ready().status == 200; }

private:
    std::vector<HealthCheck> checks_;
};

}  // namespace hallmark
