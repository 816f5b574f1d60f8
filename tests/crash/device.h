// One device on the bench, and all that its station knows of it: each request that went out and
// whatever came back. Asks again until it holds a certificate, as the protocol tells stations to.
#pragma once

#include "tests/e2e/soft_station.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace hallmark::testing {

struct SentRequest {
    std::string body;
    std::optional<Bytes> certificate;  ///< Once an answer brought it.
    bool is_burnt = false;             ///< The door said 410.
};

/// `put_off`: the door takes nothing from anybody now. `later`: this request is being worked on.
enum class Progress { finished, at_once, put_off, later };

class Device {
public:
    explicit Device(const SoftTpm& tpm, std::string product = "tpm-gateway") : bench_(tpm) {
        bench_.product = std::move(product);
    }

    /// One request to the door. Throws ClientFault when no answer comes; what went out is
    /// remembered first.
    Progress advance(SoftStation& station) {
        if (is_open_) return hear(sent_.back(), station.repeat(bench_));
        if (!sent_.empty()) begin_anew();
        const ClientAnswer opened = station.open(bench_);
        if (opened.status == 503) return put_off(opened);
        EXPECT_EQ(opened.status, 201) << opened.body;
        if (opened.status != 201) return Progress::later;
        SoftStation::attest(bench_);
        sent_.push_back({.body = boost::json::serialize(bench_.request),
                         .certificate = std::nullopt,
                         .is_burnt = false});
        is_open_ = true;
        return hear(sent_.back(), station.issue(bench_));
    }

    /// Every request that ever went out, once more: each has its own certificate or none at all.
    void ask_all_again(SoftStation& station) {
        for (SentRequest& request : sent_) {
            const ClientAnswer answer = station.repeat(request.body);
            if (request.certificate) {
                ASSERT_EQ(answer.status, 200) << answer.body;
                EXPECT_EQ(certificate_in(answer), *request.certificate);
            } else if (request.is_burnt) {
                EXPECT_EQ(answer.status, 410) << answer.body;
            } else {
                EXPECT_TRUE(is_refusal_of_unknown(answer)) << answer.status << answer.body;
            }
        }
    }

    [[nodiscard]] const std::vector<SentRequest>& sent() const noexcept { return sent_; }
    /// Answers that said 503.
    [[nodiscard]] std::size_t times_put_off() const noexcept { return times_put_off_; }

private:
    /// A new challenge and request_id for the same element, with the same key every other time.
    void begin_anew() {
        Bench next(*bench_.tpm);
        next.product = bench_.product;
        if (bench_.request_id.back() % 2 == 0) next.leaf = std::move(bench_.leaf);
        bench_ = std::move(next);
    }

    Progress hear(SentRequest& request, const ClientAnswer& answer) {
        if (answer.status == 200 || answer.status == 201) {
            request.certificate = certificate_in(answer);
            return Progress::finished;
        }
        if (answer.status == 503) return put_off(answer);
        if (answer.status == 409) return Progress::later;
        request.is_burnt = answer.status == 410;
        // The challenge went with a request whose intent never stood.
        EXPECT_TRUE(request.is_burnt || is_about(answer, "challenge-not-accepted"))
            << answer.status << answer.body;
        is_open_ = false;
        return Progress::at_once;
    }

    Progress put_off(const ClientAnswer& answer) {
        EXPECT_FALSE(answer.header("retry-after").empty());
        ++times_put_off_;
        return Progress::put_off;
    }
    static bool is_about(const ClientAnswer& answer, const std::string& problem) {
        return answer.body.find("/problems/" + problem) != std::string::npos;
    }
    /// It never arrived: its challenge is spent or over, or lives still and meets the certificate
    /// that a later request brought.
    static bool is_refusal_of_unknown(const ClientAnswer& answer) {
        return is_about(answer, "challenge-not-accepted") ||
               is_about(answer, "element-not-accepted");
    }
    static Bytes certificate_in(const ClientAnswer& answer) {
        const auto body = boost::json::parse(answer.body);
        return parse_pem(body.at("certificate").as_string(), "CERTIFICATE").value().at(0);
    }

    Bench bench_;
    std::vector<SentRequest> sent_;
    bool is_open_ = false;
    std::size_t times_put_off_ = 0;
};

}  // namespace hallmark::testing
