// What a ceremony refuses, and what it leaves behind when it does.
#include "tests/e2e/ceremony_fixture.h"

#include <algorithm>
#include <functional>

#include <sys/stat.h>

namespace hallmark {
namespace {

using testing::contents;
class CeremonyRefusal : public testing::Ceremony {};

TEST_F(CeremonyRefusal, refuses_a_label_that_is_taken_and_signs_no_transcript) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    auto again = root_ceremony();
    again.certificate_out = at("root-2.pem");
    again.record.transcript = at("root-2.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_TRUE(refused_with("refused (conflict)")) << err_.str();
    EXPECT_EQ(steps_of(at("root-2.jsonl")),
              (std::vector<std::string>{"begin", "token-opened", "refused"}));
    EXPECT_FALSE(std::filesystem::exists(at("root-2.pem")));
    EXPECT_FALSE(std::filesystem::exists(at("root-2.jsonl.sig")));
}

TEST_F(CeremonyRefusal, overwrites_nothing) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    const std::string before = contents(at("root.jsonl"));
    EXPECT_EQ(run(root_ceremony()), 3);
    EXPECT_TRUE(refused_with("nothing is overwritten"));
    EXPECT_EQ(contents(at("root.jsonl")), before);
    auto again = root_ceremony();
    again.record.transcript = at("root-2.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_EQ(steps_of(at("root-2.jsonl")), (std::vector<std::string>{"begin", "refused"}));
}

TEST_F(CeremonyRefusal, makes_no_second_key_of_results_under_one_label_or_over_a_file) {
    ASSERT_EQ(run(results_key_ceremony()), 0) << err_.str();
    auto again = results_key_ceremony();
    again.record.transcript = at("again.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_TRUE(refused_with("nothing is overwritten")) << err_.str();
    again.public_key_out = at("again.pem");
    again.record.transcript = at("again-2.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_EQ(steps_of(at("again-2.jsonl")), (std::vector<std::string>{"begin", "refused"}))
        << "the key set is there";
    again.key_set_out.clear();
    again.record.transcript = at("again-3.jsonl");
    EXPECT_EQ(run(again), 3);
    EXPECT_TRUE(refused_with("refused (conflict)")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("again.pem")));
    EXPECT_FALSE(std::filesystem::exists(at("again-3.jsonl.sig")));
}

TEST_F(CeremonyRefusal, refuses_an_intermediate_that_would_outlive_its_root) {
    auto root = root_ceremony();
    root.years = 4;
    ASSERT_EQ(run(root), 0) << err_.str();
    EXPECT_EQ(run(intermediate_ceremony()), 3);
    EXPECT_TRUE(refused_with("would outlive its root, which ends 2030-11-23T09:59:59Z"))
        << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("issuing.pem")));
}

TEST_F(CeremonyRefusal, refuses_a_certificate_whose_key_is_not_in_the_token) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    ASSERT_EQ(run(intermediate_ceremony()), 0) << err_.str();
    auto second = intermediate_ceremony();
    second.root.reset();
    second.key_label = "issuing-2";
    second.csr_out = at("second.csr");
    second.record.transcript = at("second.jsonl");
    ASSERT_EQ(run(second), 0) << err_.str();
    auto take = second;
    take.csr_out.clear();
    take.certificate_in = at("issuing.pem");  // Of the first key.
    take.certificate_out = at("second.pem");
    take.record.transcript = at("take.jsonl");
    EXPECT_EQ(run(take), 3);
    EXPECT_TRUE(refused_with("another public key")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("second.pem")));
}

TEST_F(CeremonyRefusal, refuses_an_operators_key_that_others_may_use) {
    ASSERT_EQ(chmod(operator_key().c_str(), 0644), 0);
    EXPECT_EQ(run(root_ceremony()), 3);
    EXPECT_TRUE(refused_with("make it mode 0600")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(at("root.jsonl")));
}

TEST_F(CeremonyRefusal, throws_when_the_token_refuses_the_pin) {
    auto root = root_ceremony();
    root.token.pin_source = at("wrong.pin").string();
    std::ofstream(root.token.pin_source) << "0000-wrong\n";
    ASSERT_EQ(chmod(root.token.pin_source.c_str(), 0600), 0);
    EXPECT_THROW((void)run(root), HsmFault);
    EXPECT_FALSE(std::filesystem::exists(at("root.pem")));
    EXPECT_EQ(steps_of(at("root.jsonl")), (std::vector<std::string>{"begin"}));
}

TEST_F(CeremonyRefusal, refuses_what_makes_no_sense_before_a_key_is_made) {
    ASSERT_EQ(run(root_ceremony()), 0) << err_.str();
    struct Case {
        const char* text;
        std::function<void(IntermediateCeremony&)> change;
    };
    const Case cases[] = {
        {"1 to 100 years", [](auto& c) { c.years = 0; }},
        {"1 to 100 years", [](auto& c) { c.years = 101; }},
        {"common name", [](auto& c) { c.subject.common_name.clear(); }},
        {"common name", [](auto& c) { c.subject.common_name = std::string(65, 'a'); }},
        {"common name", [](auto& c) { c.subject.common_name = "a\nb"; }},
        {"country", [](auto& c) { c.subject.country = "ch"; }},
        {"http://", [](auto& c) { c.crl_url = "https://pki.example.com/root.crl"; }},
        {"http://", [](auto& c) { c.issuer_url = "http://pki example"; }},
        {"neither an online token nor a CSR", [](auto& c) { c.online.reset(); }},
        {"the online token is given too", [](auto& c) { c.csr_in = "request.csr"; }},
        {"no label", [](auto& c) { c.key_label.clear(); }},
        {"nothing is requested or signed", [](auto& c) { c.certificate_in = "certificate.pem"; }},
        {"root's certificate is not given", [](auto& c) { c.root_certificate.clear(); }},
        {"cannot read", [](auto& c) { c.root_certificate = "/nonexistent.pem"; }},
        {"no path is given for the certificate", [](auto& c) { c.certificate_out.clear(); }},
        {"no path is given for the CSR",
         [](auto& c) {
             c.root.reset();
             c.csr_out.clear();
         }},
    };
    int number = 0;
    for (const Case& one : cases) {
        auto ceremony = intermediate_ceremony();
        ceremony.record.transcript = at("case-" + std::to_string(++number) + ".jsonl");
        one.change(ceremony);
        EXPECT_EQ(run(ceremony), 3) << one.text;
        EXPECT_TRUE(refused_with(one.text)) << one.text << ": " << err_.str();
        const auto steps = steps_of(ceremony.record.transcript);
        EXPECT_EQ(std::count(steps.begin(), steps.end(), "intermediate-key-generated"), 0)
            << one.text;
    }
}

}  // namespace
}  // namespace hallmark
