#include "station/transport.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace hallmark {
namespace {

bool is_final(const ClientAnswer& answer) {
    if (answer.status >= 500 || answer.status == 429) return false;
    return answer.status != 409 || answer.header("retry-after").empty();
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_after(const ClientAnswer& answer) {
    const std::string_view text = answer.header("retry-after");
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds > 3600)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

Courier::Courier(Transport transport, Wait wait, Patience patience)
    : transport_(std::move(transport)), wait_(std::move(wait)), patience_(patience) {}

ClientAnswer Courier::send(const Call& call) const {
    std::chrono::milliseconds pause = patience_.first;
    for (int left = patience_.tries;; --left) {
        std::optional<ClientAnswer> answer;
        try {
            answer = transport_(call);
        } catch (const ClientFault&) {
            if (left <= 1) throw;
        }
        if (answer && (is_final(*answer) || left <= 1)) return *answer;
        const auto wanted = answer ? retry_after(*answer) : std::nullopt;
        wait_(std::min(patience_.longest, wanted.value_or(pause)));
        pause = std::min(patience_.longest, pause * 2);
    }
}

Transport over_https(ClientOptions options) {
    const auto client = std::make_shared<HttpsClient>(std::move(options));
    return
        [client](const Call& call) { return client->request(call.method, call.target, call.body); };
}

}  // namespace hallmark
