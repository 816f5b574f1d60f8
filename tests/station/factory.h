// The other end of the line in these tests: the factory door as far as the line needs one, with
// real verifiers behind it and faults on the way to it. Keeps no record and no custody.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/csr.h"
#include "ca/crypto/hash.h"
#include "ca/domain/clock.h"
#include "ca/json/json.h"
#include "station/transport.h"
#include "tests/support/pki.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace hallmark::testing {

enum class Trouble {
    none,
    lose_request,
    lose_answer,
    overloaded,
    in_progress,
    gone,
    stale,
    denied,
    other_key,
    broken
};

inline ClientAnswer answer_of(int status, boost::json::object body) {
    return {.status = status,
            .headers = {{"content-type", "application/json"}},
            .body = canonical_json(body)};
}
inline ClientAnswer problem_of(int status, std::string_view reason,
                               std::string_view retry_after = {}) {
    ClientAnswer answer =
        answer_of(status, {{"type", "/problems/" + std::string(reason)}, {"instance", "i-1"}});
    answer.headers = {{"content-type", "application/problem+json"}};
    if (!retry_after.empty()) answer.headers.emplace_back("retry-after", retry_after);
    return answer;
}

/// The factory door as far as the line needs one, judging by the server's own verifiers; what goes
/// wrong on the way to it is told in `faults`, one a call.
class Factory {
public:
    explicit Factory(const Bytes& vendor_root)
        : pins_{{.vendor = VendorId("swtpm"),
                 .format = "tpm2",
                 .anchors = {.roots = {vendor_root}, .intermediates = {}},
                 .exceptions = {}}} {}

    ClientAnswer take(const Call& call) {
        calls.push_back(call);
        Trouble fault = Trouble::none;
        if (!faults.empty()) {
            fault = faults.front();
            faults.pop_front();
        }
        if (fault == Trouble::lose_request) throw ClientFault("no route");
        if (fault == Trouble::overloaded) return problem_of(503, "overloaded", "3");
        if (fault == Trouble::in_progress) return problem_of(409, "in-progress", "1");
        if (fault == Trouble::gone) return problem_of(410, "gone");
        if (fault == Trouble::denied) return problem_of(422, "policy-denied");
        if (fault == Trouble::stale) return problem_of(422, "challenge-not-accepted");
        if (fault == Trouble::broken) return {.status = 502, .headers = {}, .body = "bad gateway"};
        ClientAnswer answer = call.target == "/v1/challenges"  ? challenge(call.body)
                              : call.target == "/v1/issuances" ? issue(call.body, fault)
                                                               : install(call);
        if (fault == Trouble::lose_answer) throw ClientFault("broken off");
        return answer;
    }

    [[nodiscard]] std::vector<Call> to(std::string_view target) const {
        std::vector<Call> found;
        for (const Call& each : calls) {
            if (each.target == target) found.push_back(each);
        }
        return found;
    }

    std::deque<Trouble> faults;
    std::vector<Call> calls;
    std::size_t signatures = 0;
    bool installed = false;
    const TestAuthority root = make_root("root");
    const TestAuthority intermediate = make_intermediate(root, "intermediate");

private:
    ClientAnswer challenge(const std::string& body) {
        const boost::json::object wanted = parse_json(body)->as_object();
        boost::json::object members = wanted;
        members.erase("product");
        const auto opened = family_.open({parse_evidence(canonical_json(members)).value()}, pins_,
                                         SystemClock().now());
        if (!opened) return problem_of(403, "evidence-not-accepted");
        opening_ = *opened;
        challenge_ = random_bytes(32);
        boost::json::object given{{"challenge", to_base64(challenge_)},
                                  {"expires_at", "2039-12-31T23:59:59Z"}};
        for (const auto& [name, bytes] : opening_.answer)
            given[name] = to_base64(bytes);
        return answer_of(201, given);
    }

    ClientAnswer issue(const std::string& body, Trouble fault) {
        const boost::json::object wanted = parse_json(body)->as_object();
        const std::string id(wanted.at("request_id").as_string());
        if (id == request_id_) return {200, {{"content-type", "application/json"}}, issued_};
        const Bytes csr = from_base64(wanted.at("csr").as_string()).value();
        const auto request = parse_csr(csr);
        const auto evidence = parse_evidence(canonical_json(wanted.at("evidence")));
        const auto verified =
            family_.verify(*evidence, pins_,
                           {.nonce = challenge_nonce("factory", challenge_, request->key.spki()),
                            .spki = request->key.spki(),
                            .activation_secret = opening_.activation_secret,
                            .activation_unchecked = false,
                            .challenge = from_base64(wanted.at("challenge").as_string()).value(),
                            .csr_sha256 = sha256(csr),
                            .ek_certificate = opening_.ek_certificate,
                            .ak_name = opening_.ak_name},
                           SystemClock().now());
        if (!verified) return problem_of(403, "evidence-not-accepted");
        request_id_ = id;
        leaf_ = request->key;
        CertificateSpec spec = leaf_spec(intermediate, "device", make_ec_key());
        if (fault != Trouble::other_key) spec.spki = request->key.spki();
        spec.serial = {0x00, 0x9A, static_cast<unsigned char>(++signatures)};
        certificate_ = make_certificate(spec, intermediate.key);
        issuance_ = random_uuid();
        issued_ = canonical_json(boost::json::object{
            {"issuance", issuance_},
            {"state", "issued"},
            {"device", "device-1"},
            {"serial", to_hex(ByteView(spec.serial).subspan(1))},
            {"certificate", to_pem(certificate_, "CERTIFICATE")},
            {"chain", boost::json::array{to_pem(intermediate.certificate, "CERTIFICATE")}},
            {"installation_nonce", to_base64(nonce_)}});
        return {201, {{"content-type", "application/json"}}, issued_};
    }

    ClientAnswer install(const Call& call) {
        const boost::json::object done = parse_json(call.body)->as_object();
        Bytes message = to_bytes("hallmark-installation-v1");
        message.push_back(0);
        append(message, issuance_);
        append(message, nonce_);
        append(message, ByteView(sha256(certificate_)));
        const bool proved =
            call.target == "/v1/issuances/" + issuance_ + "/installation" &&
            done.at("certificate_sha256").as_string() == to_hex(ByteView(sha256(certificate_))) &&
            verify_signature(*leaf_, SignatureAlgorithm::ecdsa_sha256, message,
                             from_base64(done.at("proof").as_string()).value());
        if (!proved) return problem_of(422, "installation-not-accepted");
        installed = true;
        return answer_of(200, {{"state", "installed"}});
    }

    const ChainValidator chains_;
    const EvidenceFamily family_ = make_family(chains_);
    std::vector<VendorPin> pins_;
    Opening opening_;
    Bytes challenge_;
    std::optional<PublicKey> leaf_;
    Bytes certificate_;
    Bytes nonce_ = random_bytes(32);
    std::string request_id_, issuance_, issued_;
};

}  // namespace hallmark::testing
