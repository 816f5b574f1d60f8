// How a configured door becomes one that opens.
#pragma once

#include "server/config/config.h"
#include "server/http/server.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace hallmark {

/// Every line that is logged while one of the routes is answered bears its request's id.
[[nodiscard]] DoorOptions door_options(std::string name, const DoorConfig& config,
                                       std::vector<Route> routes);
[[nodiscard]] std::vector<Route> joined(std::initializer_list<std::vector<Route>> lists);

}  // namespace hallmark
