// Two people of setup, ada and grace, before a table of the registry's kinds; and what of theirs
// may be counted.
#pragma once

#include "ca/json/json.h"
#include "ca/registry/break_glass.h"
#include "ca/registry/kinds.h"
#include "ca/registry/possession.h"
#include "tests/db/registry_fixture.h"

#include <boost/json.hpp>

namespace hallmark::testing {

/// A person with a key of their own.
struct Person {
    std::string id;
    TestKey key = make_ec_key();
    Bytes certificate = self_signed(id, key);

    [[nodiscard]] Bytes proof(std::string_view role = "operator") const { return prove(role, id); }
    [[nodiscard]] Bytes prove(std::string_view role, std::string_view name) const {
        return key.sign(possession_text(role, name, sha256(certificate)),
                        SignatureAlgorithm::ecdsa_sha256);
    }
};

class ProposalsTest : public RegistryTest {
protected:
    using Change = boost::json::object;

    void SetUp() override { ASSERT_TRUE(set_up().has_value()); }

    static std::vector<ProposalKind> kinds(Registry& registry) {
        std::vector<ProposalKind> all{break_glass_kind()};
        for (auto& some :
             {operator_kinds(registry), station_kinds(registry), trust_kinds(registry)})
            all.insert(all.end(), some.begin(), some.end());
        return all;
    }

    [[nodiscard]] Operator who(const Bytes& certificate) {
        return registry.operator_by(peer_of(certificate), noon()).value();
    }
    [[nodiscard]] Result<Proposal> propose(const std::string& kind, const Change& change,
                                           const Bytes& by) {
        return service.propose(kind, change, who(by), noon());
    }
    [[nodiscard]] Result<Proposal> approve(const Proposal& proposal, const Bytes& by) {
        return service.approve(proposal.row.id, proposal.row.sha256, who(by), noon());
    }
    /// ada proposes, grace approves.
    Proposal decided(const std::string& kind, const Change& change) {
        const auto made = propose(kind, change, ada);
        EXPECT_TRUE(made.has_value()) << made.error().detail;
        const auto applied = approve(*made, grace);
        EXPECT_TRUE(applied.has_value()) << applied.error().detail;
        return *applied;
    }

    [[nodiscard]] Change station_change(const std::string& id = "st-1") const {
        return {{"id", id},
                {"site", "leipzig"},
                {"products", boost::json::array{"gateway"}},
                {"certificate", to_base64(self_signed(id, make_ec_key()))}};
    }
    [[nodiscard]] static Change person_change(const Person& person,
                                              const std::vector<std::string>& roles = {
                                                  "security-officer"}) {
        boost::json::array list;
        for (const auto& role : roles)
            list.emplace_back(role);
        return {{"id", person.id},
                {"roles", std::move(list)},
                {"certificate", to_base64(person.certificate)},
                {"proof", to_base64(person.proof())}};
    }
    [[nodiscard]] static Change rekey_change(const Person& person) {
        return {{"id", person.id},
                {"certificate", to_base64(person.certificate)},
                {"proof", to_base64(person.proof())}};
    }

    template <typename T>
    [[nodiscard]] T ask(const std::string& sql) {
        return database.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].as<T>(); });
    }
    /// A member of the last event's facts.
    [[nodiscard]] std::string last_fact(const std::string& type, const std::string& name) {
        return ask<std::string>("SELECT COALESCE(body::json->'facts'->>'" + name +
                                "', '') FROM event WHERE type = '" + type +
                                "' ORDER BY number DESC LIMIT 1");
    }
    /// Refused for this reason, with one record and nothing else that is new.
    template <typename T>
    void expect_only_a_record(const Result<T>& answer, Reason reason, int events_before) {
        EXPECT_TRUE(refused(answer, reason));
        EXPECT_EQ(count("event"), events_before + 1);
        EXPECT_EQ(ask<std::string>("SELECT type FROM event ORDER BY number DESC LIMIT 1"),
                  "proposal.refused");
        EXPECT_EQ(count("station"), 0);
        EXPECT_EQ(count("principal"), principals);
    }

    ProposalService service{database, kinds(registry)};
    BreakGlass break_glass{database};
    int principals = 2;
};

}  // namespace hallmark::testing
