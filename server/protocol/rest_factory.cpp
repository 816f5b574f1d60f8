#include "server/protocol/rest_factory.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/hash.h"
#include "server/protocol/body.h"

#include <algorithm>
#include <iterator>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t request_limit = 128 * 1024;  // 64 KiB of evidence in base64, and the CSR.

Result<ChallengeOrder> decode_challenge(const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    auto product = parse_slug_as<ProductId>(body.text("product"), "product");
    HALLMARK_TRY(members, read_evidence(body.rest()));
    HALLMARK_TRY(whole, body.finish());
    if (!product) return std::move(product).error();
    return ChallengeOrder{
        .product = *product, .members = std::move(members), .body = sha256(as_bytes(request.body))};
}

Result<IssueRequest> decode_issuance(const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    auto id = parse_uuid(body.text("request_id"), "request_id");
    auto product = parse_slug_as<ProductId>(body.text("product"), "product");
    Bytes challenge = body.base64("challenge", 64);
    Bytes csr = body.base64("csr", 16 * 1024);
    const std::string evidence_text = body.object("evidence");
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    if (!product) return std::move(product).error();
    HALLMARK_TRY(evidence, read_evidence(evidence_text));
    return IssueRequest{.id = RequestId(*id),
                        .product = *product,
                        .challenge = std::move(challenge),
                        .csr = std::move(csr),
                        .evidence = std::move(evidence),
                        .body = to_bytes(std::string_view(request.body))};
}

/// What a body presents that is refused as such: its challenge is spent all the same.
Bytes presented_challenge(const HttpRequest& request) {
    auto body = Body::parse(request.body);
    return body ? body->base64("challenge", 64) : Bytes();
}

/// The caller writes the format, and a metric's label must not be his to choose.
std::string_view known_format(std::string_view format) {
    static constexpr std::string_view known[] = {"tpm2",           "tcg-csr-idevid",
                                                 "yubikey-piv",    "android-key",
                                                 "webauthn",       "pkix-key-attestation",
                                                 "nxp-se05x",      "stsafe-a",
                                                 "optiga-trust-m", "gp-applet",
                                                 "dice",           "microchip-atecc608",
                                                 "psa-token",      "eat",
                                                 "csr-attribute",  "euicc"};
    const bool is_known = std::find(std::begin(known), std::end(known), format) != std::end(known);
    return is_known ? format : "other";
}

json::value encode_issuance(const IssuanceAnswer& answer) {
    json::array chain;
    for (const Bytes& issuer : answer.chain)
        chain.emplace_back(to_pem(issuer, "CERTIFICATE"));
    return json::object{{"issuance", answer.issuance.get()},
                        {"state", answer.state},
                        {"device", answer.device.get()},
                        {"serial", to_hex(answer.serial.get())},
                        {"certificate", to_pem(answer.certificate, "CERTIFICATE")},
                        {"chain", std::move(chain)},
                        {"installation_nonce", to_base64(answer.installation_nonce)}};
}

Result<IssuanceId> issuance_in_path(const HttpRequest& request) {
    const auto found = request.path_parameters.find("id");
    const auto uuid = parse_uuid(found == request.path_parameters.end() ? "" : found->second, "id");
    if (!uuid) return Refusal{Reason::not_found, "path: not an issuance"};
    return IssuanceId(*uuid);
}

HttpAnswer get_station(const FactoryDoor& door, const HttpRequest& request) {
    const auto caller = station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    json::array products;
    for (const ProductId& product : caller->products)
        products.emplace_back(product.get());
    return json_answer(200, json::object{{"station", caller->station.get()},
                                         {"site", caller->site.get()},
                                         {"products", std::move(products)},
                                         {"door", caller->door}});
}

HttpAnswer post_challenge(const FactoryDoor& door, const HttpRequest& request) {
    auto caller = known_station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    const Instant now = door.front.clock.now();
    auto order = decode_challenge(request);
    if (!order) {
        caller = station_of(door.front, request);
        if (!caller) return refused(door.front, request, caller.error());
        const Refusal refusal = door.issuance.refuse(
            *caller, {"challenge", sha256(as_bytes(request.body))}, order.error(), now);
        return refused(door.front, request, refusal);
    }
    const auto answer = door.challenges.open(*caller, *order, now);
    if (!answer)
        return refused(door.front, request, answer.error(), known_format(order->members.format));
    json::object body{{"challenge", to_base64(answer->challenge)},
                      {"expires_at", to_rfc3339(answer->expires_at)}};
    for (const auto& [name, value] : answer->members)
        body.emplace(name, to_base64(value));
    return json_answer(201, body);
}

