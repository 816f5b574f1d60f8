// fuzz: NEEDS ca/domain server/protocol
// covers: server/protocol/body.cpp
// A body asked for one member of every kind: a complaint about one refuses the whole, and what
// passes holds to its limits.
#include "server/protocol/body.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

void read_required(Body body) {
    const std::string text = body.text("text", 16);
    const Bytes octets = body.base64("octets", 64);
    const std::vector<Bytes> chain = body.base64_list("chain", 4);
    const std::vector<std::string> names = body.texts("names", 4);
    const auto digest = body.digest("digest");
    const std::string object = body.object("object");
    if (body.finish()) {
        require(digest.has_value() && Body::parse(object).has_value());
        require(text.size() <= 16 && chain.size() <= 4 && names.size() <= 4 && octets.size() <= 68);
    }
}

void read_optional(Body body) {
    const auto text = body.text_if("text", 16);
    static_cast<void>(body.time_if("time"));
    const auto chain = body.base64_list_if("chain", 4);
    const auto names = body.texts_if("names", 4);
    const std::string rest = body.rest();
    require(Body::parse(rest).has_value());
    if (body.finish()) {
        require(chain.size() <= 4 && names.size() <= 4 && text.value_or("").size() <= 16);
    }
    body.complain("one");
    require(!body.finish() && body.finish().error().reason == Reason::malformed_request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::string_view text = as_text({bytes, size});
    const bool is_nothing = Body::none(text).has_value();
    const auto body = Body::parse(text);
    if (!body) return is_nothing && !text.empty() ? (std::abort(), 0) : 0;
    read_required(*body);
    read_optional(*body);
    return 0;
}
