#include "db/claims.h"

#include "db/arrays.h"
#include "db/columns.h"

#include <set>

namespace hallmark {
namespace {

using Rows = IntentRows;

/// A key belongs to one element and product for ever: the holder is both.
std::string holder_of(const Reserving& row) {
    return row.element.get() + " " + row.product.get();
}

Refusal element_refused(const char* detail) {
    return Refusal{Reason::element_not_accepted, detail};
}

struct Name {
    const Reserving* of;
    const char* kind;
    const Digest* digest;
};

}  // namespace

// One statement, so that a batch costs one round trip and one plan. Every part sees the tables as
// they were before it, and what another part made only where it reads from it: what was claimed
// before counts as well where it is the claimant's own. A credential is made for an owned device
// alone and an intent for a credential that was made, so that a claim that is another's shows as a
// missing row and not as a broken reference.
constexpr const char* claims_sql = R"sql(
    WITH w AS MATERIALIZED (
        SELECT *
        FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],
                    $8::text[], $9::bytea[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[],
                    $15::bytea[], $16::text[], $17::text[], $18::bytea[], $19::bigint[], $20::bigint[],
                    $21::bytea[], $22::text[])
             AS u (serial, issuance, station, request_id, body, device, element, product, policy, intermediate,
                   lot, site, key, tbs, tbs_sha256, not_before, not_after, nonce, confirm_within, epoch,
                   challenge, holder)
    ), n AS MATERIALIZED (
        SELECT *
        FROM unnest($23::text[], $24::text[], $25::bytea[], $26::text[]) AS u (intermediate, kind, name, element)
    ), spent AS (
        UPDATE challenge AS c
        SET spent_at = clock_timestamp(), activation_secret = NULL
        FROM w
        WHERE c.challenge = w.challenge AND c.spent_at IS NULL AND c.expires_at > clock_timestamp()
        RETURNING 1
    ), made_device AS (
        INSERT INTO device (id, product, element)
        SELECT device, product, element FROM w
        ON CONFLICT DO NOTHING
        RETURNING id
    ), owned AS MATERIALIZED (
        SELECT id FROM made_device
        UNION ALL
        SELECT d.id FROM w JOIN device d ON d.id = w.device AND d.product = w.product AND d.element = w.element
    ), bound AS (
        UPDATE element AS e SET state = 'bound' FROM w WHERE e.id = w.element AND e.state = 'allotted'
    ), made_key AS (
        INSERT INTO known_key (key_sha256, holder_kind, holder_id)
        SELECT key, 'credential', holder FROM w
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), made_name AS (
        INSERT INTO credential_name (intermediate, kind, name_sha256, element)
        SELECT intermediate, kind, name, element FROM n
        ON CONFLICT DO NOTHING
        RETURNING 1
    ), made AS (
        INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element, product,
                                policy_sha256, intermediate, lot, site, key_sha256, tbs_sha256, not_before,
                                not_after, installation_nonce, confirm_within, epoch)
        SELECT serial, issuance::uuid, station, request_id::uuid, body, device, element, product, policy,
               intermediate, lot, site, key, tbs_sha256, not_before::timestamptz, not_after::timestamptz, nonce,
               make_interval(secs => confirm_within), epoch
        FROM w JOIN owned ON owned.id = w.device
        ON CONFLICT DO NOTHING
        RETURNING serial
    ), written AS (
        INSERT INTO intent (serial, tbs, tbs_sha256)
        SELECT serial, tbs, tbs_sha256 FROM w JOIN made USING (serial)
    )
    SELECT (SELECT count(*) FROM spent),
           (SELECT count(*) FROM owned),
           (SELECT count(*) FROM made_key)
           + (SELECT count(*) FROM w JOIN known_key k ON k.key_sha256 = w.key AND k.holder_kind = 'credential'
                                                     AND k.holder_id = w.holder),
           (SELECT count(*) FROM made_name)
           + (SELECT count(*) FROM n JOIN credential_name c ON c.intermediate = n.intermediate AND c.kind = n.kind
                                                           AND c.name_sha256 = n.name AND c.element = n.element),
           (SELECT count(*) FROM made)
)sql";
/// How much of each kind the batch has now.
struct Claimed {
    std::size_t challenges, devices, keys, names, credentials;
};
Claimed claim(Tx& tx, const Rows& rows, const std::vector<Name>& names) {
    const auto text = [&](auto of) {
        return texts(rows, [&](auto* e) { return std::string_view(of(e->row)); });
    };
    const auto octets = [&](auto of) {
        return byteas(rows, [&](auto* e) { return ByteView(of(e->row)); });
    };
    std::vector<std::string> begins;
    std::vector<std::string> ends;
    std::vector<std::string> holders;
    for (const IntentEntry* entry : rows) {
        begins.push_back(to_rfc3339(entry->row.not_before));
        ends.push_back(to_rfc3339(entry->row.not_after));
        holders.push_back(holder_of(entry->row));
    }
    const auto whole = [](const std::string& value) { return std::string_view(value); };
    using Row = const Reserving&;
    const pqxx::result counts = run_prepared(
        tx, claims_sql, octets([](Row r) -> auto& { return r.serial.get(); }),
        text([](Row r) -> auto& { return r.issuance.get(); }),
        text([](Row r) -> auto& { return r.station.get(); }),
        text([](Row r) -> auto& { return r.request_id.get(); }),
        octets([](Row r) -> auto& { return r.body; }),
        text([](Row r) -> auto& { return r.device.get(); }),
        text([](Row r) -> auto& { return r.element.get(); }),
        text([](Row r) -> auto& { return r.product.get(); }),
        octets([](Row r) -> auto& { return r.policy; }),
        text([](Row r) -> auto& { return r.intermediate.get(); }),
        text([](Row r) -> auto& { return r.lot.get(); }),
        text([](Row r) -> auto& { return r.site.get(); }),
        octets([](Row r) -> auto& { return r.key; }), octets([](Row r) -> auto& { return r.tbs; }),
        octets([](Row r) -> auto& { return r.tbs_sha256; }), texts(begins, whole),
        texts(ends, whole), octets([](Row r) -> auto& { return r.installation_nonce; }),
        numbers(rows, [](auto* e) { return e->row.confirm_within.count(); }),
        numbers(rows, [](auto* e) { return e->row.epoch; }),
        byteas(rows, [](auto* e) { return ByteView(e->challenge); }), texts(holders, whole),
        texts(names, [](auto& n) { return std::string_view(n.of->intermediate.get()); }),
        texts(names, [](auto& n) { return std::string_view(n.kind); }),
        byteas(names, [](auto& n) { return ByteView(*n.digest); }),
        texts(names, [](auto& n) { return std::string_view(n.of->element.get()); }));
    const auto count = [&](pqxx::row::size_type column) {
        return counts[0][column].as<std::size_t>();
    };
    return {.challenges = count(0),
            .devices = count(1),
            .keys = count(2),
            .names = count(3),
            .credentials = count(4)};
}

