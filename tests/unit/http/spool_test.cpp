// Bodies that go to disk as they come: what a handler finds, what the limits do, and that no file
// outlives its body.
#include "server/http/spool.h"

#include "ca/crypto/hash.h"
#include "ca/domain/fault.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/http/open_door.h"
#include "tests/unit/http/raw_peer.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::size_t files_in(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        count += entry.path().extension() == ".spool" ? 1 : 0;
    return count;
}

class SpooledBodies : public ::testing::Test {
protected:
    static constexpr SpoolLimits limits{.body_octets = 1000'000, .octets = 1500'000, .bodies = 2};

    /// Answers how many octets came and how they end; keeps the body where it is told to.
    std::vector<Route> taking() {
        return {{.method = "POST",
                 .pattern = "/v1/manifests",
                 .handler =
                     [this](const HttpRequest& request) {
                         if (!request.spooled) return text_answer("nothing");
                         EXPECT_EQ(request.body, "");
                         std::ifstream file(request.spooled->file(), std::ios::binary);
                         const std::string text{std::istreambuf_iterator<char>(file), {}};
                         EXPECT_EQ(request.spooled->sha256(), sha256(as_bytes(text)));
                         if (keeps) kept.push_back(request.spooled);
                         return text_answer(std::to_string(request.spooled->octets()) + " " +
                                            std::to_string(text.size()) + text.substr(0, 3));
                     },
                 .body_limit = limits.body_octets,
                 .accepts = "",
                 .spool = &spool}};
    }
    static std::string head(const std::string& more) {
        return "POST /v1/manifests HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + more + "\r\n";
    }

    TempDir folder;
    Spool spool{folder.path() / "spool", limits};
    bool keeps = false;
    std::vector<std::shared_ptr<SpooledBody>> kept;
};

TEST_F(SpooledBodies, are_found_whole_by_the_handler_and_gone_after_it) {
    OpenDoor open(tls_door(taking()));
    HttpsClient client = open.client();
    for (const std::size_t size : {std::size_t{1}, std::size_t{300'000}, limits.body_octets}) {
        const auto answer =
            client.request("POST", "/v1/manifests", std::string(size, 'x'), "text/csv");
        EXPECT_EQ(answer.body, std::to_string(size) + " " + std::to_string(size) +
                                   std::string(std::min<std::size_t>(size, 3), 'x'));
    }
    EXPECT_EQ(client.request("POST", "/v1/manifests").body, "nothing");
    EXPECT_EQ(open.door().connections(), 1u) << "the connection lives on";
    EXPECT_EQ(files_in(folder.path() / "spool"), 0u);
}

TEST_F(SpooledBodies, may_come_in_chunks_and_after_a_100) {
    OpenDoor open(plain_door(taking()));
    const RawPeer peer(open.door().port());
    peer.say(head("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    peer.say("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    const std::string heard = peer.hear_all();
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 100"));
    EXPECT_THAT(heard, HasSubstr("7 7abc"));
    EXPECT_EQ(files_in(folder.path() / "spool"), 0u);
}

TEST_F(SpooledBodies, over_their_limit_get_413_and_leave_nothing) {
    OpenDoor open(tls_door(taking()));
    HttpsClient client = open.client();
    EXPECT_EQ(
        client.request("POST", "/v1/manifests", std::string(limits.body_octets + 1, 'x')).status,
        413);
    OpenDoor plain(plain_door(taking()));
    const RawPeer peer(plain.door().port());
    peer.say(head("Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 11; ++i)
        peer.say("186A0\r\n" + std::string(100'000, 'x') + "\r\n");
    EXPECT_THAT(peer.hear_all(), StartsWith("HTTP/1.1 413"));
    EXPECT_EQ(files_in(folder.path() / "spool"), 0u);
}

TEST_F(SpooledBodies, are_bounded_together_in_octets_and_in_number) {
    keeps = true;
    OpenDoor open(tls_door(taking()));
    HttpsClient client = open.client();
    EXPECT_EQ(client.request("POST", "/v1/manifests", std::string(900'000, 'x')).status, 200);
    EXPECT_EQ(client.request("POST", "/v1/manifests", std::string(900'000, 'x')).status, 503);
    EXPECT_EQ(client.request("POST", "/v1/manifests", std::string(100'000, 'x')).status, 200);
    EXPECT_EQ(client.request("POST", "/v1/manifests", "x").status, 503);
    EXPECT_EQ(files_in(folder.path() / "spool"), 2u);
    kept.clear();
    EXPECT_EQ(files_in(folder.path() / "spool"), 0u);
    EXPECT_EQ(client.request("POST", "/v1/manifests", std::string(900'000, 'x')).status, 200);
    kept.clear();
}

TEST_F(SpooledBodies, whose_sender_goes_leave_nothing) {
    OpenDoor open(plain_door(taking()));
    {
        const RawPeer peer(open.door().port());
        peer.say(head("Content-Length: 500000\r\n") + std::string(300'000, 'x'));
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (files_in(folder.path() / "spool") == 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        EXPECT_EQ(files_in(folder.path() / "spool"), 1u);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (files_in(folder.path() / "spool") > 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::yield();
    EXPECT_EQ(files_in(folder.path() / "spool"), 0u);
    EXPECT_TRUE(kept.empty());
}

TEST(SpoolFolder, is_emptied_of_what_was_left_there_and_of_nothing_else) {
    TempDir folder;
    std::ofstream(folder.path() / "left.spool") << "x";
    std::ofstream(folder.path() / "mine.txt") << "x";
    const Spool spool(folder.path(), {});
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "left.spool"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "mine.txt"));
}

TEST(SpoolFolder, is_one_process_alone) {
    TempDir folder;
    const Spool spool(folder.path() / "spool", {});
    EXPECT_THROW(Spool(folder.path() / "spool", {}), Fault);
    EXPECT_EQ(std::filesystem::status(folder.path() / "spool").permissions(),
              std::filesystem::perms::owner_all);
    std::ofstream(folder.path() / "file") << "x";
    EXPECT_THROW(Spool(folder.path() / "file", {}), Fault);
}

}  // namespace
}  // namespace hallmark::testing
