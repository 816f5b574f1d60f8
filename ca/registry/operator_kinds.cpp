#include "ca/json/body.h"
#include "ca/registry/difference.h"
#include "ca/registry/enrolment.h"
#include "ca/registry/kinds.h"
#include "ca/registry/possession.h"
#include "db/operators.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

Refusal conflict(std::string why) {
    return Refusal{Reason::conflict, "operator: " + std::move(why)};
}

std::string listed(const std::vector<Role>& roles) {
    std::vector<std::string> names;
    names.reserve(roles.size());
    for (const Role role : roles)
        names.emplace_back(name_of(role));
    return joined(names);
}

std::vector<Role> roles_in(Body& body) {
    std::vector<Role> roles;
    for (const std::string& name : body.texts("roles", 8)) {
        const auto role = role_from(name);
        if (!role) {
            body.complain("roles: unknown name");
            break;
        }
        if (std::find(roles.begin(), roles.end(), *role) != roles.end())
            body.complain("roles: one twice");
        roles.push_back(*role);
    }
    if (roles.empty()) body.complain("roles: none");
    return roles;
}

/// A certificate that its holder signed for.
struct Held {
    OperatorId id;
    ClientCertificate certificate;
    std::string subject;
};

Result<Held> held_in(Body& body, Instant now) {
    auto id = parse_slug_as<OperatorId>(body.text("id"), "id");
    const Bytes der = body.base64("certificate");
    const Bytes proof = body.base64("proof", 1024);
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    HALLMARK_TRY(certificate, read_client_certificate(der, now));
    HALLMARK_TRY(parsed, parse_certificate(der));
    if (!proves_possession(parsed, "operator", id->get(), proof))
        return Refusal{Reason::invalid_document, "operator: the proof of possession is bad"};
    return Held{*id, certificate, name_text(parsed.subject)};
}

struct Addition {
    Held held;
    std::string name;
    std::vector<Role> roles;
};

Result<Addition> addition_in(const json::object& change, Instant now) {
    Body body = Body::of(change);
    const auto name = body.text_if("name", 128);
    auto roles = roles_in(body);
    HALLMARK_TRY(held, held_in(body, now));
    const std::string called = name && !name->empty() ? *name : held.id.get();
    return Addition{held, called, roles};
}

Result<Survey> survey_addition(Tx& tx, const json::object& change, Instant now) {
    HALLMARK_TRY(added, addition_in(change, now));
    if (Operators(tx).find(added.held.id)) return conflict("the name is known already");
    if (!Operators(tx).is_new_key(added.held.certificate.key_sha256))
        return conflict("the key is in some hand already");
    return Survey{.subjects = {"operator/" + added.held.id.get()},
                  .lines = {difference("operator", "", added.held.id.get()),
                            addition("name", added.name), addition("roles", listed(added.roles)),
                            addition("certificate", to_hex(added.held.certificate.sha256)),
                            addition("subject", added.held.subject),
                            addition("possession", "signed for this name by its key"),
                            addition("expires", to_rfc3339(added.held.certificate.not_after))}};
}

/// Both whose word enrols a person vouch that the key is that person's; one, under a broken glass.
void vouch(Tx& tx, const OperatorId& person, const Word& word) {
    constexpr std::string_view prefix = "operator/";
    for (const std::string& actor : {word.actor, word.approver}) {
        if (!actor.starts_with(prefix)) continue;
        const OperatorId voucher(actor.substr(prefix.size()));
        if (voucher != person) Operators(tx).vouch(person, voucher, word.proposal);
    }
}

Result<Done> add(const Word& word, const json::object& change, Instant now) {
    HALLMARK_TRY(added, addition_in(change, now));
    Tx& tx = *word.within;
    const ClientCertificate& certificate = added.held.certificate;
    const CertificatePin pin{.kind = "operator",
                             .id = added.held.id.get(),
                             .certificate = certificate.der,
                             .certificate_sha256 = certificate.sha256,
                             .key_sha256 = certificate.key_sha256,
                             .actor = word.actor,
                             .at = now};
    if (!Principals(tx).pin(pin)) return conflict("name, certificate or key is known already");
    Principals(tx).add(StoredOperator{.id = added.held.id,
                                      .name = added.name,
                                      .roles = added.roles,
                                      .expires = certificate.not_after});
    vouch(tx, added.held.id, word);
    append_event(tx,
                 {.type = "operator.enrolled",
                  .subject = "operator/" + added.held.id.get(),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"name", added.name},
                            {"roles", listed(added.roles)},
                            {"certificate_sha256", to_hex(certificate.sha256)},
                            {"key_sha256", to_hex(certificate.key_sha256)},
                            {"expires", to_rfc3339(certificate.not_after)}}},
                 word);
    return Done{};
}

Result<Held> rekeying_in(const json::object& change, Instant now) {
    Body body = Body::of(change);
    return held_in(body, now);
}

