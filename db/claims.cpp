#include "db/claims.h"

#include "db/arrays.h"
#include "db/columns.h"

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

constexpr const char* spend_sql = R"sql(
    UPDATE challenge AS c
    SET spent_at = clock_timestamp(), activation_secret = NULL
    FROM unnest($1::bytea[]) AS w (challenge)
    WHERE c.challenge = w.challenge AND c.spent_at IS NULL AND c.expires_at > clock_timestamp()
)sql";
Result<Done> spend_challenges(Tx& tx, const Rows& rows) {
    const auto spent =
        run_prepared(tx, spend_sql, byteas(rows, [](auto* e) { return ByteView(e->challenge); }))
            .affected_rows();
    return all_or(spent, rows.size(), rows.size(),
                  {Reason::challenge_not_accepted, "challenge: spent or expired meanwhile"});
}

constexpr const char* devices_sql = R"sql(
    INSERT INTO device (id, product, element)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* own_devices_sql = R"sql(
    SELECT count(*)
    FROM unnest($1::text[], $2::text[], $3::text[]) AS w (id, product, element)
    JOIN device d ON d.id = w.id AND d.product = w.product AND d.element = w.element
)sql";
constexpr const char* bind_sql = R"sql(
    UPDATE element SET state = 'bound' WHERE id = ANY ($1::text[]) AND state = 'allotted'
)sql";
Result<Done> claim_devices(Tx& tx, const Rows& rows) {
    const auto ids = texts(rows, [](auto* e) { return std::string_view(e->row.device.get()); });
    const auto products =
        texts(rows, [](auto* e) { return std::string_view(e->row.product.get()); });
    const auto elements =
        texts(rows, [](auto* e) { return std::string_view(e->row.element.get()); });
    std::size_t owned = run_prepared(tx, devices_sql, ids, products, elements).affected_rows();
    if (owned < rows.size()) {
        owned = run_prepared(tx, own_devices_sql, ids, products, elements)[0][0].as<std::size_t>();
    }
    HALLMARK_TRY(
        own,
        all_or(owned, rows.size(), rows.size(),
               element_refused("identity: the device name or the element belongs to another")));
    run_prepared(tx, bind_sql, elements);
    return own;
}

constexpr const char* keys_sql = R"sql(
    INSERT INTO known_key (key_sha256, holder_kind, holder_id)
    SELECT w.key, 'credential', w.holder FROM unnest($1::bytea[], $2::text[]) AS w (key, holder)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* own_keys_sql = R"sql(
    SELECT count(*)
    FROM unnest($1::bytea[], $2::text[]) AS w (key, holder)
    JOIN known_key k ON k.key_sha256 = w.key AND k.holder_kind = 'credential' AND k.holder_id = w.holder
)sql";
Result<Done> claim_keys(Tx& tx, const Rows& rows) {
    std::vector<std::string> holders;
    for (const IntentEntry* entry : rows)
        holders.push_back(holder_of(entry->row));
    const auto keys = byteas(rows, [](auto* e) { return ByteView(e->row.key); });
    const auto held_by = texts(holders, [](const std::string& h) { return std::string_view(h); });
    std::size_t owned = run_prepared(tx, keys_sql, keys, held_by).affected_rows();
    if (owned < rows.size())
        owned = run_prepared(tx, own_keys_sql, keys, held_by)[0][0].as<std::size_t>();
    return all_or(owned, rows.size(), rows.size(),
                  element_refused("key: known to belong to another holder"));
}

constexpr const char* names_sql = R"sql(
    INSERT INTO credential_name (intermediate, kind, name_sha256, element)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* own_names_sql = R"sql(
    SELECT count(*)
    FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) AS w (intermediate, kind, name, element)
    JOIN credential_name n ON n.intermediate = w.intermediate AND n.kind = w.kind
                          AND n.name_sha256 = w.name AND n.element = w.element
)sql";
Result<Done> claim_names(Tx& tx, const Rows& rows) {
    std::vector<Name> names;
    for (const IntentEntry* entry : rows) {
        names.push_back({&entry->row, "subject", &entry->row.subject});
        for (const Digest& name : entry->row.subject_alt_names)
            names.push_back({&entry->row, "san", &name});
    }
    const auto intermediates =
        texts(names, [](auto& n) { return std::string_view(n.of->intermediate.get()); });
    const auto kinds = texts(names, [](auto& n) { return std::string_view(n.kind); });
    const auto digests = byteas(names, [](auto& n) { return ByteView(*n.digest); });
    const auto elements =
        texts(names, [](auto& n) { return std::string_view(n.of->element.get()); });
    std::size_t owned =
        run_prepared(tx, names_sql, intermediates, kinds, digests, elements).affected_rows();
    if (owned < names.size()) {
        owned = run_prepared(tx, own_names_sql, intermediates, kinds, digests, elements)[0][0]
                    .as<std::size_t>();
    }
    return all_or(owned, names.size(), rows.size(),
                  element_refused("identity: another element holds this name"));
}

