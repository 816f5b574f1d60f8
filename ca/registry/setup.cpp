// The first two operators: the one act that nobody's proposal stands behind.
#include "ca/audit/event.h"
#include "ca/registry/enrolment.h"
#include "ca/registry/state.h"
#include "db/principals.h"

namespace hallmark {
namespace {

constexpr Role setup_roles[] = {Role::administrator, Role::line_manager, Role::security_officer,
                                Role::auditor};

Refusal conflict(std::string why) {
    return Refusal{Reason::conflict, std::move(why)};
}

std::string roles_text(const std::vector<Role>& roles) {
    std::string text;
    for (const Role role : roles)
        text += (text.empty() ? "" : ",") + std::string(name_of(role));
    return text;
}

Result<Done> enrol_operator(Tx& tx, const OperatorEnrolment& person,
                            const ClientCertificate& certificate, Instant now) {
    const CertificatePin pin{.kind = "operator",
                             .id = person.id.get(),
                             .certificate = certificate.der,
                             .certificate_sha256 = certificate.sha256,
                             .key_sha256 = certificate.key_sha256,
                             .actor = "setup",
                             .at = now};
    if (!Principals(tx).pin(pin)) return conflict("operator, certificate or key is known already");
    StoredOperator row{.id = person.id,
                       .name = person.name.empty() ? person.id.get() : person.name,
                       .roles = {std::begin(setup_roles), std::end(setup_roles)},
                       .expires = certificate.not_after};
    Principals(tx).add(row);
    append_event(tx, {.type = "operator.enrolled",
                      .subject = "operator/" + person.id.get(),
                      .actor = "setup",
                      .time = now,
                      .facts = {{"name", row.name},
                                {"roles", roles_text(row.roles)},
                                {"certificate_sha256", to_hex(certificate.sha256)},
                                {"key_sha256", to_hex(certificate.key_sha256)},
                                {"expires", to_rfc3339(certificate.not_after)}}});
    return Done{};
}

}  // namespace

// protocol.md: dual control needs two people from the first minute on.
Result<Done> Registry::set_up(const std::vector<OperatorEnrolment>& operators, Instant now) {
    if (operators.size() != 2)
        return Refusal{Reason::malformed_request, "setup enrols exactly two operators"};
    std::vector<ClientCertificate> certificates;
    for (const OperatorEnrolment& person : operators) {
        HALLMARK_TRY(id, parse_slug(person.id.get(), "operator"));
        HALLMARK_TRY(certificate, read_client_certificate(person.certificate, now));
        certificates.push_back(certificate);
    }
    if (certificates[0].key_sha256 == certificates[1].key_sha256) {
        return conflict("the two operators share a key");
    }
    return state_->database.transact([&](Tx& tx) -> Result<Done> {
        if (!Principals(tx).are_none()) return conflict("the registry is not empty");
        for (std::size_t i = 0; i < operators.size(); ++i) {
            HALLMARK_TRY(enrolled, enrol_operator(tx, operators[i], certificates[i], now));
        }
        return Done{};
    });
}

}  // namespace hallmark
