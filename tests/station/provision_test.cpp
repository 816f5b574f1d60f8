#include "station/provision.h"

#include "ca/crypto/csr.h"
#include "ca/crypto/hash.h"
#include "ca/json/json.h"
#include "station/files.h"
#include "station/server_answers.h"
#include "station/tpm_element.h"
#include "tests/station/factory.h"
#include "tests/support/pki.h"
#include "tests/support/swtpm.h"

#include <deque>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Provision : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        ca_ = new SwtpmCa;
        tpm_ = new Swtpm(*ca_);
    }
    static void TearDownTestSuite() {
        delete tpm_;
        delete ca_;
        tpm_ = nullptr;
        ca_ = nullptr;
    }
    void SetUp() override {
        factory_.emplace(ca_->root_der());
        options_ = {.product = "sensor",
                    .state_folder = folder_.path() / "state",
                    .roots = {factory_->root.certificate},
                    .replace_key = false};
        const auto element = open();
        if (element->leaf()) element->drop_leaf();
    }

    [[nodiscard]] std::unique_ptr<SecureElement> open() const {
        return open_tpm({.tcti = tpm_->tcti(),
                         .ek = {},
                         .ek_issuers = {ca_->issuer_der()},
                         .certificate_file = certificate_file_});
    }
    Result<Provisioned> run() {
        const auto element = open();
        return provision(*element, options_,
                         {.courier = Courier(
                              [this](const Call& call) { return factory_->take(call); },
                              [this](std::chrono::milliseconds pause) { waits_.push_back(pause); },
                              {.tries = 4}),
                          .now = SystemClock().now(),
                          .passed = [this](std::string_view step) { steps_.emplace_back(step); }});
    }

    static SwtpmCa* ca_;
    static Swtpm* tpm_;
    TempDir folder_;
    std::filesystem::path certificate_file_ = folder_.path() / "device.pem";
    ProvisionOptions options_;
    std::optional<Factory> factory_;
    std::vector<std::chrono::milliseconds> waits_;
    std::vector<std::string> steps_;
};
SwtpmCa* Provision::ca_ = nullptr;
Swtpm* Provision::tpm_ = nullptr;

TEST_F(Provision, takes_a_device_from_power_up_to_a_confirmed_certificate) {
    const auto done = run();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_TRUE(factory_->installed);
    EXPECT_EQ(done->device, "device-1");
    EXPECT_FALSE(done->before);
    EXPECT_EQ(parse_pem(read_file(certificate_file_), "CERTIFICATE")->front(), done->certificate);
    EXPECT_EQ(steps_, (std::vector<std::string>{"key", "challenge", "evidence", "issuance", "check",
                                                "install", "confirm"}));
    EXPECT_TRUE(waits_.empty());
}

TEST_F(Provision, finds_a_finished_device_finished) {
    ASSERT_TRUE(run());
    const std::size_t calls = factory_->calls.size();
    const auto again = run();
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->before);
    EXPECT_EQ(factory_->calls.size(), calls);
}

TEST_F(Provision, sends_the_same_bytes_again_when_answers_are_lost) {
    factory_->faults = {Trouble::lose_request, Trouble::lose_answer,  Trouble::none,
                        Trouble::lose_answer,  Trouble::lose_request, Trouble::none,
                        Trouble::lose_answer};
    const auto done = run();
    ASSERT_TRUE(done) << done.error().detail;
    const auto asked = factory_->to("/v1/issuances");
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[0].body, asked[1].body);
    EXPECT_EQ(asked[0].body, asked[2].body);
    EXPECT_EQ(factory_->signatures, 1u);
    EXPECT_TRUE(factory_->installed);
}

TEST_F(Provision, waits_as_long_as_the_server_asks) {
    factory_->faults = {Trouble::none, Trouble::overloaded, Trouble::in_progress, Trouble::broken};
    ASSERT_TRUE(run());
    using std::chrono::milliseconds;
    EXPECT_EQ(waits_, (std::vector<milliseconds>{milliseconds(3000), milliseconds(1000),
                                                 milliseconds(800)}));
    EXPECT_EQ(factory_->signatures, 1u);
}

