#include "server/http/answer_head.h"
#include "server/http/http.h"
#include "server/http/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using ::testing::HasSubstr;

constexpr const char* an_id = "7b1f7a3e-6d5a-4c1b-9a56-0f4f3c1d2e3f";

struct Row {
    Reason reason;
    int status;
};
class ProblemOf : public ::testing::TestWithParam<Row> {};

TEST_P(ProblemOf, bears_the_status_and_the_name_of_its_reason) {
    const HttpAnswer answer = problem(GetParam().reason, an_id);
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(status_of(GetParam().reason), GetParam().status);
    EXPECT_EQ(answer.content_type, "application/problem+json");
    EXPECT_THAT(answer.body, HasSubstr("\"type\":\"/problems/" +
                                       std::string(name_of(GetParam().reason)) + "\""));
    EXPECT_THAT(answer.body, HasSubstr("\"instance\":\"urn:uuid:" + std::string(an_id) + "\""));
    const bool again =
        answer.status == 429 || answer.status == 503 || GetParam().reason == Reason::in_progress;
    ASSERT_EQ(answer.headers.size(), again ? 1u : 0u);
    if (again) {
        EXPECT_EQ(answer.headers[0].first, "Retry-After");
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ProblemOf,
    ::testing::Values(Row{Reason::malformed_request, 400}, Row{Reason::too_large, 413},
                      Row{Reason::unauthenticated, 401}, Row{Reason::forbidden, 403},
                      Row{Reason::not_found, 404}, Row{Reason::in_progress, 409},
                      Row{Reason::request_mismatch, 422}, Row{Reason::gone, 410},
                      Row{Reason::conflict, 409}, Row{Reason::challenge_not_accepted, 422},
                      Row{Reason::csr_not_accepted, 422}, Row{Reason::evidence_not_accepted, 422},
                      Row{Reason::element_not_accepted, 422}, Row{Reason::policy_denied, 422},
                      Row{Reason::installation_not_accepted, 422},
                      Row{Reason::invalid_document, 422}, Row{Reason::limited, 429},
                      Row{Reason::overloaded, 503}, Row{Reason::unavailable, 503}));

TEST(Problem, lets_no_instance_break_out_of_its_string) {
    const HttpAnswer answer = problem(Reason::conflict, "a\",\"status\":200,\"\\\n\x01\xff");
    EXPECT_THAT(answer.body, HasSubstr("\"instance\":\"a?,?status?:200,?????\"}"));
}

TEST(Problem, names_what_the_door_refuses) {
    EXPECT_THAT(door_problem(405, an_id).body, HasSubstr("/problems/method-not-allowed"));
    EXPECT_EQ(door_problem(431, an_id).status, 431);
    EXPECT_EQ(fault_problem(an_id).status, 500);
}

TEST(RequestIds, are_version_4_uuids_and_never_alike) {
    const std::string first = make_request_id();
    EXPECT_THAT(first, ::testing::MatchesRegex(
                           "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_NE(first, make_request_id());
}

TEST(HttpDate, is_written_as_rfc_9110_shows_it) {
    EXPECT_EQ(to_http_date(*from_rfc3339("1994-11-06T08:49:37Z")), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace hallmark