std::vector<Name> names_of(const Rows& rows) {
    std::vector<Name> names;
    for (const IntentEntry* entry : rows) {
        names.push_back({&entry->row, "subject", &entry->row.subject});
        // A name that stands twice in one certificate is claimed once.
        std::set<Digest> claimed;
        for (const Digest& name : entry->row.subject_alt_names) {
            if (claimed.insert(name).second) names.push_back({&entry->row, "san", &name});
        }
    }
    return names;
}

constexpr const char* same_request_sql = R"sql(
    SELECT FROM credential WHERE station = $1 AND request_id = $2
)sql";
/// Why the batch, which is one entry alone, has no credential of its own.
Refusal stands_already(Tx& tx, const Rows& rows) {
    const Reserving& row = rows.front()->row;
    if (run_prepared(tx, same_request_sql, row.station.get(), row.request_id.get()).empty())
        return element_refused("reserve: key, device or element has a live credential");
    return {Reason::in_progress, "reserve: the same request is being worked on"};
}

Result<Done> write_claims(Tx& tx, const Rows& rows) {
    const std::vector<Name> names = names_of(rows);
    const Claimed claimed = claim(tx, rows, names);
    HALLMARK_TRY(spent,
                 all_or(claimed.challenges, rows.size(), rows.size(),
                        {Reason::challenge_not_accepted, "challenge: spent or expired meanwhile"}));
    HALLMARK_TRY(
        devices,
        all_or(claimed.devices, rows.size(), rows.size(),
               element_refused("identity: the device name or the element belongs to another")));
    HALLMARK_TRY(keys, all_or(claimed.keys, rows.size(), rows.size(),
                              element_refused("key: known to belong to another holder")));
    HALLMARK_TRY(named, all_or(claimed.names, names.size(), rows.size(),
                               element_refused("identity: another element holds this name")));
    HALLMARK_TRY(charged, charge_limits(tx, rows));
    if (claimed.credentials == rows.size()) return Done{};
    return all_or(claimed.credentials, rows.size(), rows.size(),
                  rows.size() == 1 ? stands_already(tx, rows)
                                   : element_refused("reserve: a live credential"));
}

}  // namespace hallmark
