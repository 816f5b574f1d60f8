// Every operation of docs/openapi.yaml taken once with success, and once or more with each kind of
// refusal, by a running house; the document's own checker then reads what was said.
#include "tests/e2e/recorded_people.h"

#include <future>

namespace hallmark {
namespace {

using testing::Bench;
using testing::RecordedCaller;
using testing::SoftStation;
namespace json = boost::json;

constexpr const char* nobody = "00000000-0000-4000-8000-000000000000";

class OpenApi : public testing::RecordedPeopleTest {
protected:
    static std::string at(const Bench& bench, const std::string& what = "") {
        return "/v1/issuances/" + bench.issuance() + what;
    }
    static std::string retirement(const Bench& bench) {
        return "/v1/credentials/" + bench.serial() + "/retire";
    }

    void a_device_in_use();
    void devices_given_up();
    void what_is_not_believed();
    void whom_the_house_knows();
    void what_the_house_rests_on();
    void lots_and_elements();
    void the_record();
    void the_open_doors();
    void what_the_doors_refuse();
    void whom_the_doors_refuse();
    void no_room_left();
    void all_seats_taken(Bench& first, Bench& second);

    Bench used{tpms[0]};
};

void OpenApi::a_device_in_use() {
    auto line = recorded("factory", ground.station_1);
    auto desk = recorded("office", ground.ada);
    EXPECT_EQ(line.get("/v1/station"), 200);
    ASSERT_NO_FATAL_FAILURE(open(line, used));
    EXPECT_EQ(issue(line, used), 201);
    EXPECT_EQ(issue(line, used), 200);
    EXPECT_EQ(line.post("/v1/issuances", used.sent + " "), 422);
    EXPECT_EQ(line.get(at(used)), 200);
    EXPECT_EQ(line.get("/v1/issuances/" + std::string(nobody)), 404);
    EXPECT_EQ(desk.post(retirement(used), R"({"reason":"superseded"})"), 409);
    EXPECT_EQ(
        line.post(at(used, "/installation"),
                  json::object{{"certificate_sha256", std::string(64, '0')}, {"proof", "AAAA"}}),
        422);
    EXPECT_EQ(line.post(at(used, "/installation"), used.installation()), 200);
    EXPECT_EQ(line.post(at(used, "/installation"), used.installation()), 200);
    EXPECT_EQ(line.post(at(used, "/void"), R"({"reason":"jig fault"})"), 409);
}

void OpenApi::devices_given_up() {
    auto line = recorded("factory", ground.station_1);
    auto desk = recorded("office", ground.ada);
    Bench spoilt(tpms[1]);
    ASSERT_NO_FATAL_FAILURE(open(line, spoilt));
    ASSERT_EQ(issue(line, spoilt), 201);
    EXPECT_EQ(line.post(at(spoilt, "/void"), R"({"reason":""})"), 400);
    EXPECT_EQ(line.post(at(spoilt, "/void"), R"({"reason":"jig fault"})"), 200);
    EXPECT_EQ(line.post(at(spoilt, "/void"), R"({"reason":"jig fault"})"), 200);
    EXPECT_EQ(line.post(at(spoilt, "/installation"), spoilt.installation()), 410);
    EXPECT_EQ(line.get(at(spoilt)), 410);
    EXPECT_EQ(issue(line, spoilt), 410);
    EXPECT_EQ(desk.post(retirement(spoilt), R"({"reason":"superseded"})"), 410);

    EXPECT_EQ(desk.post(retirement(used), R"({"reason":"boredom"})"), 400);
    EXPECT_EQ(desk.post(retirement(used), R"({"reason":"superseded"})"), 200);
    EXPECT_EQ(desk.post(retirement(used), R"({"reason":"superseded"})"), 410);
    EXPECT_EQ(desk.post("/v1/credentials/00ff/retire", R"({"reason":"superseded"})"), 404);
    EXPECT_EQ(line.post(at(used, "/void"), R"({"reason":"jig fault"})"), 410);
}

void OpenApi::what_is_not_believed() {
    auto line = recorded("factory", ground.station_1);
    const auto strange_tpms = undelivered(1);
    Bench stranger(strange_tpms[0]);
    stranger.product = "nothing-we-make";
    EXPECT_EQ(line.post("/v1/challenges", SoftStation::opening(stranger)), 403);
    stranger.product = "tpm-gateway";
    ASSERT_NO_FATAL_FAILURE(open(line, stranger));
    EXPECT_EQ(issue(line, stranger), 422);

    json::object late = used.request;
    late["request_id"] = random_uuid();
    EXPECT_EQ(line.post("/v1/issuances", late), 422);
    Bench forged(tpms[2]);
    ASSERT_NO_FATAL_FAILURE(open(line, forged));
    forged.request["csr"] = "AAAA";
    EXPECT_EQ(line.post("/v1/issuances", forged.request), 422);
    forged.request["request_id"] = random_uuid();
    forged.request["csr"] = late.at("csr");
    EXPECT_EQ(line.post("/v1/issuances", forged.request), 422);
}

void OpenApi::whom_the_house_knows() {
    auto desk = recorded("office", ground.ada);
    const json::object station{{"id", "station-2"},
                               {"site", "hall-1"},
                               {"products", {"tpm-gateway"}},
                               {"certificate", to_base64(ground.station_2.certificate)},
                               {"source", "127.0.0.0/8"}};
    EXPECT_EQ(decided("/v1/stations", station), 200);
    EXPECT_EQ(desk.post("/v1/stations", station), 409);
    EXPECT_EQ(desk.get("/v1/stations"), 200);
    auto other = recorded("factory", ground.station_2);
    EXPECT_EQ(other.get(at(used)), 404);
    EXPECT_EQ(desk.post("/v1/stations/station-2/suspend"), 200);
    EXPECT_EQ(other.get("/v1/station"), 401);
    EXPECT_EQ(decided("/v1/stations/station-2/resume", {}), 200);
    EXPECT_EQ(desk.post("/v1/stations/station-2/resume", R"({"why":"?"})"), 400);
    EXPECT_EQ(desk.post("/v1/stations/nobody/suspend"), 404);
    EXPECT_EQ(desk.post("/v1/stations/nobody/resume"), 404);
}

void OpenApi::what_the_house_rests_on() {
    auto desk = recorded("office", ground.ada);
    const json::object vendor{{"vendor", "swtpm"},
                              {"format", "tpm2"},
                              {"roots", {to_base64(ground.maker.root())}},
                              {"exceptions", {"zero-serial"}}};
    EXPECT_EQ(decided("/v1/vendors", vendor), 200);
    EXPECT_EQ(desk.post("/v1/policies", json::object{{"policy", "schema = 2"}}), 422);
    const json::object line_2{{"id", "line-2"},
                              {"key_uri", "pkcs11:object=line-2"},
                              {"algorithm", "ecdsa-sha256"},
                              {"certificate", to_base64(ground.line_2)},
                              {"chain", {to_base64(ground.root)}},
                              {"products", {"tpm-sensor"}},
                              {"signs_until", "2099-01-01T00:00:00Z"}};
    EXPECT_EQ(decided("/v1/intermediates", line_2), 200);
    EXPECT_EQ(desk.post("/v1/intermediates", line_2), 409);
    EXPECT_EQ(desk.get("/v1/intermediates"), 200);
    EXPECT_EQ(desk.post("/v1/intermediates/line-2/suspend", "{}"), 200);
    EXPECT_EQ(decided("/v1/intermediates/line-2/resume", {}), 200);
    EXPECT_EQ(desk.post("/v1/intermediates/nothing/suspend"), 404);
    EXPECT_EQ(desk.post("/v1/intermediates/nothing/resume"), 404);

    EXPECT_EQ(desk.post("/v1/intermediates/line-1/suspend"), 200);
    auto line = recorded("factory", ground.station_1);
    Bench waiting(tpms[2]);
    ASSERT_NO_FATAL_FAILURE(open(line, waiting));
    EXPECT_EQ(issue(line, waiting), 503);
    EXPECT_EQ(decided("/v1/intermediates/line-1/resume", {}), 200);
}

void OpenApi::lots_and_elements() {
    auto desk = recorded("office", ground.ada);
    const std::string manifest =
        write_manifest({testing::fresh_element("el-1"), testing::fresh_element("el-2"),
                        testing::fresh_element("el-3")},
                       ground.manifest_vendor.signer);
    ask_for_imports(desk, manifest);
    EXPECT_EQ(desk.get("/v1/lots"), 200);
    EXPECT_EQ(desk.get("/v1/lots/lot-9"), 200);
    EXPECT_EQ(desk.get("/v1/lots/lot-10"), 404);
    EXPECT_EQ(desk.post("/v1/lots/lot-9/release"), 409);
    const std::string home = R"({"product":"tpm-gateway","site":"hall-1"})";
    EXPECT_EQ(desk.post("/v1/lots/lot-9/allot", home), 200);
    EXPECT_EQ(desk.post("/v1/lots/lot-9/allot", home), 409);
    EXPECT_EQ(desk.post("/v1/lots/lot-10/allot", home), 404);
    ask_for_hand_overs(desk, "lot-9");
    ask_for_budgets(desk);
    EXPECT_EQ(desk.post("/v1/lots/lot-9/release", "{}"), 200);
    EXPECT_EQ(desk.post("/v1/lots/lot-9/hold", "{}"), 200);
    EXPECT_EQ(desk.post("/v1/elements/swtpm/el-1/hold"), 200);
    EXPECT_EQ(desk.post("/v1/elements/swtpm/el-2/scrap", "{}"), 200);
    EXPECT_EQ(desk.post("/v1/elements/swtpm/el-2/hold"), 409);
    EXPECT_EQ(desk.post("/v1/elements/swtpm/el-3/return"), 200);
    for (const std::string act : {"hold", "scrap", "return"})
        EXPECT_EQ(desk.post("/v1/elements/swtpm/el-99/" + act), 404);
    EXPECT_EQ(desk.post("/v1/lots/lot-9/close"), 200);
    for (const std::string act : {"release", "hold", "close"})
        EXPECT_EQ(desk.post("/v1/lots/lot-10/" + act), 404);
}

void OpenApi::the_record() {
    auto desk = recorded("office", ground.ada);
    const auto first = desk.ask({.target = "/v1/audit/events?limit=1&station=station-1"});
    EXPECT_EQ(first.status, 200);
    const std::string link(first.header("link"));
    ASSERT_TRUE(link.starts_with("<")) << link;
    EXPECT_EQ(desk.get(link.substr(1, link.find('>') - 1)), 200);
    EXPECT_EQ(desk.get("/v1/audit/events?limit=1000&from=2020-01-01T00:00:00Z"), 200);
    EXPECT_EQ(desk.get("/v1/audit/events?device=" + used.device()), 200);
    EXPECT_EQ(desk.get("/v1/audit/events?limit=many"), 400);
    EXPECT_EQ(desk.get("/v1/audit/events?colour=red"), 400);
    EXPECT_EQ(desk.get("/v1/audit/devices/" + used.device() + "/timeline"), 200);
    EXPECT_EQ(desk.get("/v1/audit/devices/nothing/timeline"), 404);
    EXPECT_EQ(desk.get("/v1/audit/certificates/" + used.serial()), 200);
    EXPECT_EQ(desk.get("/v1/audit/certificates/00ff"), 404);
    ASSERT_NO_FATAL_FAILURE(ask_for_results(desk, used));
}

void OpenApi::the_open_doors() {
    (void)soon([&] { return ask<bool>("SELECT 'line-1' IN (SELECT intermediate FROM crl)"); });
    EXPECT_EQ(plainly("public", "/crl/line-1/0.crl").status, 200);
    EXPECT_EQ(plainly("public", "/crl/line-1/1.crl").status, 404);
    EXPECT_EQ(plainly("public", "/certificates/line-1.cer").status, 200);
    EXPECT_EQ(plainly("public", "/certificates/line-9.cer").status, 404);
    EXPECT_EQ(plainly("public", "/certificates/line-1.cer", "DELETE").status, 405);
    EXPECT_EQ(plainly("ops", "/metrics").status, 200);
    EXPECT_EQ(plainly("ops", "/healthz/live").status, 200);
    EXPECT_EQ(plainly("ops", "/healthz/ready").status, 200);
    EXPECT_EQ(plainly("ops", "/healthz/ready", "PUT").status, 405);
}

void OpenApi::what_the_doors_refuse() {
    auto line = recorded("factory", ground.station_1);
    EXPECT_EQ(line.post("/v1/challenges", std::string("not JSON")), 400);
    json::object request = SoftStation::opening(used);
    request["colour"] = 7;
    EXPECT_EQ(line.post("/v1/challenges", request), 400);
    EXPECT_EQ(line.post("/v1/challenges", "{" + std::string(140'000, ' ') + "}"), 413);
    EXPECT_EQ(line.ask({"POST", "/v1/challenges", "{}", "text/plain"}).status, 415);
    EXPECT_EQ(line.ask({"DELETE", "/v1/station"}).status, 405);
    EXPECT_EQ(line.get("/v1/nothing"), 404);
    EXPECT_EQ(line.get("/v1/station?" + std::string(3'000, 'x')), 414);
    ClientOptions loud = caller("factory", ground.station_1);
    loud.headers.emplace_back("Expect", "a miracle");
    EXPECT_EQ(RecordedCaller(log, "factory", loud).get("/v1/station"), 417);
    loud.headers.back() = {"X-Noise", std::string(20'000, 'x')};
    EXPECT_EQ(RecordedCaller(log, "factory", loud).get("/v1/station"), 431);
}

void OpenApi::whom_the_doors_refuse() {
    EXPECT_EQ(recorded("factory", ground.stranger).get("/v1/station"), 401);
    EXPECT_EQ(recorded("office", ground.stranger).get("/v1/lots"), 401);
    EXPECT_EQ(recorded("office", ground.station_1).get("/v1/lots"), 401);
    ClientOptions foreign = caller("office", ground.ada);
    foreign.headers.clear();
    EXPECT_EQ(RecordedCaller(log, "office", foreign).post("/v1/lots/lot-9/hold"), 403);
}

void OpenApi::all_seats_taken(Bench& first, Bench& second) {
    const auto issue_apart = [this](Bench& bench, const testing::Badge& badge) {
        return std::async(std::launch::async, [this, &bench, &badge] {
            return station(badge).repeat(bench).status;  // The log is for one thread.
        });
    };
    std::future<int> one;
    std::future<int> two;
    while_nothing_is_recorded([&] {
        auto line = recorded("factory", ground.station_1);
        one = issue_apart(first, ground.station_1);
        await_reserved(1);
        EXPECT_EQ(issue(line, first), 409);
        two = issue_apart(second, ground.station_2);
        await_reserved(2);
        EXPECT_EQ(line.get("/v1/station"), 503);
        EXPECT_EQ(plainly("public", "/certificates/line-1.cer").status, 421);
        EXPECT_EQ(plainly("ops", "/healthz/ready").status, 503);
    });
    EXPECT_EQ(one.get(), 201);
    EXPECT_EQ(two.get(), 201);
}

void OpenApi::no_room_left() {
    tighten();
    auto line = recorded("factory", ground.station_1);
    auto other = recorded("factory", ground.station_2);
    Bench first(tpms[2]);
    Bench second(tpms[3]);
    ASSERT_NO_FATAL_FAILURE(open(line, first));
    EXPECT_EQ(line.post("/v1/challenges", SoftStation::opening(second)), 429);
    ASSERT_NO_FATAL_FAILURE(open(other, second));
    all_seats_taken(first, second);
}

TEST_F(OpenApi, says_what_the_house_says) {
    a_device_in_use();
    devices_given_up();
    what_is_not_believed();
    whom_the_house_knows();
    what_the_house_rests_on();
    lots_and_elements();
    two_people();
    the_record();
    the_open_doors();
    what_the_doors_refuse();
    whom_the_doors_refuse();
    no_room_left();
    EXPECT_GT(log.count(), 100u);
    if (std::system("command -v node npm >/dev/null") != 0)
        GTEST_SKIP() << "node and npm are not installed: nothing reads the document";
    const std::string checker = std::string(HALLMARK_SOURCE_DIR) + "/tests/openapi/run ";
    EXPECT_EQ(std::system((checker + log.file().string() + " 2>&1").c_str()), 0);
}

}  // namespace
}  // namespace hallmark
