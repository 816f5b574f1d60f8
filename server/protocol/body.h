// A JSON body read member by member: what is missing, wrong or unknown refuses the whole. The first
// complaint is kept for the record; the door's text is constant.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace hallmark {

class Body {
public:
    /// One JSON object. Reason: malformed_request.
    [[nodiscard]] static Result<Body> parse(std::string_view text);

    /// For an act that takes nothing: no body, or an object without members. Reason:
    /// malformed_request.
    [[nodiscard]] static Result<Done> none(std::string_view text);

    // Each remembers that the member was asked for. A wrong one answers an empty value and is told
    // by finish().
    [[nodiscard]] std::string text(std::string_view name, std::size_t limit = 1024);
    [[nodiscard]] std::optional<std::string> text_if(std::string_view name,
                                                     std::size_t limit = 1024);
    /// A whole number from 0 to `limit`.
    [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t limit);
    [[nodiscard]] Bytes base64(std::string_view name, std::size_t limit = 64 * 1024);
    [[nodiscard]] std::vector<Bytes> base64_list(std::string_view name, std::size_t limit = 64);
    [[nodiscard]] std::vector<Bytes> base64_list_if(std::string_view name, std::size_t limit = 64);
    [[nodiscard]] std::vector<std::string> texts(std::string_view name, std::size_t limit = 1000);
    [[nodiscard]] std::vector<std::string> texts_if(std::string_view name,
                                                    std::size_t limit = 1000);
    [[nodiscard]] std::optional<Instant> time_if(std::string_view name);
    [[nodiscard]] std::optional<Digest> digest(std::string_view name);
    /// An object member, written again for the reader that owns its format.
    [[nodiscard]] std::string object(std::string_view name);
    /// Whatever was not asked for, as one object; nothing is unknown after it.
    [[nodiscard]] std::string rest();

    void complain(std::string why);
    /// Malformed_request when anything was wrong or never asked for.
    [[nodiscard]] Result<Done> finish() const;

private:
    explicit Body(boost::json::object members) : members_(std::move(members)) {}
    [[nodiscard]] const boost::json::value* member(std::string_view name, bool required);

    boost::json::object members_;
    std::set<std::string, std::less<>> asked_;
    std::string complaint_;
};

}  // namespace hallmark