constexpr const char* credentials_sql = R"sql(
    INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element, product,
                            policy_sha256, intermediate, lot, site, key_sha256, tbs_sha256, not_before,
                            not_after, installation_nonce, confirm_within, epoch)
    SELECT w.serial, w.issuance::uuid, w.station, w.request_id::uuid, w.body, w.device, w.element, w.product,
           w.policy, w.intermediate, w.lot, w.site, w.key, w.tbs_sha256, w.not_before::timestamptz,
           w.not_after::timestamptz, w.nonce, make_interval(secs => w.confirm_within), w.epoch
    FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[],
                $9::bytea[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[], $15::text[],
                $16::text[], $17::bytea[], $18::bigint[], $19::bigint[])
         AS w (serial, issuance, station, request_id, body, device, element, product, policy, intermediate, lot,
               site, key, tbs_sha256, not_before, not_after, nonce, confirm_within, epoch)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* intents_sql = R"sql(
    INSERT INTO intent (serial, tbs, tbs_sha256)
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])
)sql";
constexpr const char* same_request_sql = R"sql(
    SELECT FROM credential WHERE station = $1 AND request_id = $2
)sql";
std::size_t insert_credentials(Tx& tx, const Rows& rows) {
    const auto serials = byteas(rows, [](auto* e) { return ByteView(e->row.serial.get()); });
    const auto text = [&](auto of) { return texts(rows, [&](auto* e) { return of(e->row); }); };
    const auto octets = [&](auto of) { return byteas(rows, [&](auto* e) { return of(e->row); }); };
    std::vector<std::string> begins;
    std::vector<std::string> ends;
    for (const IntentEntry* entry : rows) {
        begins.push_back(to_rfc3339(entry->row.not_before));
        ends.push_back(to_rfc3339(entry->row.not_after));
    }
    const auto whole = [](const std::string& time) { return std::string_view(time); };
    return run_prepared(
               tx, credentials_sql, serials,
               text([](const Reserving& r) { return std::string_view(r.issuance.get()); }),
               text([](const Reserving& r) { return std::string_view(r.station.get()); }),
               text([](const Reserving& r) { return std::string_view(r.request_id.get()); }),
               octets([](const Reserving& r) { return ByteView(r.body); }),
               text([](const Reserving& r) { return std::string_view(r.device.get()); }),
               text([](const Reserving& r) { return std::string_view(r.element.get()); }),
               text([](const Reserving& r) { return std::string_view(r.product.get()); }),
               octets([](const Reserving& r) { return ByteView(r.policy); }),
               text([](const Reserving& r) { return std::string_view(r.intermediate.get()); }),
               text([](const Reserving& r) { return std::string_view(r.lot.get()); }),
               text([](const Reserving& r) { return std::string_view(r.site.get()); }),
               octets([](const Reserving& r) { return ByteView(r.key); }),
               octets([](const Reserving& r) { return ByteView(r.tbs_sha256); }),
               texts(begins, whole), texts(ends, whole),
               octets([](const Reserving& r) { return ByteView(r.installation_nonce); }),
               numbers(rows, [](auto* e) { return e->row.confirm_within.count(); }),
               numbers(rows, [](auto* e) { return e->row.epoch; }))
        .affected_rows();
}

Result<Done> write_intents(Tx& tx, const Rows& rows) {
    if (insert_credentials(tx, rows) != rows.size()) {
        const Reserving& row = rows.front()->row;
        const bool same =
            !run_prepared(tx, same_request_sql, row.station.get(), row.request_id.get()).empty();
        return all_or(
            0, 1, rows.size(),
            same ? Refusal{Reason::in_progress, "reserve: the same request is being worked on"}
                 : element_refused("reserve: key, device or element has a live credential"));
    }
    run_prepared(tx, intents_sql,
                 byteas(rows, [](auto* e) { return ByteView(e->row.serial.get()); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.tbs); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.tbs_sha256); }));
    return Done{};
}

Result<Done> write_claims(Tx& tx, const Rows& rows) {
    HALLMARK_TRY(spent, spend_challenges(tx, rows));
    HALLMARK_TRY(devices, claim_devices(tx, rows));
    HALLMARK_TRY(keys, claim_keys(tx, rows));
    HALLMARK_TRY(names, claim_names(tx, rows));
    HALLMARK_TRY(charged, charge_limits(tx, rows));
    return write_intents(tx, rows);
}

}  // namespace hallmark
