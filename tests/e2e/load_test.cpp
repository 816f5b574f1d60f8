// `hallmark-station load` against the house: what it says it got is what stands, and answers that
// it could not use are never counted as certificates.
#include "station/load.h"

#include "station/commands.h"
#include "station/soft_element.h"
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::text_of;

class Load : public testing::HouseTest {
protected:
    struct Ran {
        int status = 0;
        std::string out, err;
    };
    static Ran ran(std::vector<std::string> words) {
        words.insert(words.begin(), {"hallmark-station"});
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        const SystemClock clock;
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        const int status =
            run_station(static_cast<int>(arguments.size()), arguments.data(), clock, "9.9");
        return {status, ::testing::internal::GetCapturedStdout(),
                ::testing::internal::GetCapturedStderr()};
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(at(name), std::ios::binary) << text;
    }
    [[nodiscard]] std::string at(const std::string& name) const {
        return (folder.path() / name).string();
    }

    /// Elements as the command makes them, with the pin, the manifest and the lot that they need.
    void take_delivery(std::size_t count) {
        const ExampleVendor& signer = ground.manifest_vendor.signer;
        write("signer.pem", to_pem(signer.certificate, "CERTIFICATE"));
        write("signer.key", signer.private_key);
        const Ran made =
            ran({"example-elements", "--count", std::to_string(count), "--out", at("delivery"),
                 "--signer-certificate", at("signer.pem"), "--signer-key", at("signer.key")});
        ASSERT_EQ(made.status, 0) << made.err;
        pin("tpm2", {.roots = {parse_pem(text_of(at("delivery/root.pem")), "CERTIFICATE")->front()},
                     .intermediates = {}});
        must(custody.import_manifest(VendorId("swtpm"), LotId("lot-load"),
                                     text_of(at("delivery/manifest.json")), "setup", now()));
        must(custody.allot({.lot = LotId("lot-load"),
                            .product = ProductId("tpm-gateway"),
                            .site = SiteId("hall-1")},
                           "setup", now()));
        move_lot("lot-load", "released");
    }
    [[nodiscard]] std::vector<std::string> command(const std::string& seconds) const {
        const ClientOptions door = caller("factory", ground.station_1);
        return {"load",         "--json",
                "--url",        door.url,
                "--ca",         door.ca_file,
                "--credential", door.credential_file,
                "--key",        door.key_file,
                "--product",    "tpm-gateway",
                "--elements",   at("delivery/elements.jsonl"),
                "--root",       ground.at("root.pem"),
                "--for",        seconds};
    }
};

TEST_F(Load, counts_what_stands_and_gives_each_element_one_certificate) {
    take_delivery(12);
    auto words = command("30");
    words.insert(words.end(), {"--concurrency", "3"});
    const Ran done = ran(words);
    ASSERT_EQ(done.status, 0) << done.out << done.err;
    const auto report = boost::json::parse(done.out);
    EXPECT_EQ(report.at("issued").to_number<int>(), 12);
    EXPECT_TRUE(report.at("ran_out").as_bool());
    EXPECT_TRUE(report.at("wrong").as_object().empty());
    EXPECT_TRUE(report.at("refused").as_object().empty());
    EXPECT_EQ(report.at("device").at("count").to_number<int>(), 12);
    EXPECT_EQ(ask<long>("SELECT count(DISTINCT element) FROM credential WHERE state = 'issued'"),
              12);
}

TEST_F(Load, keeps_its_rate_over_a_fresh_connection_each) {
    take_delivery(12);
    auto words = command("1");
    words.insert(words.end(), {"--concurrency", "2", "--rate", "6", "--fresh-handshakes"});
    const Ran done = ran(words);
    ASSERT_EQ(done.status, 0) << done.out << done.err;
    const auto report = boost::json::parse(done.out);
    EXPECT_EQ(report.at("issued").to_number<int>() + report.at("not_begun").to_number<int>(), 6);
    EXPECT_FALSE(report.at("ran_out").as_bool());
}

TEST_F(Load, tells_refusals_apart_by_their_reason) {
    take_delivery(2);
    move_lot("lot-load", "held");
    const Ran done = ran(command("30"));
    EXPECT_EQ(done.status, 0) << done.err;
    const auto report = boost::json::parse(done.out);
    EXPECT_EQ(report.at("issued").to_number<int>(), 0);
    EXPECT_EQ(report.at("refused").at("element-not-accepted").to_number<int>(), 2);
}

TEST_F(Load, calls_a_certificate_under_another_root_wrong) {
    take_delivery(1);
    auto words = command("30");
    const auto root = std::find(words.begin(), words.end(), "--root") + 1;
    *root = ground.doors_ca_file();
    const Ran done = ran(words);
    EXPECT_EQ(done.status, 1);
    const auto report = boost::json::parse(done.out);
    EXPECT_EQ(report.at("issued").to_number<int>(), 0);
    EXPECT_EQ(report.at("wrong").as_object().size(), 1u);
}

TEST_F(Load, goes_to_this_machine_alone) {
    take_delivery(1);
    auto words = command("1");
    const auto url = std::find(words.begin(), words.end(), "--url") + 1;
    *url = "https://ca.example:8443";
    const Ran done = ran(words);
    EXPECT_EQ(done.status, 2);
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 0);
}

TEST(Percentile, is_the_smallest_that_the_share_does_not_exceed) {
    EXPECT_EQ(percentile({}, 0.5), 0u);
    EXPECT_EQ(percentile({7}, 0.999), 7u);
    EXPECT_EQ(percentile({1, 2, 3, 4}, 0.5), 2u);
    EXPECT_EQ(percentile({1, 2, 3, 4}, 0.99), 4u);
}

}  // namespace
}  // namespace hallmark
