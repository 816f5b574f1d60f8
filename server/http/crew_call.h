// The bridge from a coroutine to the crew: the coroutine waits, its thread does not.
// For the files of this room alone.
#pragma once

#include "server/http/workers.h"

#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace hallmark {

/// Runs `work` on a seat and comes back on `executor`. False: no seat is free for this caller and
/// nothing ran.
/// `work` must not throw; it and what it names outlive the call, since the caller waits for it.
[[nodiscard]] boost::asio::awaitable<bool> run_on_crew(Workers& workers,
                                                       boost::asio::any_io_executor executor,
                                                       const std::string& caller,
                                                       const std::function<void()>& work);

}  // namespace hallmark
