#include "server/protocol/rest_office.h"

#include "ca/crypto/hash.h"
#include "ca/registry/policy_intake.h"
#include "server/protocol/body.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

std::string actor_of(const Operator& by) {
    return "operator/" + by.id.get();
}

Result<HttpAnswer> post_vendor(const OfficeDoor& door, const Operator& by,
                               const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
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
    HALLMARK_TRY(pinned, door.front.registry.pin_vendor(pin, actor_of(by), door.front.clock.now()));
    json::array anchors;
    for (const Bytes& root : pin.anchors.roots)
        anchors.emplace_back(to_hex(sha256(root)));
    return json_answer(201, json::object{{"vendor", pin.vendor.get()},
                                         {"format", pin.format},
                                         {"anchors", std::move(anchors)}});
}

Result<HttpAnswer> post_policy(const OfficeDoor& door, const Operator& by,
                               const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    const std::string text = body.text("policy", 128 * 1024);
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(policy, take_policy(text));
    HALLMARK_TRY(digest,
                 door.front.registry.apply_policy(policy, actor_of(by), door.front.clock.now()));
    return json_answer(
        201, json::object{{"product", policy.product().get()}, {"digest", to_hex(digest)}});
}

std::optional<SignatureAlgorithm> algorithm_from(std::string_view name) {
    for (const auto algorithm :
         {SignatureAlgorithm::ecdsa_sha256, SignatureAlgorithm::ecdsa_sha384,
          SignatureAlgorithm::ecdsa_sha512, SignatureAlgorithm::rsa_pkcs1_sha256,
          SignatureAlgorithm::rsa_pkcs1_sha384, SignatureAlgorithm::rsa_pkcs1_sha512,
          SignatureAlgorithm::rsa_pss_sha256, SignatureAlgorithm::rsa_pss_sha384,
          SignatureAlgorithm::rsa_pss_sha512}) {
        if (name_of(algorithm) == name) return algorithm;
    }
    return std::nullopt;
}

Result<HttpAnswer> post_intermediate(const OfficeDoor& door, const Operator& by,
                                     const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    auto id = parse_slug_as<IntermediateId>(body.text("id"), "id");
    Intermediate intermediate;
    intermediate.key_uri = body.text("key_uri");
    const auto algorithm = algorithm_from(body.text("algorithm"));
    if (!algorithm) body.complain("algorithm: unknown name");
    intermediate.certificate = body.base64("certificate");
    intermediate.chain = body.base64_list("chain", 8);
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    intermediate.id = *id;
    intermediate.algorithm = *algorithm;
    intermediate.state = "active";
    HALLMARK_TRY(added, door.front.registry.add_intermediate(intermediate, actor_of(by),
                                                             door.front.clock.now()));
    return json_answer(201, json::object{{"id", id->get()}, {"state", "active"}});
}

Result<HttpAnswer> get_intermediates(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const Intermediate& row : door.front.registry.intermediates()) {
        HALLMARK_TRY(certificate, parse_certificate(row.certificate));
        list.push_back(json::object{{"id", row.id.get()},
                                    {"state", row.state},
                                    {"key_uri", row.key_uri},
                                    {"algorithm", name_of(row.algorithm)},
                                    {"certificate", to_base64(row.certificate)},
                                    {"not_after", to_rfc3339(certificate.not_after)}});
    }
    return json_answer(200, json::object{{"intermediates", std::move(list)}});
}

template <typename Id>
using Setter = Result<Done> (Registry::*)(const Id&, std::string_view, std::string_view, Instant);

template <typename Id>
Result<HttpAnswer> set_state(const OfficeDoor& door, const Operator& by, const HttpRequest& request,
                             std::pair<Setter<Id>, std::string_view> change) {
    HALLMARK_TRY(id, slug_in_path(request, "id"));
    HALLMARK_TRY(nothing, Body::none(request.body));
    HALLMARK_TRY(changed, (door.front.registry.*change.first)(Id(id), change.second, actor_of(by),
                                                              door.front.clock.now()));
    return json_answer(200, json::object{{"id", id}, {"state", change.second}});
}

Result<HttpAnswer> suspend_intermediate(const OfficeDoor& door, const Operator& by,
                                        const HttpRequest& request) {
    return set_state<IntermediateId>(door, by, request,
                                     {&Registry::set_intermediate_state, "suspended"});
}

Result<HttpAnswer> resume_intermediate(const OfficeDoor& door, const Operator& by,
                                       const HttpRequest& request) {
    return set_state<IntermediateId>(door, by, request,
                                     {&Registry::set_intermediate_state, "active"});
}

Result<HttpAnswer> suspend_station(const OfficeDoor& door, const Operator& by,
                                   const HttpRequest& request) {
    return set_state<StationId>(door, by, request, {&Registry::set_station_state, "suspended"});
}

