#include "server/http/crew_call.h"

#include <memory>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hallmark {

namespace asio = boost::asio;

asio::awaitable<bool> run_on_crew(Workers& workers, asio::any_io_executor executor,
                                  const std::string& caller, const std::function<void()>& work) {
    auto begin = [&workers, &work, &caller, executor](auto handler) {
        // The handler moves and cannot be copied, and a std::function must be copyable: hence the
        // shared one.
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        const auto come_back = [waiting, executor](bool ran) {
            asio::post(executor, [waiting, ran] { (*waiting)(ran); });
        };
        if (!workers.try_run(
                {.work = work, .done = [come_back] { come_back(true); }, .caller = caller}))
            come_back(false);
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
        begin, asio::use_awaitable);
}

}  // namespace hallmark
