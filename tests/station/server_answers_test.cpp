#include "station/server_answers.h"

#include "tests/station/factory.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

struct BadAnswer {
    const char* name;
    std::string body;
};
class ServerAnswers : public ::testing::TestWithParam<BadAnswer> {};

TEST_P(ServerAnswers, are_faults_when_they_are_not_what_the_protocol_says) {
    EXPECT_THROW((void)decode_issuance(GetParam().body), AnswerFault);
    EXPECT_THROW((void)decode_challenge(GetParam().body), AnswerFault);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ServerAnswers,
    ::testing::Values(BadAnswer{"empty", ""}, BadAnswer{"no_object", "[]"},
                      BadAnswer{"trailing", "{} {}"}, BadAnswer{"no_members", "{}"},
                      BadAnswer{"short_challenge", R"({"challenge":"AAAA","expires_at":"x"})"},
                      BadAnswer{"no_base64", R"({"challenge":"?","expires_at":"x"})"},
                      BadAnswer{"number_as_member", R"({"challenge":1,"expires_at":"x"})"},
                      BadAnswer{"no_uuid", R"({"issuance":"x","device":"d","serial":"01"})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ServerRefusals, are_faults_when_no_problem_document_says_why) {
    EXPECT_EQ(refusal_in(problem_of(403, "policy-denied")).reason, Reason::policy_denied);
    EXPECT_THROW((void)refusal_in(problem_of(500, "fault")), AnswerFault);
    EXPECT_THROW((void)refusal_in({403, {{"content-type", "text/html"}}, "no"}), AnswerFault);
    EXPECT_THROW((void)refusal_in({403, {{"content-type", "application/problem+json"}}, "{"}),
                 AnswerFault);
}

}  // namespace
}  // namespace hallmark