HttpAnswer post_issuance(const FactoryDoor& door, const HttpRequest& request) {
    auto caller = known_station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    const Instant now = door.front.clock.now();
    const auto wanted = decode_issuance(request);
    if (!wanted) {
        caller = station_of(door.front, request);
        if (!caller) return refused(door.front, request, caller.error());
        const Refusal refusal = door.issuance.refuse(
            *caller, {"issuance", sha256(as_bytes(request.body)), presented_challenge(request)},
            wanted.error(), now);
        return refused(door.front, request, refusal);
    }
    const auto answer = door.issuance.issue(*caller, *wanted, now);
    if (!answer)
        return refused(door.front, request, answer.error(), known_format(wanted->evidence.format));
    return json_answer(answer->repeated ? 200 : 201, encode_issuance(*answer));
}

HttpAnswer get_issuance(const FactoryDoor& door, const HttpRequest& request) {
    const auto caller = station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    const auto id = issuance_in_path(request);
    if (!id) return refused(door.front, request, id.error());
    const auto answer = door.issuance.find(*caller, *id);
    if (!answer) return refused(door.front, request, answer.error());
    return json_answer(200, encode_issuance(*answer));
}

Result<InstallationClaim> decode_installation(const HttpRequest& request) {
    HALLMARK_TRY(id, issuance_in_path(request));
    HALLMARK_TRY(body, Body::parse(request.body));
    const auto certificate = body.digest("certificate_sha256");
    Bytes proof = body.base64("proof", 1024);
    HALLMARK_TRY(whole, body.finish());
    return InstallationClaim{.issuance = id,
                             .certificate = certificate.value_or(Digest{}),
                             .proof = std::move(proof),
                             .body = sha256(as_bytes(request.body))};
}

HttpAnswer post_installation(const FactoryDoor& door, const HttpRequest& request) {
    const auto caller = station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    const Instant now = door.front.clock.now();
    const auto claim = decode_installation(request);
    if (!claim) {
        const Refusal refusal = door.issuance.refuse(
            *caller, {"installation", sha256(as_bytes(request.body))}, claim.error(), now);
        return refused(door.front, request, refusal);
    }
    const auto answer = door.installation.confirm(*caller, *claim, now);
    if (!answer) return refused(door.front, request, answer.error());
    return json_answer(200, json::object{{"issuance", claim->issuance.get()},
                                         {"state", answer->state},
                                         {"device", answer->device.get()},
                                         {"serial", to_hex(answer->serial.get())}});
}

Result<IssuanceId> decode_void(const HttpRequest& request) {
    HALLMARK_TRY(id, issuance_in_path(request));
    HALLMARK_TRY(body, Body::parse(request.body));
    const std::string reason = body.text("reason", 200);
    if (reason.empty()) body.complain("reason is empty");
    HALLMARK_TRY(whole, body.finish());
    return std::move(id);
}

HttpAnswer post_void(const FactoryDoor& door, const HttpRequest& request) {
    const auto caller = station_of(door.front, request);
    if (!caller) return refused(door.front, request, caller.error());
    const Instant now = door.front.clock.now();
    const Digest digest = sha256(as_bytes(request.body));
    const auto id = decode_void(request);
    if (!id) {
        return refused(door.front, request,
                       door.issuance.refuse(*caller, {"void", digest}, id.error(), now));
    }
    const auto answer = door.installation.give_up(*caller, *id, digest, now);
    if (!answer) return refused(door.front, request, answer.error());
    return json_answer(200, json::object{{"issuance", id->get()},
                                         {"state", answer->state},
                                         {"serial", to_hex(answer->serial.get())}});
}

}  // namespace

std::vector<Route> factory_routes(const FactoryDoor& door) {
    const auto to =
        [&door](HttpAnswer (*handler)(const FactoryDoor&, const HttpRequest&)) -> Handler {
        return [&door, handler](const HttpRequest& request) { return handler(door, request); };
    };
    return {
        {.method = "GET", .pattern = "/v1/station", .handler = to(get_station)},
        {.method = "POST",
         .pattern = "/v1/challenges",
         .handler = to(post_challenge),
         .body_limit = request_limit},
        {.method = "POST",
         .pattern = "/v1/issuances",
         .handler = to(post_issuance),
         .body_limit = request_limit},
        {.method = "GET", .pattern = "/v1/issuances/{id}", .handler = to(get_issuance)},
        {.method = "POST",
         .pattern = "/v1/issuances/{id}/installation",
         .handler = to(post_installation),
         .body_limit = 8 * 1024},
        {.method = "POST",
         .pattern = "/v1/issuances/{id}/void",
         .handler = to(post_void),
         .body_limit = 8 * 1024},
    };
}

}  // namespace hallmark
