#include "ca/crypto/hash.h"
#include "ca/json/body.h"
#include "ca/registry/difference.h"
#include "ca/registry/enrolment.h"
#include "ca/registry/kinds.h"
#include "ca/registry/policy_intake.h"
#include "ca/registry/state.h"
#include "db/intermediates.h"
#include "db/operators.h"
#include "db/policies.h"
#include "db/vendors.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_policy = 128 * 1024;

Result<PinnedVendor> pin_in(const json::object& change) {
    Body body = Body::of(change);
    auto vendor = parse_slug_as<VendorId>(body.text("vendor"), "vendor");
    auto format = parse_slug(body.text("format"), "format");
    PinnedVendor pin;
    pin.anchors.roots = body.base64_list("roots");
    pin.anchors.intermediates = body.base64_list_if("intermediates");
    for (const std::string& name : body.texts_if("exceptions", 16)) {
        const auto exception = chain_exception_from(name);
        if (!exception) {
            body.complain("exceptions: unknown name");
            break;
        }
        pin.exceptions.insert(*exception);
    }
    HALLMARK_TRY(whole, body.finish());
    if (!vendor) return std::move(vendor).error();
    if (!format) return std::move(format).error();
    pin.vendor = *vendor;
    pin.format = *format;
    return pin;
}

std::string shown_certificate(const Bytes& der) {
    const auto certificate = parse_certificate(der);
    return to_hex(sha256(der)) +
           (certificate ? " (" + name_text(certificate->subject) + ")" : std::string());
}

/// What goes, what stays and what comes, a certificate a line.
void tell_certificates(std::vector<std::string>& lines, std::string_view member,
                       const std::vector<Bytes>& stands, const std::vector<Bytes>& will_stand) {
    for (const Bytes& der : stands) {
        if (std::find(will_stand.begin(), will_stand.end(), der) == will_stand.end())
            lines.push_back(difference(member, shown_certificate(der), ""));
    }
    for (const Bytes& der : will_stand) {
        const bool stays = std::find(stands.begin(), stands.end(), der) != stands.end();
        const std::string shown = shown_certificate(der);
        lines.push_back(difference(member, stays ? shown : "", shown));
    }
}

Result<Survey> survey_pin(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(pin, pin_in(change));
    HALLMARK_TRY(anchors, check_anchors(pin.anchors.roots, pin.anchors.intermediates));
    const StoredPin before = Vendors(tx).pin_of(pin.vendor, pin.format).value_or(StoredPin{});
    std::vector<std::string> exceptions;
    exceptions.reserve(pin.exceptions.size());
    for (const ChainException exception : pin.exceptions)
        exceptions.emplace_back(name_of(exception));
    Survey survey{.subjects = {"vendor/" + pin.vendor.get() + "/" + pin.format},
                  .lines = {addition("vendor", pin.vendor.get()), addition("format", pin.format)}};
    tell_certificates(survey.lines, "root", before.roots, pin.anchors.roots);
    tell_certificates(survey.lines, "intermediate", before.intermediates,
                      pin.anchors.intermediates);
    survey.lines.push_back(difference("exceptions", joined(before.exceptions), joined(exceptions)));
    return survey;
}

Result<Policy> policy_in(const json::object& change) {
    Body body = Body::of(change);
    const std::string text = body.text("policy", longest_policy);
    HALLMARK_TRY(whole, body.finish());
    return take_policy(text);
}

Result<Survey> survey_policy(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(policy, policy_in(change));
    const auto before = Policies(tx).current(policy.product());
    if (before == policy.digest())
        return Refusal{Reason::conflict, "policy: this version is in force already"};
    const std::string stands =
        before ? Policies(tx).canonical(*before).value_or("") : std::string();
    Survey survey{
        .subjects = {"policy/" + policy.product().get()},
        .lines = {addition("product", policy.product().get()),
                  difference("policy", before ? to_hex(*before) : "", to_hex(policy.digest()))}};
    for (std::string& line : changed_lines(stands, policy.canonical()))
        survey.lines.push_back(std::move(line));
    return survey;
}

