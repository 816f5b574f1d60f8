// A station and its jig in software, as the factory door sees them: each message of one device's
// provisioning made by hand, so that a test may make any part of it wrong. Shares with the server
// neither the proofs' formulas nor a line of JSON.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/hash.h"
#include "server/client/client.h"
#include "station/protocol_proofs.h"
#include "station/simulator/soft_tpm.h"

#include <optional>
#include <string>

#include <boost/json.hpp>

namespace hallmark::testing {

inline Bytes octets_in(const boost::json::value& body, const char* name) {
    return from_base64(body.at(name).as_string()).value();
}

/// One device on the bench. What a test wants wrong it sets before the step that says it.
struct Bench {
    explicit Bench(const SoftTpm& its_tpm) : tpm(&its_tpm) {}

    const SoftTpm* tpm;
    SoftObject ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
    SoftObject leaf = soft_object(SoftKeyKind::ec_p256, {});
    std::string product = "tpm-gateway";
    std::string request_id = random_uuid();

    Bytes challenge;  ///< As the door gave it, with the opened secret.
    Bytes secret;

    // What attest() says instead of the truth.
    std::optional<Bytes> csr;
    std::optional<Bytes> nonce;
    std::optional<Bytes> activation;

    boost::json::object request;  ///< The body of the issuance, from attest() on.
    std::string sent;             ///< The same as it went out.
    boost::json::value issued;    ///< The door's answer.

    [[nodiscard]] std::string issuance() const {
        return std::string(issued.at("issuance").as_string());
    }
    [[nodiscard]] std::string serial() const {
        return std::string(issued.at("serial").as_string());
    }
    [[nodiscard]] std::string device() const {
        return std::string(issued.at("device").as_string());
    }
    [[nodiscard]] Bytes certificate() const {
        return parse_pem(issued.at("certificate").as_string(), "CERTIFICATE").value().at(0);
    }
    /// As the leaf key would prove the installation of its certificate.
    [[nodiscard]] boost::json::object installation() const {
        const Bytes statement =
            installation_message({.issuance = issuance(),
                                  .nonce = octets_in(issued, "installation_nonce"),
                                  .certificate_der = certificate()});
        return {{"certificate_sha256", to_hex(sha256(certificate()))},
                {"proof", to_base64(sign_sha256(leaf.key.get(), statement))}};
    }
};

class SoftStation {
public:
    explicit SoftStation(ClientOptions options) : client_(std::move(options)) {}

    ClientAnswer open(Bench& bench) {
        const ClientAnswer answer = post("/v1/challenges", opening(bench));
        if (answer.status != 201) return answer;
        const auto body = boost::json::parse(answer.body);
        bench.challenge = octets_in(body, "challenge");
        bench.secret = bench.tpm
                           ->activate(bench.ak.name(), octets_in(body, "credential_blob"),
                                      octets_in(body, "secret"))
                           .value();
        return answer;
    }

    /// Writes the issuance request over the challenge that the bench holds.
    static void attest(Bench& bench) {
        const Bytes csr = bench.csr.value_or(soft_csr(bench.leaf.key.get()));
        const Bytes spki = bench.leaf.spki();
        const Bytes nonce = bench.nonce.value_or(
            nonce_for({.door = "factory", .challenge = bench.challenge, .spki = spki}));
        const SoftStatement statement = soft_certify(bench.ak, bench.leaf, nonce);
        const Bytes activation =
            bench.activation.value_or(activation_for({.secret = bench.secret,
                                                      .challenge = bench.challenge,
                                                      .ek_certificate = bench.tpm->ek_chain().at(0),
                                                      .ak_name = bench.ak.name(),
                                                      .attest = statement.attest,
                                                      .csr = csr}));
        bench.request = {{"request_id", bench.request_id},
                         {"product", bench.product},
                         {"challenge", to_base64(bench.challenge)},
                         {"csr", to_base64(csr)},
                         {"evidence",
                          {{"format", "tpm2"},
                           {"ek_chain", chain(bench)},
                           {"ak_public", to_base64(bench.ak.public_area())},
                           {"activation", to_base64(activation)},
                           {"key_public", to_base64(bench.leaf.public_area())},
                           {"attest", to_base64(statement.attest)},
                           {"signature", to_base64(statement.signature)}}}};
    }

    ClientAnswer issue(Bench& bench) {
        bench.sent = boost::json::serialize(bench.request);
        const ClientAnswer answer = client_.request("POST", "/v1/issuances", bench.sent);
        if (answer.status == 201 || answer.status == 200) {
            bench.issued = boost::json::parse(answer.body);
        }
        return answer;
    }
    ClientAnswer repeat(const Bench& bench) { return repeat(bench.sent); }
    ClientAnswer repeat(const std::string& sent) {
        return client_.request("POST", "/v1/issuances", sent);
    }

    /// Challenge, evidence, issuance: the first step that is refused ends it.
    ClientAnswer provision(Bench& bench) {
        const ClientAnswer opened = open(bench);
        if (opened.status != 201) return opened;
        attest(bench);
        return issue(bench);
    }

    ClientAnswer install(const Bench& bench) { return install(bench, bench.installation()); }
    ClientAnswer install(const Bench& bench, const boost::json::object& body) {
        return post("/v1/issuances/" + bench.issuance() + "/installation", body);
    }
    ClientAnswer give_up(const Bench& bench) {
        return post("/v1/issuances/" + bench.issuance() + "/void", {{"reason", "jig fault"}});
    }
    ClientAnswer get(const std::string& target) { return client_.request("GET", target); }
    ClientAnswer post(const std::string& target, const boost::json::object& body) {
        return client_.request("POST", target, boost::json::serialize(body));
    }

    static boost::json::object opening(const Bench& bench) {
        return {{"product", bench.product},
                {"format", "tpm2"},
                {"ek_chain", chain(bench)},
                {"ak_public", to_base64(bench.ak.public_area())}};
    }

private:
    static boost::json::array chain(const Bench& bench) {
        boost::json::array chain;
        for (const Bytes& certificate : bench.tpm->ek_chain())
            chain.emplace_back(to_base64(certificate));
        return chain;
    }

    HttpsClient client_;
};

}  // namespace hallmark::testing
