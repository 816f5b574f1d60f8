#include "server/protocol/rest_proposals.h"

#include "ca/json/json.h"
#include "server/protocol/body.h"
#include "server/protocol/query.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace hallmark {
namespace {

namespace json = boost::json;

/// A vendor's pin of 64 certificates, in base64.
constexpr JsonLimits body_limits{
    .octets = std::size_t{2} * 1024 * 1024, .depth = 8, .members = 2'000};
constexpr std::uint32_t page = 50;

json::object encode_row(const StoredProposal& row) {
    json::object body{{"id", row.id},
                      {"kind", row.kind},
                      {"state", row.state},
                      {"sha256", to_hex(row.sha256)},
                      {"proposer", row.proposer.get()},
                      {"proposed_at", to_rfc3339(row.proposed_at)},
                      {"expires_at", to_rfc3339(row.expires_at)}};
    if (row.decided_by) body.emplace("decided_by", row.decided_by->get());
    if (row.decided_at) body.emplace("decided_at", to_rfc3339(*row.decided_at));
    if (row.break_glass) body.emplace("break_glass", *row.break_glass);
    if (!row.why.empty()) body.emplace("why", row.why);
    return body;
}

json::object encode(const Proposal& proposal) {
    json::object body = encode_row(proposal.row);
    body.emplace("diff", proposal.text.at("diff"));
    body.emplace("rests_on", proposal.text.at("rests_on"));
    return body;
}

/// With the very text that was digested, so that whoever approves can digest it themselves.
json::object encode_whole(const Proposal& proposal) {
    json::object body = encode(proposal);
    body.emplace("canonical", proposal.row.canonical);
    return body;
}

Result<json::object> change_of(const HttpRequest& request,
                               const std::vector<std::string>& path_members) {
    json::object change;
    if (!request.body.empty()) {
        HALLMARK_TRY(value, parse_json(request.body, body_limits));
        if (!value.is_object())
            return Refusal{Reason::malformed_request, "body: not a JSON object"};
        change = std::move(value.as_object());
    }
    for (const std::string& name : path_members) {
        if (!change.emplace(name, request.path_parameters.at(name)).second)
            return Refusal{Reason::malformed_request, "body: unknown member"};
    }
    return change;
}

template <typename Number>
Result<Number> number_in(const std::map<std::string, std::string>& query, const std::string& name,
                         Number otherwise) {
    const auto found = query.find(name);
    if (found == query.end()) return otherwise;
    const std::string& text = found->second;
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0)
        return Refusal{Reason::malformed_request, "query: " + name + " is no number"};
    return number;
}

Result<HttpAnswer> get_proposals(const OfficeDoor& door, const Operator&,
                                 const HttpRequest& request) {
    HALLMARK_TRY(query, parse_query(request.query, {"state", "cursor", "limit"}));
    HALLMARK_TRY(before, number_in<std::uint64_t>(query, "cursor", 0));
    HALLMARK_TRY(limit, number_in<std::uint32_t>(query, "limit", page));
    if (limit > 200) return Refusal{Reason::malformed_request, "query: limit is over 200"};
    std::optional<std::string> state;
    if (const auto found = query.find("state"); found != query.end()) state = found->second;
    constexpr std::array states{"open", "applied", "rejected", "expired", "stale"};
    if (state && std::find(states.begin(), states.end(), *state) == states.end())
        return Refusal{Reason::malformed_request, "query: no such state"};
    const auto rows = door.proposals.list(state, before, limit, door.front.clock.now());
    json::array list;
    for (const StoredProposal& row : rows)
        list.push_back(encode_row(row));
    HttpAnswer answer = json_answer(200, json::object{{"proposals", std::move(list)}});
    if (rows.size() == limit) {
        answer.headers.emplace_back("Link", "</v1/proposals?limit=" + std::to_string(limit) +
                                                (state ? "&state=" + *state : "") +
                                                "&cursor=" + std::to_string(rows.back().number) +
                                                ">; rel=\"next\"");
    }
    return answer;
}

Result<HttpAnswer> get_proposal(const OfficeDoor& door, const Operator&,
                                const HttpRequest& request) {
    HALLMARK_TRY(proposal,
                 door.proposals.find(request.path_parameters.at("id"), door.front.clock.now()));
    return json_answer(200, encode_whole(proposal));
}

Result<HttpAnswer> approve(const OfficeDoor& door, const Operator& by, const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    const auto digest = body.digest("sha256");
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(proposal, door.proposals.approve(request.path_parameters.at("id"), *digest, by,
                                                  door.front.clock.now()));
    if (door.applied) door.applied(proposal.row.kind);
    return json_answer(200, encode(proposal));
}

Result<HttpAnswer> reject(const OfficeDoor& door, const Operator& by, const HttpRequest& request) {
    std::string why;
    if (!request.body.empty()) {
        HALLMARK_TRY(body, Body::parse(request.body));
        why = body.text_if("why").value_or("");
        HALLMARK_TRY(whole, body.finish());
    }
    HALLMARK_TRY(proposal, door.proposals.reject(request.path_parameters.at("id"), why, by,
                                                 door.front.clock.now()));
    return json_answer(200, encode(proposal));
}

/// Anybody who is pinned here; the engine asks for the role, and records what it refuses.
const std::vector<Role> any_role{Role::administrator, Role::line_manager, Role::security_officer,
                                 Role::field_operator, Role::auditor};

}  // namespace

Result<HttpAnswer> propose(const OfficeDoor& door, const Operator& by, const HttpRequest& request,
                           std::string_view kind, const std::vector<std::string>& path_members) {
    HALLMARK_TRY(change, change_of(request, path_members));
    HALLMARK_TRY(proposal, door.proposals.propose(kind, change, by, door.front.clock.now()));
    return json_answer(202, encode(proposal));
}

Handler office_propose(const OfficeDoor& door, std::string_view kind,
                       std::vector<std::string> path_members) {
    return [&door, kind = std::string(kind),
            members = std::move(path_members)](const HttpRequest& request) {
        const auto by = writing_operator_of(door.front, request);
        if (!by) return refused(door.front, request, by.error());
        auto answer = propose(door, *by, request, kind, members);
        if (!answer) return refused(door.front, request, answer.error());
        return std::move(*answer);
    };
}

std::vector<Route> proposal_routes(const OfficeDoor& door) {
    return {
        {.method = "GET", .pattern = "/v1/proposals", .handler = office_read(door, get_proposals)},
        {.method = "GET",
         .pattern = "/v1/proposals/{id}",
         .handler = office_read(door, get_proposal)},
        {.method = "POST",
         .pattern = "/v1/proposals/{id}/approve",
         .handler = office_write(door, any_role, approve)},
        {.method = "POST",
         .pattern = "/v1/proposals/{id}/reject",
         .handler = office_write(door, any_role, reject)},
    };
}

}  // namespace hallmark
