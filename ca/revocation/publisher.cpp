#include "ca/revocation/publisher.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "ca/revocation/crl.h"

namespace hallmark {

bool Publisher::refresh(const CrlIssuer& issuer, Instant now) {
    const bool due = database_.transact([&](Tx& tx) {
        const auto latest = Crls(tx).latest(issuer.id);
        return !latest || latest->this_update + rules_.renew_after <= now ||
               Crls(tx).is_stale(issuer.id);
    });
    if (due) publish(issuer, now);
    return due;
}

void Publisher::publish(const CrlIssuer& issuer, Instant now) {
    const CrlIntentRow intent = database_.transact([&](Tx& tx) {
        Crls crls(tx);
        crls.lock(issuer.id);
        CrlIntentRow row{.intermediate = issuer.id,
                         .number = crls.next_number(issuer.id),
                         .tbs = {},
                         .tbs_sha256 = {},
                         .this_update = floor_to_second(now),
                         .next_update = floor_to_second(now + rules_.validity)};
        row.tbs = compose_crl(
            {.issuer = issuer.subject,
             .issuer_key_identifier = issuer.key_identifier,
             .algorithm = issuer.key.algorithm,
             .number = row.number,
             .this_update = row.this_update,
             .next_update = row.next_update,
             // RFC 5280 3.3: an entry stays until it was on one list made after the
             // certificate expired; a list's whole validity makes sure that it was seen.
             .ended = crls.ended(issuer.id, now - rules_.validity)});
        row.tbs_sha256 = sha256(row.tbs);
        crls.append_intent(row);
        return row;
    });
    // What may be signed stands from here on. A crash leaves a number without a list; the next run
    // takes the next.
    const Bytes signature = signer_.sign(issuer.key, intent.tbs);
    if (!verify_signature(issuer.key.public_key, issuer.key.algorithm, intent.tbs, signature)) {
        throw Fault("the token's signature on a list does not verify under " + issuer.id.get());
    }
    const Bytes list = der_sequence(
        {intent.tbs, algorithm_identifier(issuer.key.algorithm), der_bit_string(signature)});
    database_.transact([&](Tx& tx) { Crls(tx).append(issuer.id, intent.number, list); });
}

std::optional<CrlRow> Publisher::latest(const IntermediateId& id) {
    return database_.transact([&](Tx& tx) { return Crls(tx).latest(id); });
}

}  // namespace hallmark