Result<Intermediate> intermediate_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<IntermediateId>(body.text("id"), "id");
    Intermediate intermediate;
    intermediate.key_uri = body.text("key_uri");
    const auto algorithm = signing_algorithm_from(body.text("algorithm"));
    if (!algorithm) body.complain("algorithm: unknown name");
    intermediate.certificate = body.base64("certificate");
    intermediate.chain = body.base64_list("chain", 8);
    for (const std::string& name : body.texts("products", 256)) {
        HALLMARK_TRY(product, parse_slug_as<ProductId>(name, "products"));
        intermediate.products.push_back(product);
    }
    if (intermediate.products.empty()) body.complain("products: an intermediate is for some");
    intermediate.signs_from = body.time_if("signs_from");
    intermediate.signs_until = body.time_if("signs_until");
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    intermediate.id = *id;
    intermediate.algorithm = *algorithm;
    intermediate.state = "active";
    return intermediate;
}

Result<Survey> survey_intermediate(Tx& tx, const json::object& change, Instant now) {
    HALLMARK_TRY(added, intermediate_in(change));
    HALLMARK_TRY(certificate, read_issuing_certificate(added.certificate, added.chain, now));
    HALLMARK_TRY(bounds, check_bounds(added));
    if (Intermediates(tx).find(added.id) || !Operators(tx).is_new_key(certificate.key_sha256))
        return Refusal{Reason::conflict, "intermediate or its key is known already"};
    Survey survey{
        .subjects = {"intermediate/" + added.id.get()},
        .lines = {difference("intermediate", "", added.id.get()), addition("key", added.key_uri),
                  addition("algorithm", name_of(added.algorithm)),
                  addition("certificate", shown_certificate(added.certificate)),
                  addition("not after", to_rfc3339(certificate.not_after))}};
    for (const ProductId& product : added.products)
        survey.lines.push_back(addition("product", product.get()));
    if (added.signs_from)
        survey.lines.push_back(addition("signs from", to_rfc3339(*added.signs_from)));
    if (added.signs_until)
        survey.lines.push_back(addition("signs until", to_rfc3339(*added.signs_until)));
    for (const Bytes& above : added.chain)
        survey.lines.push_back(addition("issuer", shown_certificate(above)));
    return survey;
}

Result<IntermediateId> id_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<IntermediateId>(body.text("id"), "id");
    HALLMARK_TRY(whole, body.finish());
    return id;
}

Result<Survey> survey_resumption(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(id, id_in(change));
    const auto row = Intermediates(tx).find(id);
    if (!row) return Refusal{Reason::not_found, "no intermediate " + id.get()};
    if (row->state == "active") return Refusal{Reason::conflict, "the intermediate is active"};
    return Survey{
        .subjects = {"intermediate/" + id.get()},
        .lines = {addition("intermediate", id.get()), difference("state", row->state, "active")}};
}

}  // namespace

std::vector<ProposalKind> trust_kinds(Registry& registry) {
    const std::vector<Role> security{Role::security_officer};
    return {{.name = "vendor.pin",
             .proposers = security,
             .approvers = security,
             .survey = survey_pin,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(pin, pin_in(change));
                 return registry.pin_vendor(pin, word, now);
             }},
            {.name = "policy.apply",
             .proposers = security,
             .approvers = security,
             .survey = survey_policy,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(policy, policy_in(change));
                 HALLMARK_TRY(digest, registry.apply_policy(policy, word, now));
                 return Done{};
             }},
            {.name = "intermediate.add",
             .proposers = security,
             .approvers = security,
             .survey = survey_intermediate,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(added, intermediate_in(change));
                 return registry.add_intermediate(added, word, now);
             }},
            {.name = "intermediate.resume",
             .proposers = security,
             .approvers = security,
             .survey = survey_resumption,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(id, id_in(change));
                 return registry.set_intermediate_state(id, "active", word, now);
             }}};
}

}  // namespace hallmark
