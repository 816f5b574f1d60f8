// A house before an operator, or the key of one, that would act without a second; and what must not
// have changed when that was refused.
#pragma once

#include "ca/crypto/file_key.h"
#include "ca/registry/possession.h"
#include "tests/e2e/house_fixture.h"
#include "tests/e2e/two_people.h"

namespace hallmark::testing {

class TwoPeopleHouse : public HouseTest {
protected:
    /// Of every row that gives authority, and of what is on the line.
    std::string authority() {
        std::string all;
        for (const char* table :
             {"principal", "station", "operator", "operator_voucher", "vendor_pin",
              "product_policy", "intermediate", "lot", "element", "break_glass", "known_key"}) {
            all += ask<std::string>(
                "SELECT md5(COALESCE(string_agg(t::text, ',' ORDER BY t::text)"
                ", '')) FROM " +
                std::string(table) + " t");
        }
        return all;
    }
    long refusals_counted() const {
        const std::string metrics = fetch("ops", "/metrics");
        long sum = 0;
        for (std::size_t at = metrics.find("\nhallmark_refusals_total{"); at != std::string::npos;
             at = metrics.find("\nhallmark_refusals_total{", at + 1)) {
            const std::size_t end = metrics.find('\n', at + 1);
            const std::string line = metrics.substr(at + 1, end - at - 1);
            sum += std::stol(line.substr(line.rfind(' ') + 1));
        }
        return sum;
    }
    int at_line(const Badge& badge) const {
        return HttpsClient(caller("factory", badge)).request("GET", "/v1/station").status;
    }
    std::string state_of(const Offer& offer) {
        return ask<std::string>("SELECT state FROM proposal WHERE id = '" + offer.id + "'");
    }

    struct Before {
        std::string authority;
        long events = 0;
        long refusals = 0;
    };
    Before before() {
        return {authority(), ask<long>("SELECT count(*) FROM event"), refusals_counted()};
    }
    void expect_refused(const ClientAnswer& answer, int status, const Before& stood,
                        const std::string& record = "proposal.refused") {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(authority(), stood.authority);
        EXPECT_EQ(ask<long>("SELECT count(*) FROM event"), stood.events + 1);
        EXPECT_EQ(ask<std::string>("SELECT type FROM event ORDER BY number DESC LIMIT 1"), record);
        EXPECT_EQ(refusals_counted(), stood.refusals + 1);
        EXPECT_EQ(answer.body.find("enrolled"), std::string::npos) << "the cause stays inside";
    }

    Offer station_2(const Badge& by) {
        return offer_in(
            office(by).request("POST", "/v1/stations",
                               boost::json::serialize(boost::json::object{
                                   {"id", "station-2"},
                                   {"site", "hall-1"},
                                   {"products", boost::json::array{"tpm-gateway"}},
                                   {"certificate", to_base64(ground.station_2.certificate)}})));
    }
    /// Another operator, enrolled by ada and grace.
    Badge enrolled(const std::string& name) {
        const Badge badge = ground.badge(name);
        const auto key = FileKey::parse(text_of(badge.key_file)).value();
        const Bytes proof = key.sign(possession_text("operator", name, sha256(badge.certificate)));
        const Offer offer =
            offer_in(office(ground.ada)
                         .request("POST", "/v1/operators",
                                  boost::json::serialize(boost::json::object{
                                      {"id", name},
                                      {"roles", boost::json::array{"security-officer"}},
                                      {"certificate", to_base64(badge.certificate)},
                                      {"proof", to_base64(proof)}})));
        EXPECT_EQ(approve(office(ground.grace), offer).status, 200);
        return badge;
    }
};

}  // namespace hallmark::testing