TEST_F(Provision, gives_up_after_its_tries_and_goes_on_in_the_next_run) {
    factory_->faults = {Trouble::none, Trouble::lose_answer, Trouble::lose_answer,
                        Trouble::lose_answer, Trouble::lose_answer};
    EXPECT_THROW((void)run(), ClientFault);
    const auto done = run();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(factory_->to("/v1/challenges").size(), 1u);
    EXPECT_EQ(factory_->signatures, 1u);
    EXPECT_TRUE(factory_->installed);
}

TEST_F(Provision, installs_after_a_crash_what_was_issued_before_it) {
    certificate_file_ = folder_.path() / "absent" / "device.pem";
    EXPECT_THROW((void)run(), Fault);
    EXPECT_EQ(factory_->signatures, 1u);
    EXPECT_FALSE(factory_->installed);
    std::filesystem::create_directory(folder_.path() / "absent");
    const auto done = run();
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(factory_->to("/v1/issuances").size(), 1u);
    EXPECT_TRUE(factory_->installed);
}

TEST_F(Provision, makes_a_new_request_for_the_same_key_once_the_old_one_is_over) {
    for (const Trouble over : {Trouble::gone, Trouble::stale}) {
        SetUp();
        std::filesystem::remove_all(options_.state_folder);
        factory_->faults = {Trouble::none, over};
        const auto done = run();
        ASSERT_TRUE(done) << done.error().detail;
        const auto asked = factory_->to("/v1/issuances");
        ASSERT_EQ(asked.size(), 2u);
        const auto member = [](const Call& call, std::string_view name) {
            return std::string(parse_json(call.body)->as_object().at(name).as_string());
        };
        EXPECT_NE(member(asked[0], "request_id"), member(asked[1], "request_id"));
        EXPECT_NE(member(asked[0], "challenge"), member(asked[1], "challenge"));
        const auto key = [&](const Call& call) {
            return parse_csr(from_base64(member(call, "csr")).value())->key.spki();
        };
        EXPECT_EQ(key(asked[0]), key(asked[1]));
    }
}

TEST_F(Provision, does_not_ask_for_ever_when_every_request_is_over) {
    for (int i = 0; i < 3; ++i)
        factory_->faults.insert(factory_->faults.end(), {Trouble::none, Trouble::gone});
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::gone);
    EXPECT_EQ(factory_->to("/v1/issuances").size(), 3u);
}

TEST_F(Provision, installs_no_certificate_for_another_key) {
    factory_->faults = {Trouble::none, Trouble::other_key};
    EXPECT_THROW((void)run(), AnswerFault);
    EXPECT_FALSE(std::filesystem::exists(certificate_file_));
    EXPECT_FALSE(factory_->installed);
}

TEST_F(Provision, installs_no_certificate_of_another_root) {
    options_.roots = {make_root("stranger").certificate};
    EXPECT_THROW((void)run(), AnswerFault);
    EXPECT_FALSE(std::filesystem::exists(certificate_file_));
}

TEST_F(Provision, leaves_a_key_alone_that_it_did_not_make) {
    const Bytes before = open()->make_leaf();
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::conflict);
    EXPECT_TRUE(factory_->calls.empty());
    EXPECT_EQ(open()->leaf(), before);
    options_.replace_key = true;
    ASSERT_TRUE(run());
    EXPECT_NE(open()->leaf(), before);
}

TEST_F(Provision, does_not_turn_a_device_into_another_product_halfway) {
    factory_->faults = {Trouble::none, Trouble::lose_answer, Trouble::lose_answer,
                        Trouble::lose_answer, Trouble::lose_answer};
    EXPECT_THROW((void)run(), ClientFault);
    options_.product = "gateway";
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::conflict);
}

TEST_F(Provision, tells_the_servers_reason) {
    factory_.emplace(make_root("another vendor").certificate);
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::evidence_not_accepted);
    EXPECT_NE(refused.error().detail.find("i-1"), std::string::npos);
}

TEST_F(Provision, begins_anew_with_the_same_key_after_a_refusal) {
    factory_->faults = {Trouble::none, Trouble::denied};
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::policy_denied);
    const auto key = open()->leaf();
    ASSERT_TRUE(run());
    EXPECT_EQ(factory_->to("/v1/challenges").size(), 2u);
    const auto asked = factory_->to("/v1/issuances");
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_NE(asked[0].body, asked[1].body);
    EXPECT_EQ(open()->leaf(), key);
}

}  // namespace
}  // namespace hallmark
