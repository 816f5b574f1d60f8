// Imports as an operator runs them: the command, the job behind it, and what is left when it has
// ended.
#include "db/manifests.h"
#include "tests/e2e/import_desk.h"
#include "tests/support/cms_writer.h"

namespace hallmark {
namespace {

using testing::fresh_element;
namespace json = boost::json;

class Import : public testing::ImportDesk {
protected:
    ClientAnswer post(const std::string& query, const std::string& body, const testing::Badge& by) {
        return office(by).request("POST", "/v1/manifests?" + query, body,
                                  "application/octet-stream");
    }
    ClientAnswer post(const std::string& query, const std::string& body) {
        return post(query, body, ground.ada);
    }
    [[nodiscard]] json::object job_told(const std::string& job) {
        const auto answer = office(ground.ada).request("GET", "/v1/jobs/" + job);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body).as_object();
    }
    [[nodiscard]] static std::string job_in(const std::string& body) {
        return std::string(json::parse(body).at("job").as_string());
    }
    std::vector<ExampleElement> two{fresh_element("im-1"), fresh_element("im-2")};
};

TEST_F(Import, by_the_command_ends_with_what_came_and_leaves_no_file) {
    const std::string document = manifest(two);
    const auto ended = import(document, "lot-9");
    ASSERT_EQ(ended.status, 0) << ended.err;
    const auto told = json::parse(ended.out).as_object();
    EXPECT_EQ(told.at("state").as_string(), "done");
    EXPECT_EQ(told.at("octets").as_int64(), static_cast<std::int64_t>(document.size()));
    EXPECT_EQ(told.at("units_verified").as_int64(), 2);
    const auto& result = told.at("result").as_object();
    EXPECT_EQ(result.at("manifest").as_string(), to_hex(sha256(as_bytes(document))));
    EXPECT_EQ(result.at("units").as_int64(), 2);
    EXPECT_EQ(result.at("keys").as_int64(), 2);
    EXPECT_EQ(result.at("repeated").as_bool(), false);
    EXPECT_EQ(ended.err, "") << "in a pipe it is quiet";
    EXPECT_EQ(custody.lot(LotId("lot-9"))->received, 2u);
    EXPECT_EQ(spooled(), 0u);
    // The event names the job, so that the record leads from one to the other.
    EXPECT_THAT(ask<std::string>("SELECT body FROM event WHERE type = 'manifest.imported' "
                                 "ORDER BY number DESC LIMIT 1"),
                ::testing::HasSubstr(std::string(told.at("job").as_string())));
}

TEST_F(Import, of_the_same_document_again_changes_nothing_and_says_so) {
    const std::string document = manifest(two);
    ASSERT_EQ(import(document, "lot-9").status, 0);
    const std::string before = held();
    const long events = ask<long>("SELECT count(*) FROM event");
    const auto again = import(document, "lot-10");
    ASSERT_EQ(again.status, 0) << again.err;
    const auto result = json::parse(again.out).at("result").as_object();
    EXPECT_EQ(result.at("repeated").as_bool(), true);
    EXPECT_EQ(result.at("lot").as_string(), "lot-9");
    EXPECT_EQ(held(), before);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event"), events);
}

TEST_F(Import, that_is_refused_ends_with_3_and_a_problem_whose_instance_is_the_job) {
    const auto ended = import("[]", "lot-9");
    EXPECT_EQ(ended.status, 3);
    const auto problem = json::parse(ended.err).as_object();
    EXPECT_EQ(problem.at("type").as_string(), "/problems/invalid-document");
    const std::string job = ask<std::string>("SELECT id::text FROM import_job");
    EXPECT_THAT(std::string(problem.at("instance").as_string()), ::testing::HasSubstr(job));
    EXPECT_EQ(job_told(job).at("state").as_string(), "refused");
    EXPECT_THAT(ask<std::string>("SELECT body FROM event ORDER BY number DESC LIMIT 1"),
                ::testing::HasSubstr(job));
}

TEST_F(Import, without_waiting_answers_with_the_job) {
    const auto ended = import(manifest(two), "lot-9", {"--no-wait"});
    ASSERT_EQ(ended.status, 0) << ended.err;
    const std::string job = job_in(ended.out);
    EXPECT_TRUE(soon([&] { return job_told(job).at("state").as_string() == "done"; }));
    const auto shown = office_command({"job", "show", job});
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_EQ(json::parse(shown.out).at("state").as_string(), "done");
}

TEST_F(Import, of_a_list_with_its_signature_beside_it) {
    must(registry.pin_vendor(
        {.vendor = VendorId("swtpm"),
         .format = std::string(signed_csv_format),
         .anchors = {.roots = {ground.manifest_vendor.signer.certificate}, .intermediates = {}},
         .exceptions = {}},
        "setup", now()));
    const std::string csv = testing::csv_of(two);
    const Bytes der = testing::sign_cms(csv, ground.manifest_vendor.signer);
    int lot = 20;
    for (const std::string& signature :
         {std::string(as_text(der)), to_pem(der, "CMS"), to_pem(der, "PKCS7")}) {
        const auto ended =
            import(csv, "lot-" + std::to_string(lot++),
                   {"--format", "csv-cms", "--signature", written("signature", signature)});
        ASSERT_EQ(ended.status, 0) << ended.err;
        const auto result = json::parse(ended.out).at("result").as_object();
        EXPECT_EQ(result.at("units").as_int64(), 2);
        EXPECT_EQ(result.at("lot").as_string(), "lot-20");
    }
    EXPECT_EQ(import(csv, "lot-30", {"--format", "csv-cms"}).status, 3);
}

TEST_F(Import, is_turned_away_before_the_body_where_the_question_is_wrong) {
    const std::string before = held();
    EXPECT_EQ(post("vendor=swtpm", "x").status, 400);
    EXPECT_EQ(post("vendor=swtpm&lot=lot-9&format=xml", "x").status, 400);
    EXPECT_EQ(post("vendor=swtpm&lot=lot-9", "").status, 400);
    EXPECT_EQ(post("vendor=swtpm&lot=lot-9", "x", ground.stranger).status, 401);
    EXPECT_EQ(office(ground.ada).request("GET", "/v1/jobs/1").status, 404);
    EXPECT_EQ(office(ground.stranger).request("GET", "/v1/jobs/" + random_uuid()).status, 401);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM import_job"), 0);
    EXPECT_EQ(held(), before);
    EXPECT_EQ(spooled(), 0u);
}

TEST_F(Import, keeps_to_the_limits_of_one_document_of_all_of_them_and_of_the_line) {
    imports.max_octets = 4096;
    imports.spool_octets = 4096;
    imports.queue = 2;
    open_house();
    EXPECT_EQ(post("vendor=swtpm&lot=lot-9", std::string(4097, ' ')).status, 413);
    EXPECT_EQ(spooled(), 0u);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM import_job"), 0);
    // While another import holds the database's turn, what comes waits in line, and the line is
    // short.
    auto holder = std::make_unique<Database>(DatabaseOptions{
        .conninfo = testing::conninfo_as(conninfo, "hallmark_server_login"), .connections = 1});
    holder->transact([&](Tx& tx) {
        ASSERT_TRUE(Manifests(tx).lock_imports());
        const auto first = post("vendor=swtpm&lot=lot-9", std::string(3000, ' '));
        ASSERT_EQ(first.status, 202);
        EXPECT_EQ(post("vendor=swtpm&lot=lot-9", std::string(2000, ' ')).status, 503);
        ASSERT_EQ(post("vendor=swtpm&lot=lot-9", std::string(1000, ' ')).status, 202);
        EXPECT_EQ(post("vendor=swtpm&lot=lot-9", "x").status, 503);
        EXPECT_EQ(spooled(), 2u);
        EXPECT_NE(job_told(job_in(first.body)).at("state").as_string(), "refused");
    });
    EXPECT_TRUE(soon(
        [&] { return ask<long>("SELECT count(*) FROM import_job WHERE state = 'refused'") == 2; }));
    EXPECT_TRUE(soon([&] { return spooled() == 0; }));
}

TEST_F(Import, of_a_large_body_is_never_whole_in_memory_and_says_where_it_stands) {
    std::vector<ExampleElement> elements;
    for (int i = 0; i < 2500; ++i)
        elements.push_back(fresh_element("big-" + std::to_string(i)));
    const auto ended = import(manifest(elements), "lot-9");
    ASSERT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(custody.lot(LotId("lot-9"))->received, 2500u);
}

TEST_F(Import, that_waited_when_the_house_closed_is_told_as_interrupted) {
    std::string job;
    server.transact([&](Tx& tx) {
        ASSERT_TRUE(Manifests(tx).lock_imports());
        job = job_in(post("vendor=swtpm&lot=lot-9", manifest(two)).body);
        open_house();
    });
    EXPECT_TRUE(soon([&] { return job_told(job).at("state").as_string() == "interrupted"; }));
    EXPECT_EQ(spooled(), 0u);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM element WHERE lot = 'lot-9'"), 0);
    EXPECT_EQ(import(manifest(two), "lot-9").status, 0);
}

}  // namespace
}  // namespace hallmark