Result<HttpAnswer> resume_station(const OfficeDoor& door, const Operator& by,
                                  const HttpRequest& request) {
    return set_state<StationId>(door, by, request, {&Registry::set_station_state, "active"});
}

Result<HttpAnswer> post_station(const OfficeDoor& door, const Operator& by,
                                const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    auto id = parse_slug_as<StationId>(body.text("id"), "id");
    auto site = parse_slug_as<SiteId>(body.text("site"), "site");
    StationEnrolment station;
    for (const std::string& name : body.texts("products")) {
        HALLMARK_TRY(product, parse_slug_as<ProductId>(name, "products"));
        station.products.push_back(product);
    }
    station.certificate = body.base64("certificate");
    station.expires = body.time_if("expires");
    station.source = body.text_if("source", 64).value_or("");
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    if (!site) return std::move(site).error();
    station.id = *id;
    station.site = *site;
    HALLMARK_TRY(enrolled,
                 door.front.registry.enrol_station(station, actor_of(by), door.front.clock.now()));
    return json_answer(201, json::object{{"id", id->get()}, {"state", "active"}});
}

Result<HttpAnswer> get_stations(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const StationRow& row : door.front.registry.stations()) {
        json::array products;
        for (const ProductId& product : row.products)
            products.emplace_back(product.get());
        list.push_back(json::object{{"id", row.id.get()},
                                    {"site", row.site.get()},
                                    {"products", std::move(products)},
                                    {"state", row.state},
                                    {"certificate_sha256", to_hex(row.certificate_sha256)},
                                    {"expires", to_rfc3339(row.expires)},
                                    {"source", row.source}});
    }
    return json_answer(200, json::object{{"stations", std::move(list)}});
}

}  // namespace

namespace {

Result<Operator> writer_of(const OfficeDoor& door, const HttpRequest& request,
                           const std::vector<Role>& roles) {
    HALLMARK_TRY(by, writing_operator_of(door.front, request));
    const bool may =
        by.has(Role::administrator) ||
        std::any_of(roles.begin(), roles.end(), [&](Role role) { return by.has(role); });
    if (!may) return Refusal{Reason::forbidden, "the operator lacks the role"};
    return std::move(by);
}

}  // namespace

Gate office_gate(const OfficeDoor& door, std::vector<Role> roles) {
    return
        [&door, roles = std::move(roles)](const HttpRequest& request) -> std::optional<HttpAnswer> {
            const auto by = writer_of(door, request, roles);
            if (by) return std::nullopt;
            return refused(door.front, request, by.error());
        };
}

Handler office_write(const OfficeDoor& door, std::vector<Role> roles, OfficeAct act) {
    return [&door, roles = std::move(roles), act](const HttpRequest& request) {
        const auto by = writer_of(door, request, roles);
        if (!by) return refused(door.front, request, by.error());
        auto answer = act(door, *by, request);
        if (!answer) return refused(door.front, request, answer.error());
        return std::move(*answer);
    };
}

Handler office_read(const OfficeDoor& door, OfficeAct act) {
    return [&door, act](const HttpRequest& request) {
        const auto by = operator_of(door.front, request);
        if (!by) return refused(door.front, request, by.error());
        auto answer = act(door, *by, request);
        if (!answer) return refused(door.front, request, answer.error());
        return std::move(*answer);
    };
}

std::vector<Route> registry_routes(const OfficeDoor& door) {
    const std::vector<Role> security{Role::security_officer};
    return {
        {.method = "POST",
         .pattern = "/v1/vendors",
         .handler = office_write(door, security, post_vendor),
         .body_limit = 2 * 1024 * 1024,
         .before_body = office_gate(door, security)},
        {.method = "POST",
         .pattern = "/v1/policies",
         .handler = office_write(door, security, post_policy),
         .body_limit = 256 * 1024},
        {.method = "GET",
         .pattern = "/v1/intermediates",
         .handler = office_read(door, get_intermediates)},
        {.method = "POST",
         .pattern = "/v1/intermediates",
         .handler = office_write(door, security, post_intermediate)},
        {.method = "POST",
         .pattern = "/v1/intermediates/{id}/suspend",
         .handler = office_write(door, security, suspend_intermediate)},
        {.method = "POST",
         .pattern = "/v1/intermediates/{id}/resume",
         .handler = office_write(door, security, resume_intermediate)},
        {.method = "GET", .pattern = "/v1/stations", .handler = office_read(door, get_stations)},
        {.method = "POST",
         .pattern = "/v1/stations",
         .handler = office_write(door, security, post_station)},
        {.method = "POST",
         .pattern = "/v1/stations/{id}/suspend",
         .handler =
             office_write(door, {Role::line_manager, Role::security_officer}, suspend_station)},
        {.method = "POST",
         .pattern = "/v1/stations/{id}/resume",
         .handler = office_write(door, security, resume_station)},
    };
}

}  // namespace hallmark
