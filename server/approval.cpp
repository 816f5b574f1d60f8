#include "server/approval.h"

#include "ca/crypto/file_key.h"
#include "ca/crypto/hash.h"
#include "ca/domain/fault.h"
#include "ca/json/json.h"
#include "ca/registry/possession.h"
#include "server/ceremony_operator.h"
#include "server/office_print.h"

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr JsonLimits limits{
    .octets = std::size_t{16} * 1024 * 1024, .depth = 16, .members = 200'000};

/// The proposal as its own text says, not as the answer around it does.
json::object shown(const json::object& text, const Digest& digest) {
    return {{"id", text.at("proposal")},
            {"kind", text.at("kind")},
            {"state", "to be approved"},
            {"proposer", text.at("proposer")},
            {"expires_at", text.at("expires_at")},
            {"diff", text.at("diff")},
            {"sha256", to_hex(digest)}};
}

Certificate certificate_in(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    const auto blocks = parse_pem(text, "CERTIFICATE");
    if (!blocks || blocks->empty()) throw Fault("no certificate in " + file);
    auto certificate = parse_certificate(blocks->front());
    if (!certificate) throw Fault(file + ": " + certificate.error().detail);
    return *std::move(certificate);
}

}  // namespace

int approve_proposal(const OfficeAccess& access, const ApprovalWords& words, std::istream& in,
                     std::ostream& out, std::ostream& err) {
    const std::string target = "/v1/proposals/" + segment(words.id);
    const auto answer = call_office(access, look_at(target), err);
    if (!answer) return 2;
    if (answer->status != 200) return tell_answer(access, *answer, out, err);
    const auto body = parse_json(answer->body, limits);
    if (!body || !body->is_object()) throw Fault("the server's answer is no proposal");
    const json::value* canonical = body->as_object().if_contains("canonical");
    if (canonical == nullptr || !canonical->is_string())
        throw Fault("the server's answer bears no text to approve");
    const std::string text(canonical->as_string());
    const auto parsed = parse_json(text, limits);
    if (!parsed || !parsed->is_object() || !parsed->as_object().contains("diff") ||
        parsed->as_object().at("proposal") != json::value(words.id))
        throw Fault("the server's text is not that proposal's");
    const std::string digest = to_hex(sha256(as_bytes(text)));
    if (!access.json)
        print_answer(json::serialize(shown(parsed->as_object(), sha256(as_bytes(text)))), out);
    std::string given = words.sha256;
    if (given.empty()) {
        out << "Type the sha256 of what you approve: " << std::flush;
        std::getline(in, given);
    }
    if (given != digest) {
        err << "hallmark: that is not the digest of the text above; nothing was approved\n";
        return 3;
    }
    return ask_office(access,
                      {.method = "POST",
                       .target = target + "/approve",
                       .body = json::serialize(json::object{{"sha256", digest}})},
                      out, err);
}

int prove_possession(const Possession& possession, std::ostream& text) {
    const Certificate certificate = certificate_in(possession.certificate);
    const auto key = read_operator_key(possession.key);
    if (!key) throw Fault(key.error().detail);
    if (key->public_key().spki() != certificate.spki)
        throw Fault(possession.key + " is not the key of " + possession.certificate);
    const std::string proof =
        to_base64(key->sign(possession_text(possession.role, possession.id, certificate.sha256)));
    if (possession.out.empty()) {
        text << proof << "\n";
        return 0;
    }
    std::ofstream file(possession.out);
    file << proof << "\n";
    if (!file.flush()) throw Fault("cannot write " + possession.out);
    return 0;
}

}  // namespace hallmark
