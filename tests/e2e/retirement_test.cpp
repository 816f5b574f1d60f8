// The end of a certificate in use: who may order it, what the world then reads of it, and that it
// never comes back.
#include "db/principals.h"
#include "tests/e2e/house_fixture.h"

#include <openssl/x509_vfy.h>

namespace hallmark {
namespace {

using testing::Badge;
using testing::Bench;
using testing::SoftStation;
using testing::Standing;

using ListPtr = std::unique_ptr<X509_CRL, FreeWith<X509_CRL_free>>;

X509Ptr certificate_of(const Bytes& der) {
    const unsigned char* cursor = der.data();
    return X509Ptr(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
}

class Retirement : public testing::HouseTest {
protected:
    SoftStation line = station();
    Bench bench{tpms[0]};
    void SetUp() override {
        ASSERT_EQ(line.provision(bench).status, 201);
        ASSERT_EQ(line.install(bench).status, 200);
    }

    [[nodiscard]] ListPtr list() const {
        const std::string der = fetch("public", "/crl/line-1/0.crl");
        const auto* cursor = as_bytes(der).data();
        return ListPtr(d2i_X509_CRL(nullptr, &cursor, static_cast<long>(der.size())));
    }
    /// The list's entry for a certificate; null where it has none.
    [[nodiscard]] static X509_REVOKED* entry(X509_CRL* list, X509* leaf) {
        X509_REVOKED* found = nullptr;
        if (list == nullptr || X509_CRL_get0_by_cert(list, &found, leaf) != 1) return nullptr;
        return found;
    }
    [[nodiscard]] int verdict_with_list(const Bench& of, X509_CRL* crl) const {
        const auto leaf = certificate_of(of.certificate());
        const auto issuer = certificate_of(ground.line_1);
        const auto root = certificate_of(ground.root);
        X509_STORE* store = X509_STORE_new();
        X509_STORE_add_cert(store, root.get());
        X509_STORE_add_cert(store, issuer.get());
        X509_STORE_add_crl(store, crl);
        X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
        X509_STORE_CTX* context = X509_STORE_CTX_new();
        X509_STORE_CTX_init(context, store, leaf.get(), nullptr);
        X509_verify_cert(context);
        const int verdict = X509_STORE_CTX_get_error(context);
        X509_STORE_CTX_free(context);
        X509_STORE_free(store);
        return verdict;
    }
    /// An operator with these roles alone, as dual control would have enrolled them.
    void employ(const std::string& id, const Badge& badge, std::vector<Role> roles) {
        const auto certificate = parse_certificate(badge.certificate).value();
        server.transact([&](Tx& tx) {
            const auto key = parse_public_key(certificate.spki).value();
            ASSERT_TRUE(Principals(tx).pin({.kind = "operator",
                                            .id = id,
                                            .certificate = certificate.der,
                                            .certificate_sha256 = certificate.sha256,
                                            .key_sha256 = key.digest(),
                                            .actor = "setup",
                                            .at = now()}));
            Principals(tx).add(StoredOperator{.id = OperatorId(id),
                                              .name = id,
                                              .roles = std::move(roles),
                                              .expires = certificate.not_after});
        });
    }
};

TEST_F(Retirement, puts_the_serial_on_the_list_that_openssl_obeys) {
    Bench good(tpms[1]);
    ASSERT_EQ(line.provision(good).status, 201);
    Bench wasted(tpms[2]);
    ASSERT_EQ(line.provision(wasted).status, 201);
    ASSERT_EQ(line.give_up(wasted).status, 200);
    const ClientAnswer answer = retire(ground.ada, bench.serial(), "key_compromise");
    ASSERT_EQ(answer.status, 200) << answer.body;

    const auto leaf = certificate_of(bench.certificate());
    ListPtr published;
    ASSERT_TRUE(soon([&] {
        published = list();
        return entry(published.get(), leaf.get()) != nullptr;
    }));
    ASN1_ENUMERATED* reason = static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(
        entry(published.get(), leaf.get()), NID_crl_reason, nullptr, nullptr));
    ASSERT_NE(reason, nullptr);
    EXPECT_EQ(ASN1_ENUMERATED_get(reason), CRL_REASON_KEY_COMPROMISE);
    ASN1_ENUMERATED_free(reason);
    EXPECT_EQ(verdict_with_list(bench, published.get()), X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(verdict_with_list(wasted, published.get()), X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(verdict_with_list(good, published.get()), X509_V_OK);
}

TEST_F(Retirement, is_told_to_the_auditor_by_the_operators_name) {
    ASSERT_EQ(retire(ground.grace, bench.serial(), "superseded").status, 200);
    const ClientAnswer record =
        office(ground.ada).request("GET", "/v1/audit/certificates/" + bench.serial());
    ASSERT_EQ(record.status, 200);
    const auto body = boost::json::parse(record.body);
    EXPECT_EQ(body.at("state").as_string(), "retired");
    EXPECT_EQ(body.at("reason").as_string(), "superseded");
    const auto& last = body.at("events").as_array().back();
    EXPECT_EQ(last.at("type").as_string(), "credential.retired");
    EXPECT_EQ(last.at("actor").as_string(), "operator/grace");
    EXPECT_EQ(last.at("facts").at("operator_name").as_string(), "grace");
}

TEST_F(Retirement, happens_once) {
    ASSERT_EQ(retire(ground.ada, bench.serial(), "superseded").status, 200);
    const Standing before = standing();
    EXPECT_EQ(retire(ground.grace, bench.serial(), "key_compromise").status, 410);
    EXPECT_EQ(standing(), before);
    EXPECT_EQ(ask<std::string>("SELECT reason FROM ending"), "superseded");
}

TEST_F(Retirement, of_the_device_ends_the_device_too) {
    ASSERT_EQ(retire(ground.ada, bench.serial(), "cessation_of_operation").status, 200);
    EXPECT_EQ(ask<std::string>("SELECT state FROM device"), "decommissioned");
    Bench reborn(tpms[0]);
    ASSERT_EQ(line.open(reborn).status, 201);
    SoftStation::attest(reborn);
    const Standing before = standing();
    EXPECT_EQ(line.issue(reborn).status, 422);
    expect_only_a_refusal(before, Reason::element_not_accepted,
                          "custody: the device was provisioned before");
}

TEST_F(Retirement, of_the_credential_alone_opens_no_second_manufacture) {
    ASSERT_EQ(retire(ground.ada, bench.serial(), "superseded").status, 200);
    EXPECT_EQ(ask<std::string>("SELECT state FROM device"), "provisioned");
    Bench again(tpms[0]);
    EXPECT_EQ(line.provision(again).status, 422);
    EXPECT_EQ(ask<std::string>("SELECT detail FROM refusal ORDER BY at DESC LIMIT 1"),
              "custody: the device was provisioned before");
}

TEST_F(Retirement, needs_something_installed_a_known_serial_and_a_known_reason) {
    Bench issued(tpms[1]);
    ASSERT_EQ(line.provision(issued).status, 201);
    EXPECT_EQ(retire(ground.ada, issued.serial(), "superseded").status, 409);
    EXPECT_EQ(retire(ground.ada, std::string(40, '1'), "superseded").status, 404);
    EXPECT_EQ(retire(ground.ada, "not-a-serial", "superseded").status, 404);
    EXPECT_EQ(retire(ground.ada, bench.serial(), "because").status, 400);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM ending"), 0);
}

TEST_F(Retirement, is_not_for_whoever_has_another_role) {
    employ("iris", ground.auditor, {Role::auditor});
    EXPECT_EQ(retire(ground.auditor, bench.serial(), "superseded").status, 403);
    EXPECT_EQ(
        office(ground.auditor).request("GET", "/v1/audit/certificates/" + bench.serial()).status,
        200);
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "active");
}

TEST_F(Retirement, is_not_for_a_request_that_a_browser_was_made_to_send) {
    ClientOptions browser = caller("office", ground.ada);
    const std::string target = "/v1/credentials/" + bench.serial() + "/retire";
    const std::string body = R"({"reason":"superseded"})";
    browser.headers = {};
    EXPECT_EQ(HttpsClient(browser).request("POST", target, body).status, 403);
    browser.headers = {{"Hallmark-Request", "1"}, {"Origin", "https://evil.example"}};
    EXPECT_EQ(HttpsClient(browser).request("POST", target, body).status, 403);
    browser.headers = {{"Hallmark-Request", "1"}, {"Sec-Fetch-Site", "cross-site"}};
    EXPECT_EQ(HttpsClient(browser).request("POST", target, body).status, 403);
    browser.headers = {{"Hallmark-Request", "1"}};
    EXPECT_EQ(HttpsClient(browser).request("POST", target, body, "text/plain").status, 415);
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "active");
}

TEST_F(Retirement, a_badge_of_one_door_opens_no_other) {
    EXPECT_EQ(retire(ground.station_1, bench.serial(), "superseded").status, 401);
    EXPECT_EQ(retire(ground.stranger, bench.serial(), "superseded").status, 401);
    EXPECT_EQ(office(ground.station_1).request("GET", "/v1/audit/events").status, 401);
    for (const Badge& badge : {ground.ada, ground.stranger}) {
        auto intruder = station(badge);
        EXPECT_EQ(intruder.get("/v1/station").status, 401);
        Bench device(tpms[1]);
        EXPECT_EQ(intruder.open(device).status, 401);
        EXPECT_EQ(intruder.repeat(bench).status, 401);
        EXPECT_EQ(intruder.install(bench).status, 401);
        EXPECT_EQ(intruder.give_up(bench).status, 401);
    }
    // Nobody's failures are counted, not recorded: no stranger fills the record.
    EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal"), 0);
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "active");
}

TEST_F(Retirement, of_a_certificate_by_a_suspended_line_is_still_on_its_list) {
    must(registry.set_intermediate_state(IntermediateId("line-1"), "suspended", "setup", now()));
    Bench more(tpms[1]);
    EXPECT_EQ(line.provision(more).status, 503);
    ASSERT_EQ(retire(ground.ada, bench.serial(), "superseded").status, 200);
    const auto leaf = certificate_of(bench.certificate());
    EXPECT_TRUE(soon([&] { return entry(list().get(), leaf.get()) != nullptr; }));
}

}  // namespace
}  // namespace hallmark
