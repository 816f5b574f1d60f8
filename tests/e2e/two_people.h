// What the office door proposes, in a test's hands: offered by one client, approved by another.
#pragma once

#include "server/client/client.h"

#include <stdexcept>
#include <string>

#include <boost/json.hpp>

namespace hallmark::testing {

/// The id and digest that an approval needs.
struct Offer {
    std::string id;
    std::string sha256;

    [[nodiscard]] std::string approval() const { return R"({"sha256":")" + sha256 + "\"}"; }
    [[nodiscard]] std::string target(const std::string& act = "") const {
        return "/v1/proposals/" + id + act;
    }
};

/// Throws where the answer is no proposal.
inline Offer offer_in(const ClientAnswer& answer) {
    if (answer.status != 202)
        throw std::runtime_error(std::to_string(answer.status) + ": " + answer.body);
    const auto body = boost::json::parse(answer.body).as_object();
    return {std::string(body.at("id").as_string()), std::string(body.at("sha256").as_string())};
}

inline ClientAnswer approve(HttpsClient client, const Offer& offer) {
    return client.request("POST", offer.target("/approve"), offer.approval());
}

}  // namespace hallmark::testing
