#include "ca/lifecycle/install.h"

#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "ca/issuance/refuse.h"

namespace hallmark {
namespace {

Event event_of(const CredentialRow& row, std::string type, std::string actor, Instant now) {
    return {.type = std::move(type),
            .subject = "credential/" + to_hex(row.serial.get()),
            .actor = std::move(actor),
            .time = now,
            .facts = {{"device", row.device.get()},
                      {"serial", to_hex(row.serial.get())},
                      {"element", row.element.get()},
                      {"station", row.station.get()},
                      {"product", row.product.get()},
                      {"policy", to_hex(row.policy)}}};
}

bool proof_holds(const CredentialRow& row, const InstallationClaim& claim) {
    const auto certificate = parse_certificate(row.certificate);
    if (!certificate) return false;
    const auto key = parse_public_key(certificate->spki);
    if (!key) return false;
    const Bytes statement =
        installation_statement(row.issuance, row.installation_nonce, certificate->sha256);
    return verify_signature(*key, proof_algorithm(key->algorithm()), statement, claim.proof);
}

Refused refused_of(const Caller& caller, std::string act, Digest body) {
    return {.caller = caller,
            .act = std::move(act),
            .product = std::nullopt,
            .request_id = std::nullopt,
            .challenge = {},
            .body = body};
}

}  // namespace

Bytes installation_statement(const IssuanceId& issuance, ByteView nonce,
                             const Digest& certificate) {
    Bytes statement = to_bytes(std::string_view("hallmark-installation-v1"));
    statement.push_back(0);
    append(statement, issuance.get());
    append(statement, nonce);
    append(statement, certificate);
    return statement;
}

SignatureAlgorithm proof_algorithm(KeyAlgorithm key) noexcept {
    switch (key) {
        case KeyAlgorithm::ec_p256:
            return SignatureAlgorithm::ecdsa_sha256;
        case KeyAlgorithm::ec_p384:
            return SignatureAlgorithm::ecdsa_sha384;
        default:
            return SignatureAlgorithm::rsa_pkcs1_sha256;
    }
}

Result<CredentialRow> InstallationService::own(const Caller& caller, const IssuanceId& issuance) {
    const auto row =
        parts_.database.transact([&](Tx& tx) { return Credentials(tx).by_issuance(issuance); });
    if (!row || row->station != caller.station)
        return Refusal{Reason::not_found, "issuance: not this station's"};
    return *row;
}

Result<InstallationAnswer> InstallationService::confirm(const Caller& caller,
                                                        const InstallationClaim& claim,
                                                        Instant now) {
    auto answer = confirm_line(caller, claim, now);
    if (answer) return answer;
    return parts_.refusals.write(refused_of(caller, "installation", claim.body),
                                 std::move(answer).error(), now);
}

Result<InstallationAnswer> InstallationService::confirm_line(const Caller& caller,
                                                             const InstallationClaim& claim,
                                                             Instant now) {
    HALLMARK_TRY(row, own(caller, claim.issuance));
    if (row.state != "issued" && row.state != "active") {
        return Refusal{Reason::gone, "installation: the certificate is " + row.state};
    }
    if (!equal(claim.certificate, sha256(row.certificate))) {
        return Refusal{Reason::installation_not_accepted,
                       "installation: another certificate was read back"};
    }
    if (!proof_holds(row, claim)) {
        return Refusal{Reason::installation_not_accepted,
                       "installation: the proof is not by the leaf key"};
    }
    const InstallationAnswer answer{
        .state = "installed", .device = row.device, .serial = row.serial};
    if (row.state == "active") return answer;
    // The oracle's verdict stands before a credential becomes active.
    if (!parts_.oracle.accepts(row, parts_.node, now)) {
        return Refusal{Reason::unavailable, "installation: the oracle rejects the certificate"};
    }
    const bool installed = parts_.database.transact([&](Tx& tx) {
        if (!Credentials(tx).install(row, claim.proof)) return false;
        append_event(tx,
                     event_of(row, "credential.installed", "station/" + caller.station.get(), now));
        return true;
    });
    // A void, or a twin of this very request, was faster: what stands now decides.
    if (!installed) return confirm_line(caller, claim, now);
    parts_.observe.note("credential.installed", to_hex(row.serial.get()));
    return answer;
}

Result<InstallationAnswer> InstallationService::give_up(const Caller& caller,
                                                        const IssuanceId& issuance, Digest body,
                                                        Instant now) {
    auto answer = give_up_line(caller, issuance, now);
    if (answer) return answer;
    return parts_.refusals.write(refused_of(caller, "void", body), std::move(answer).error(), now);
}

Result<InstallationAnswer> InstallationService::give_up_line(const Caller& caller,
                                                             const IssuanceId& issuance,
                                                             Instant now) {
    HALLMARK_TRY(row, own(caller, issuance));
    const InstallationAnswer answer{.state = "void", .device = row.device, .serial = row.serial};
    if (row.state == "void") return answer;
    if (row.state == "active")
        return Refusal{Reason::conflict, "void: the certificate is installed"};
    if (row.state != "issued")
        return Refusal{Reason::gone, "void: the certificate is " + row.state};
    const std::string actor = "station/" + caller.station.get();
    const bool ended = parts_.database.transact([&](Tx& tx) {
        if (!Credentials(tx).end(
                row.serial,
                {.from = "issued", .to = "void", .reason = "install_failed", .actor = actor})) {
            return false;
        }
        append_event(tx, event_of(row, "credential.void", actor, now));
        return true;
    });
    if (!ended) return give_up_line(caller, issuance, now);
    return answer;
}

std::size_t InstallationService::sweep(Instant ready_since, Instant now) {
    const auto serials = parts_.database.transact(
        [&](Tx& tx) { return Credentials(tx).unconfirmed(ready_since, parts_.sweep_limit + 1); });
    if (serials.size() > parts_.sweep_limit) {
        // So many at once is no broken device; it is a broken line, or a broken clock.
        parts_.observe.note("sweep.stopped", "more unconfirmed issuances than a sweep may void");
        parts_.observe.measure("void_sweep_stopped", "", 1);
        return 0;
    }
    parts_.observe.measure("void_sweep_stopped", "", 0);
    const std::string actor = "system/" + parts_.node;
    for (const Serial& serial : serials) {
        parts_.database.transact([&](Tx& tx) {
            const auto row = Credentials(tx).by_serial(serial);
            const bool ended =
                row &&
                Credentials(tx).end(
                    serial,
                    {.from = "issued", .to = "void", .reason = "unconfirmed", .actor = actor});
            if (ended) append_event(tx, event_of(*row, "credential.void", actor, now));
        });
    }
    return serials.size();
}

}  // namespace hallmark
