#include "ca/issuance/results.h"

#include "ca/attestation/family.h"
#include "ca/audit/jws.h"

namespace hallmark {
namespace {

/// The door that credentials come in by: a station's. It is part of what the nonce binds.
constexpr const char* door = "factory";

Result<std::string> said_of(const CredentialAppraised& credential, const VerifierId& verifier,
                            Instant now) {
    HALLMARK_TRY(claims, claims_from_json(credential.claims));
    const Bytes nonce = challenge_nonce(door, credential.challenge, claims.public_key);
    return attestation_result(EvidenceAccepted{.claims = claims,
                                               .nonce = nonce,
                                               .policy = credential.policy,
                                               .request = credential.request,
                                               .serial = credential.serial},
                              verifier, now);
}

Result<std::string> said_of(const RefusalAppraised& refusal, const VerifierId& verifier,
                            Instant now) {
    return attestation_result(EvidenceRefused{.format = refusal.format,
                                              .policy = refusal.policy,
                                              .request = refusal.request,
                                              .refusal = refusal.id,
                                              .reason = refusal.reason},
                              verifier, now);
}

std::string name_of(const ResultDue& due) {
    if (const auto* credential = std::get_if<CredentialAppraised>(&due.of))
        return "credential/" + to_hex(credential->serial.get());
    return "refusal/" + std::get<RefusalAppraised>(due.of).id;
}

Result<std::string> or_not_found(std::optional<std::string> token) {
    if (!token) return Refusal{Reason::not_found, "result: none, or none yet"};
    return *std::move(token);
}

}  // namespace

std::size_t Results::sweep(std::size_t limit, Instant now) {
    if (!parts_.key) return 0;
    // Before anything is taken: while this node cannot sign, others may.
    const SigningKey& key = joined_key();
    const auto due = parts_.database.transact(
        [&](Tx& tx) { return AttestationResults(tx).take(parts_.epoch.id(), limit); });
    if (due.empty()) return 0;
    std::vector<ResultMade> made;
    std::vector<std::int64_t> strange;
    for (const ResultDue& one : due) {
        const auto said = claims_set(one, now);
        if (!said) {
            // One that cannot be told must not keep those behind it from being made.
            parts_.observe.note("result.not_made", name_of(one) + ": " + said.error().detail);
            strange.push_back(one.number);
            continue;
        }
        const std::string input = jws_signing_input(key.public_key, *said);
        made.push_back({.number = one.number,
                        .token = jws_compact(key.public_key, input,
                                             parts_.signer.sign(key, as_bytes(input)))});
    }
    parts_.database.transact([&](Tx& tx) {
        AttestationResults results(tx);
        results.keep(made, key.public_key.digest());
        results.put_off(strange);
    });
    return due.size();
}

Result<std::string> Results::sign(std::string_view type, std::string_view payload) {
    if (!parts_.key) return Refusal{Reason::unavailable, "report: no key of results is configured"};
    const SigningKey& key = joined_key();
    const std::string input = jws_signing_input(key.public_key, payload, type);
    return jws_compact(key.public_key, input, parts_.signer.sign(key, as_bytes(input)));
}

const SigningKey& Results::joined_key() {
    const ResultsKey& wanted = *parts_.key;
    if (!parts_.token.is_up()) throw HsmFault(HsmError::token_lost, "the token is not up");
    const std::lock_guard lock(joining_);
    if (joined_ && !parts_.token.is_usable(wanted.public_key))
        throw HsmFault(HsmError::key_lost, "the token cannot sign with the key of results");
    if (joined_) return *joined_;
    const auto loaded =
        parts_.token.load(wanted.uri, wanted.public_key, SignatureAlgorithm::ecdsa_sha256);
    if (!loaded) throw HsmFault(HsmError::key_lost, "key of results: " + loaded.error().detail);
    // Told before the first token that it signs is kept, and refused where another holds it: a
    // certificate key signs certificates and lists alone.
    const bool is_ours = parts_.database.transact([&](Tx& tx) {
        return AttestationResults(tx).add_key(wanted.public_key.digest(), wanted.public_key.spki(),
                                              key_name(wanted.public_key));
    });
    if (!is_ours) throw Fault("the key of results is known as another holder's");
    joined_ = *loaded;
    return *joined_;
}

Result<std::string> Results::claims_set(const ResultDue& due, Instant now) const {
    return std::visit([&](const auto& of) { return said_of(of, parts_.verifier, now); }, due.of);
}

Result<std::string> Results::of_certificate(const Serial& serial) {
    return or_not_found(parts_.database.transact(
        [&](Tx& tx) { return AttestationResults(tx).of_credential(serial); }));
}

Result<std::string> Results::of_refusal(const std::string& id) {
    return or_not_found(
        parts_.database.transact([&](Tx& tx) { return AttestationResults(tx).of_refusal(id); }));
}

std::string Results::keys() {
    const auto spkis =
        parts_.database.transact([](Tx& tx) { return AttestationResults(tx).keys(); });
    std::vector<PublicKey> keys;
    for (const Bytes& spki : spkis)
        keys.push_back(parse_public_key(spki).value());
    return jwk_set(keys);
}

AttestationResults::Waiting Results::waiting() {
    return parts_.database.transact([](Tx& tx) { return AttestationResults(tx).waiting(); });
}

}  // namespace hallmark
