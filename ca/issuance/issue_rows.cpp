// What an issuance writes: the intent's row, the record's with its event, and the hold where the
// oracle says no.
#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "ca/issuance/issue.h"
#include "ca/issuance/oracle.h"

namespace hallmark {

Reserving IssuanceService::reserving(const Caller& caller, const IssueRequest& request,
                                     const Judged& judged) const {
    std::vector<Digest> names;
    for (const Bytes& name : judged.grant.subject_alt_names)
        names.push_back(sha256(name));
    return Reserving{.serial = {},
                     .issuance = IssuanceId(random_uuid()),
                     .station = caller.station,
                     .request_id = request.id,
                     .body = sha256(request.body),
                     .device = judged.grant.device,
                     .element = judged.custody.element,
                     .product = judged.grant.product,
                     .policy = judged.grant.policy,
                     .intermediate = judged.issuer->id,
                     .vendor = judged.custody.vendor,
                     .format = judged.element.claims.format,
                     .anchor = judged.element.claims.anchor,
                     .lot = judged.custody.lot,
                     .site = judged.custody.site,
                     .key = judged.key.digest(),
                     .tbs = {},
                     .tbs_sha256 = {},
                     .subject = sha256(judged.grant.folded_subject),
                     .subject_alt_names = std::move(names),
                     .not_before = judged.grant.not_before,
                     .not_after = judged.grant.not_after,
                     .installation_nonce = random_bytes(32),
                     .confirm_within = judged.grant.confirm_within,
                     .rework_limit = judged.grant.rework_limit,
                     .station_limit = judged.grant.station_limit,
                     .lot_limit = judged.grant.lot_limit,
                     .lot_station_limit = judged.grant.lot_station_limit,
                     .model = judged.element.claims.model.value_or(judged.custody.model),
                     .firmware = judged.element.claims.firmware.value_or(""),
                     .epoch = parts_.epoch.id()};
}

Result<Done> IssuanceService::record(const Caller& caller, const IssueRequest& request,
                                     const Judged& judged, const Issued& issued,
                                     GroupCommit::Way& way, Instant now) {
    Event event{.type = "credential.issued",
                .subject = "credential/" + to_hex(issued.serial.get()),
                .actor = "station/" + caller.station.get(),
                .time = now,
                .facts = {{"device", judged.grant.device.get()},
                          {"serial", to_hex(issued.serial.get())},
                          {"element", judged.custody.element.get()},
                          {"station", caller.station.get()},
                          {"lot", judged.custody.lot.get()},
                          {"product", judged.grant.product.get()},
                          {"policy", to_hex(judged.grant.policy)},
                          {"intermediate", judged.issuer->id.get()},
                          {"certificate_sha256", to_hex(sha256(issued.certificate))},
                          {"request_sha256", to_hex(sha256(request.body))},
                          {"anchor", to_hex(judged.element.claims.anchor)},
                          {"assurance", std::string(name_of(judged.element.claims.assurance))}}};
    if (judged.grant.assurance_reason)
        event.facts.emplace_back("assurance_reason", *judged.grant.assurance_reason);
    return way.record({.row = {.serial = issued.serial,
                               .intermediate = judged.issuer->id,
                               .certificate = issued.certificate,
                               .request = request.body,
                               .claims = claims_json(judged.element.claims),
                               .challenge = request.challenge,
                               .manifest = judged.custody.manifest,
                               .key_uri = judged.issuer->key.uri,
                               .device = judged.grant.device,
                               .epoch = parts_.epoch.id()},
                       .event = entry_of(event)});
    // Certificate, device state and event stand in one commit. A crash after it: the station's
    // retry finds them.
}

void IssuanceService::ask_oracle_first(const Judged& judged, const Issued& issued, Instant now) {
    {
        const std::lock_guard lock(mutex_);
        if (policies_seen_.contains(judged.grant.policy)) return;
    }
    const auto objection =
        oracle_objection(issued, judged.key.spki(), OpensslIssuers(judged.issuer->chain));
    if (objection) {
        hold_product(parts_.database,
                     {.product = judged.grant.product,
                      .policy = judged.grant.policy,
                      .serial = issued.serial,
                      .objection = *objection,
                      .node = parts_.epoch.node()},
                     now);
        throw Fault("the oracle rejects the first certificate of policy " +
                    to_hex(judged.grant.policy) + ": " + *objection);
    }
    const std::lock_guard lock(mutex_);
    policies_seen_.insert(judged.grant.policy);
}

}  // namespace hallmark
