// The table of one door's routes. Literal segments win over parameters; refuses two routes for the
// same thing, so that what answers never depends on the order of the table.
#pragma once

#include "server/http/http.h"
#include "server/http/target.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

class Router {
public:
    /// Throws std::invalid_argument for a malformed pattern or two routes that one request could
    /// mean alike.
    explicit Router(std::vector<Route> routes);

    struct Match {
        const Route* route = nullptr;  ///< Null: nothing there, or not with this method.
        std::map<std::string, std::string> parameters;
        std::string
            allow;  ///< RFC 9110 10.2.1, where the path is known and the method is not; else empty.
    };
    /// HEAD is answered by the GET route where no other says HEAD (RFC 9110 9.3.2).
    [[nodiscard]] Match find(std::string_view method, const Target& target) const;

private:
    struct Entry {
        Route route;
        std::vector<std::string> segments;
    };
    std::vector<Entry> entries_;
};

}  // namespace hallmark
