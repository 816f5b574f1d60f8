#include "server/people_commands.h"

#include "ca/crypto/certificate.h"
#include "ca/domain/fault.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

OfficeRequest post(std::string target, const json::object& body) {
    return {.method = "POST", .target = std::move(target), .body = json::serialize(body)};
}

std::string text_in(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Fault("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string certificate_in(const std::string& file) {
    const auto blocks = parse_pem(text_in(file), "CERTIFICATE");
    if (!blocks || blocks->empty()) throw Fault("no certificate in " + file);
    return to_base64(blocks->front());
}

/// Base64 without what an editor leaves behind it.
std::string proof_in(const std::string& file) {
    std::string proof = text_in(file);
    while (!proof.empty() && (proof.back() == '\n' || proof.back() == '\r'))
        proof.pop_back();
    return proof;
}

json::array listed(const std::vector<std::string>& names) {
    json::array list;
    for (const std::string& name : names)
        list.emplace_back(name);
    return list;
}

std::uint64_t seconds_of(const std::string& lasting) {
    std::uint64_t number = 0;
    const char* end = lasting.data() + lasting.size();
    const auto [stop, error] = std::from_chars(lasting.data(), end, number);
    const std::string unit(stop, end);
    const std::uint64_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
    if (error != std::errc() || factor == 0 || number > 86'400)
        throw Fault("--for is a number and s, m or h: 30m");
    return number * factor;
}

}  // namespace

OfficeRequest list_proposals(const std::vector<std::pair<std::string, std::string>>& filters) {
    std::string query;
    for (const auto& [name, value] : filters) {
        if (!value.empty()) query += (query.empty() ? "?" : "&") + name + "=" + segment(value);
    }
    return look_at("/v1/proposals" + query);
}

OfficeRequest reject_proposal(const std::string& id, const std::string& why) {
    json::object body;
    if (!why.empty()) body.emplace("why", why);
    return post("/v1/proposals/" + segment(id) + "/reject", body);
}

OfficeRequest add_operator(const OperatorAddition& person) {
    json::object body{{"id", person.id},
                      {"roles", listed(person.roles)},
                      {"certificate", certificate_in(person.certificate)},
                      {"proof", proof_in(person.proof)}};
    if (!person.name.empty()) body.emplace("name", person.name);
    return post("/v1/operators", body);
}

OfficeRequest rekey_operator(const OperatorAddition& person) {
    return post(
        "/v1/operators/" + segment(person.id) + "/rekey",
        {{"certificate", certificate_in(person.certificate)}, {"proof", proof_in(person.proof)}});
}

OfficeRequest change_roles(const OperatorAddition& person) {
    return post("/v1/operators/" + segment(person.id) + "/roles",
                {{"roles", listed(person.roles)}});
}

OfficeRequest open_break_glass(const std::string& reason, const std::string& lasting) {
    return post("/v1/break-glass", {{"reason", reason}, {"seconds", seconds_of(lasting)}});
}

OfficeRequest close_break_glass(const std::string& finding) {
    return post("/v1/break-glass/close", {{"finding", finding}});
}

OfficeRequest revoke_many(const BulkRevocation& order) {
    const std::pair<const char*, const std::string*> filters[] = {{"station", &order.station},
                                                                  {"lot", &order.lot},
                                                                  {"product", &order.product},
                                                                  {"from", &order.from},
                                                                  {"to", &order.to}};
    std::string query;
    json::object body;
    for (const auto& [name, value] : filters) {
        if (value->empty()) continue;
        query += (query.empty() ? "?" : "&") + std::string(name) + "=" + segment(*value);
        body.emplace(name, *value);
    }
    if (order.preview) return look_at("/v1/revocations/preview" + query);
    if (order.reason.empty() || order.list_sha256.empty())
        throw Fault("revoke needs --preview first, then --reason and --list-sha256");
    body.emplace("reason", order.reason);
    body.emplace("list_sha256", order.list_sha256);
    return post("/v1/revocations", body);
}

}  // namespace hallmark
