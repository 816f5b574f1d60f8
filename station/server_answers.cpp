#include "station/server_answers.h"

#include "ca/crypto/certificate.h"
#include "ca/domain/ids.h"
#include "ca/json/json.h"

#include <optional>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

json::object object_in(const std::string& body) {
    auto document = parse_json(body);
    if (!document || !document->is_object())
        throw AnswerFault("the server's answer is not a JSON object");
    return document->as_object();
}

std::string text(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string())
        throw AnswerFault("the server's answer lacks " + std::string(name));
    return std::string(value->as_string());
}

Bytes base64(const json::value& value, std::string_view name) {
    const json::string* encoded = value.if_string();
    auto bytes = encoded == nullptr ? std::nullopt : from_base64(std::string_view(*encoded));
    if (!bytes) throw AnswerFault("no base64 in the server's " + std::string(name));
    return *bytes;
}

Bytes pem(std::string_view encoded) {
    auto blocks = parse_pem(encoded, "CERTIFICATE", 2);
    if (!blocks || blocks->size() != 1)
        throw AnswerFault("not one certificate where the server should give one");
    return blocks->front();
}

EvidenceMember member(std::string_view name, const json::value& value) {
    EvidenceMember made{.name = std::string(name), .values = {}, .is_list = value.is_array()};
    if (!made.is_list) {
        made.values.push_back(base64(value, name));
    } else {
        for (const json::value& item : value.as_array())
            made.values.push_back(base64(item, name));
    }
    return made;
}

void add_members(json::object& object, const std::vector<EvidenceMember>& members) {
    for (const EvidenceMember& each : members) {
        if (!each.is_list) {
            object[each.name] = to_base64(each.values.at(0));
            continue;
        }
        json::array list;
        for (const Bytes& value : each.values)
            list.emplace_back(to_base64(value));
        object[each.name] = std::move(list);
    }
}

std::optional<Reason> reason_from(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(Reason::unavailable); ++i) {
        if (name_of(static_cast<Reason>(i)) == name) return static_cast<Reason>(i);
    }
    return std::nullopt;
}

}  // namespace

Refusal refusal_in(const ClientAnswer& answer) {
    const std::string status = "the server answered " + std::to_string(answer.status);
    if (answer.header("content-type").substr(0, 24) != "application/problem+json")
        throw AnswerFault(status);
    const json::object problem = object_in(answer.body);
    const std::string type = text(problem, "type");
    constexpr std::string_view prefix = "/problems/";
    const auto reason = type.starts_with(prefix)
                            ? reason_from(std::string_view(type).substr(prefix.size()))
                            : std::nullopt;
    const json::value* instance = problem.if_contains("instance");
    const std::string incident = instance != nullptr && instance->is_string()
                                     ? ", incident " + std::string(instance->as_string())
                                     : "";
    if (!reason) throw AnswerFault(status + incident);
    return {*reason, status + incident};
}

ChallengeGiven decode_challenge(const std::string& body) {
    const json::object object = object_in(body);
    ChallengeGiven given;
    (void)text(object, "expires_at");
    for (const auto& [name, value] : object) {
        if (name == "expires_at") continue;
        if (name == "challenge")
            given.challenge = base64(value, name);
        else
            given.members.push_back(member(name, value));
    }
    if (given.challenge.size() != 32) throw AnswerFault("the server's challenge is not 32 octets");
    return given;
}

IssuanceGiven decode_issuance(const std::string& body) {
    const json::object object = object_in(body);
    const auto id = parse_uuid(text(object, "issuance"), "issuance");
    if (!id) throw AnswerFault("the server's issuance is no UUID");
    IssuanceGiven given{.issuance = *id,
                        .device = text(object, "device"),
                        .serial = text(object, "serial"),
                        .certificate = pem(text(object, "certificate")),
                        .chain = {},
                        .installation_nonce = base64(
                            json::value(text(object, "installation_nonce")), "installation_nonce")};
    const json::value* chain = object.if_contains("chain");
    if (chain == nullptr || !chain->is_array())
        throw AnswerFault("the server's answer lacks chain");
    for (const json::value& each : chain->as_array()) {
        if (!each.is_string())
            throw AnswerFault("the server's chain is not a list of certificates");
        given.chain.push_back(pem(std::string_view(each.as_string())));
    }
    return given;
}

std::string encode(const ChallengeWanted& wanted) {
    json::object body{{"product", wanted.product}, {"format", wanted.format}};
    add_members(body, wanted.members);
    return canonical_json(body);
}

std::string encode(const IssuanceWanted& wanted) {
    json::object evidence{{"format", wanted.evidence.format}};
    add_members(evidence, wanted.evidence.members);
    return canonical_json(json::object{{"request_id", wanted.request_id},
                                       {"product", wanted.product},
                                       {"challenge", to_base64(wanted.challenge)},
                                       {"csr", to_base64(wanted.csr)},
                                       {"evidence", std::move(evidence)}});
}

std::string encode(const InstallationDone& done) {
    return canonical_json(
        json::object{{"certificate_sha256", to_hex(ByteView(done.certificate_sha256))},
                     {"proof", to_base64(done.proof)}});
}

}  // namespace hallmark