Result<Survey> survey_rekeying(Tx& tx, const json::object& change, Instant now) {
    HALLMARK_TRY(held, rekeying_in(change, now));
    const auto row = Operators(tx).find(held.id);
    if (!row) return Refusal{Reason::not_found, "no operator " + held.id.get()};
    if (!Operators(tx).is_new_key(held.certificate.key_sha256))
        return conflict("the key is in some hand already");
    return Survey{.subjects = {"operator/" + held.id.get()},
                  .lines = {addition("operator", held.id.get()),
                            difference("certificate", to_hex(row->certificate_sha256),
                                       to_hex(held.certificate.sha256)),
                            addition("subject", held.subject),
                            addition("possession", "signed for this name by its key"),
                            difference("expires", to_rfc3339(row->person.expires),
                                       to_rfc3339(held.certificate.not_after))}};
}

// Who proposes their own re-keying vouches for it with the key that the others vouched for; only a
// key that others put in its place ties the person to them.
Result<Done> rekey(const Word& word, const json::object& change, Instant now) {
    HALLMARK_TRY(held, rekeying_in(change, now));
    Tx& tx = *word.within;
    const bool rekeyed = Operators(tx).rekey({.id = held.id,
                                              .certificate = held.certificate.der,
                                              .certificate_sha256 = held.certificate.sha256,
                                              .key_sha256 = held.certificate.key_sha256,
                                              .expires = held.certificate.not_after,
                                              .actor = word.actor,
                                              .at = now});
    if (!rekeyed) return conflict("the key is in some hand already");
    if (word.actor != "operator/" + held.id.get()) vouch(tx, held.id, word);
    append_event(tx,
                 {.type = "operator.rekeyed",
                  .subject = "operator/" + held.id.get(),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"certificate_sha256", to_hex(held.certificate.sha256)},
                            {"key_sha256", to_hex(held.certificate.key_sha256)},
                            {"expires", to_rfc3339(held.certificate.not_after)}}},
                 word);
    return Done{};
}

struct Roles {
    OperatorId id;
    std::vector<Role> roles;
};

Result<Roles> new_roles_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<OperatorId>(body.text("id"), "id");
    auto roles = roles_in(body);
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    std::sort(roles.begin(), roles.end());
    return Roles{*id, roles};
}

Result<Survey> survey_roles(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(wanted, new_roles_in(change));
    auto row = Operators(tx).find(wanted.id);
    if (!row) return Refusal{Reason::not_found, "no operator " + wanted.id.get()};
    std::sort(row->person.roles.begin(), row->person.roles.end());
    if (row->person.roles == wanted.roles) return conflict("the roles are these already");
    return Survey{.subjects = {"operator/" + wanted.id.get()},
                  .lines = {addition("operator", wanted.id.get()),
                            difference("roles", listed(row->person.roles), listed(wanted.roles))}};
}

Result<Done> set_roles(const Word& word, const json::object& change, Instant now) {
    HALLMARK_TRY(wanted, new_roles_in(change));
    Operators(*word.within).set_roles(wanted.id, wanted.roles);
    append_event(*word.within,
                 {.type = "operator.roles",
                  .subject = "operator/" + wanted.id.get(),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"roles", listed(wanted.roles)}}},
                 word);
    return Done{};
}

Result<OperatorId> id_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<OperatorId>(body.text("id"), "id");
    HALLMARK_TRY(whole, body.finish());
    return id;
}

Result<Survey> survey_resumption(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(id, id_in(change));
    const auto row = Operators(tx).find(id);
    if (!row) return Refusal{Reason::not_found, "no operator " + id.get()};
    if (row->person.state == "active") return conflict("active already");
    return Survey{.subjects = {"operator/" + id.get()},
                  .lines = {addition("operator", id.get()),
                            difference("state", row->person.state, "active")}};
}

}  // namespace

Result<Done> Registry::set_operator_state(const OperatorId& id, std::string_view state,
                                          const Word& word, Instant now) {
    if (state != "active" && state != "suspended")
        return Refusal{Reason::malformed_request, "state is neither active nor suspended"};
    return act_in(database(), word, [&](Tx& tx) -> Result<Done> {
        if (!Operators(tx).find(id)) return Refusal{Reason::not_found, "no operator " + id.get()};
        if (!Operators(tx).set_state(id, state)) return conflict("in that state already");
        append_event(tx,
                     {.type = state == "active" ? "operator.resumed" : "operator.suspended",
                      .subject = "operator/" + id.get(),
                      .actor = word.actor,
                      .time = now,
                      .facts = {{"state", std::string(state)}}},
                     word);
        return Done{};
    });
}

std::vector<ProposalKind> operator_kinds(Registry& registry) {
    const std::vector<Role> security{Role::security_officer};
    return {{.name = "operator.add",
             .proposers = security,
             .approvers = security,
             .survey = survey_addition,
             .apply = add},
            {.name = "operator.rekey",
             .proposers = security,
             .approvers = security,
             .survey = survey_rekeying,
             .apply = rekey},
            {.name = "operator.roles",
             .proposers = security,
             .approvers = security,
             .survey = survey_roles,
             .apply = set_roles},
            {.name = "operator.resume",
             .proposers = security,
             .approvers = security,
             .survey = survey_resumption,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(id, id_in(change));
                 return registry.set_operator_state(id, "active", word, now);
             }}};
}

}  // namespace hallmark
