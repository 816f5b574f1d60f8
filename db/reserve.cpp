#include "db/columns.h"
#include "db/credentials.h"
#include "db/gate.h"

#include <array>

// The order here is: lock and ask everything again, claim what must be unique, charge, write the
// intent. All in one commit; a crash before it leaves nothing, a crash after it leaves an intent
// that reconcile burns.

namespace hallmark {
namespace {

struct Question {
    Reason reason;
    const char* detail;
};

// In the order of the columns of ask_again_sql.
constexpr std::array<Question, 8> questions{{
    {Reason::forbidden, "reserve: station not active, out of its window or scope"},
    {Reason::element_not_accepted, "custody: lot not released for this product and site"},
    {Reason::element_not_accepted, "custody: element neither allotted nor bound"},
    {Reason::policy_denied, "policy: another version is current"},
    {Reason::evidence_not_accepted, "chain: the root is not pinned any more"},
    {Reason::unavailable, "reserve: intermediate suspended or expired"},
    {Reason::unavailable, "reserve: this policy version is on hold"},
    {Reason::unavailable, "reserve: this node's epoch is dead"},
}};

Refusal element_refused(const char* detail) {
    return Refusal{Reason::element_not_accepted, detail};
}

}  // namespace

// The lot before the element, as everyone who locks both. KEY SHARE lets the epoch's beat pass:
// under load there is always somebody who holds the row.
constexpr const char* ask_again_sql = R"sql(
    SELECT s.state = 'active' AND s.expires > clock_timestamp() AND $2 = ANY (s.products) AND s.site = $3,
           l.state = 'released' AND l.product = $2 AND l.site = $3,
           e.state IN ('allotted', 'bound'),
           $5 = (SELECT policy_sha256 FROM product_policy WHERE product = $2 ORDER BY number DESC LIMIT 1),
           EXISTS (SELECT FROM vendor_pin v JOIN vendor_anchor a ON a.pin = v.number
                   WHERE v.vendor = $6 AND v.format = $7 AND v.active
                     AND a.kind = 'root' AND sha256(a.certificate) = $10),
           i.state = 'active' AND i.not_after > clock_timestamp(),
           NOT EXISTS (SELECT FROM product_hold WHERE policy_sha256 = $5 AND held),
           p.beat_at > clock_timestamp() - interval '5 seconds',
           e.state
    FROM element e
    JOIN lot l ON l.id = e.lot
    JOIN station s ON s.id = $4
    JOIN intermediate i ON i.id = $8
    JOIN epoch p ON p.id = $9
    WHERE e.id = $1
    FOR SHARE OF l, s, i
    FOR KEY SHARE OF p
    FOR UPDATE OF e
)sql";
Result<std::string> ask_again(Tx& tx, const Reserving& wanted) {
    const pqxx::result rows = tx.raw().exec_params(
        ask_again_sql, wanted.element.get(), wanted.product.get(), wanted.site.get(),
        wanted.station.get(), bytea(wanted.policy), wanted.vendor.get(), wanted.format,
        wanted.intermediate.get(), wanted.epoch, bytea(wanted.anchor));
    if (rows.empty())
        return Refusal{Reason::unavailable, "reserve: station, element or intermediate is gone"};
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto answer = rows[0][static_cast<pqxx::row::size_type>(i)];
        if (answer.is_null() || !answer.as<bool>())
            return Refusal{questions[i].reason, questions[i].detail};
    }
    return rows[0][8].as<std::string>();
}

constexpr const char* live_sql = R"sql(
    SELECT count(*) FILTER (WHERE state IN ('reserved', 'issued', 'active')),
           count(*) FILTER (WHERE state = 'void'),
           count(*) FILTER (WHERE state = 'retired')
    FROM credential
    WHERE element = $1
)sql";
constexpr const char* device_sql = R"sql(
    INSERT INTO device (id, product, element) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* device_state_sql = R"sql(
    SELECT state FROM device WHERE id = $1 AND product = $2 AND element = $3
)sql";
Result<Done> claim_element(Tx& tx, const Reserving& wanted, const std::string& element_state) {
    const pqxx::row counts = tx.raw().exec_params1(live_sql, wanted.element.get());
    if (counts[0].as<long>() != 0)
        return element_refused("custody: the element has a live credential");
    if (counts[1].as<std::uint32_t>() > wanted.rework_limit)
        return element_refused("custody: reworked too often");
    tx.raw().exec_params(device_sql, wanted.device.get(), wanted.product.get(),
                         wanted.element.get());
    const pqxx::result device = tx.raw().exec_params(device_state_sql, wanted.device.get(),
                                                     wanted.product.get(), wanted.element.get());
    if (device.empty())
        return element_refused("identity: the device name or the element belongs to another");
    const auto state = device[0][0].as<std::string>();
    if (state != "unprovisioned" && state != "issued") {
        return element_refused("custody: the device was provisioned before");
    }
    if (element_state == "allotted") {
        tx.raw().exec_params("UPDATE element SET state = 'bound' WHERE id = $1",
                             wanted.element.get());
    }
    return Done{};
}

constexpr const char* key_sql = R"sql(
    INSERT INTO known_key (key_sha256, holder_kind, holder_id) VALUES ($1, 'credential', $2)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* key_holder_sql = R"sql(
    SELECT FROM known_key WHERE key_sha256 = $1 AND holder_kind = 'credential' AND holder_id = $2
)sql";
constexpr const char* name_sql = R"sql(
    INSERT INTO credential_name (intermediate, kind, name_sha256, element) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* name_holder_sql = R"sql(
    SELECT FROM credential_name WHERE intermediate = $1 AND kind = $2 AND name_sha256 = $3 AND element = $4
)sql";
Result<Done> claim_name(Tx& tx, const Reserving& wanted, const std::string& kind,
                        const Digest& name) {
    tx.raw().exec_params(name_sql, wanted.intermediate.get(), kind, bytea(name),
                         wanted.element.get());
    if (tx.raw()
            .exec_params(name_holder_sql, wanted.intermediate.get(), kind, bytea(name),
                         wanted.element.get())
            .empty()) {
        return element_refused("identity: another element holds this name");
    }
    return Done{};
}

Result<Done> claim_key_and_names(Tx& tx, const Reserving& wanted) {
    // A key belongs to one element and product for ever: the holder is both.
    const std::string holder = wanted.element.get() + " " + wanted.product.get();
    tx.raw().exec_params(key_sql, bytea(wanted.key), holder);
    if (tx.raw().exec_params(key_holder_sql, bytea(wanted.key), holder).empty()) {
        return element_refused("key: known to belong to another holder");
    }
    HALLMARK_TRY(subject, claim_name(tx, wanted, "subject", wanted.subject));
    for (const Digest& name : wanted.subject_alt_names) {
        HALLMARK_TRY(claimed, claim_name(tx, wanted, "san", name));
    }
    return Done{};
}

constexpr const char* charge_sql = R"sql(
    INSERT INTO usage AS u (kind, id, product, used) VALUES ($1, $2, $3, 1)
    ON CONFLICT (kind, id, product) DO UPDATE SET used = u.used + 1 WHERE u.used < $4
)sql";
Result<Done> charge(Tx& tx, const char* kind, const std::string& id, const ProductId& product,
                    const std::optional<std::uint64_t>& limit) {
    if (!limit) return Done{};
    const auto cap = static_cast<std::int64_t>(*limit);
    if (cap < 1 ||
        tx.raw().exec_params(charge_sql, kind, id, product.get(), cap).affected_rows() != 1) {
        return Refusal{Reason::limited, std::string("limit: ") + kind + " has used all of it"};
    }
    return Done{};
}

constexpr const char* credential_sql = R"sql(
    INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element, product,
                            policy_sha256, intermediate, lot, site, key_sha256, tbs_sha256, not_before,
                            not_after, installation_nonce, confirm_within, epoch)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            make_interval(secs => $18), $19)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* intent_sql = R"sql(
    INSERT INTO intent (serial, tbs, tbs_sha256) VALUES ($1, $2, $3)
)sql";
constexpr const char* same_request_sql = R"sql(
    SELECT FROM credential WHERE station = $1 AND request_id = $2
)sql";
Result<Done> write_intent(Tx& tx, const Reserving& w) {
    const auto written =
        tx.raw()
            .exec_params(credential_sql, bytea(w.serial.get()), w.issuance.get(), w.station.get(),
                         w.request_id.get(), bytea(w.body), w.device.get(), w.element.get(),
                         w.product.get(), bytea(w.policy), w.intermediate.get(), w.lot.get(),
                         w.site.get(), bytea(w.key), bytea(w.tbs_sha256), to_rfc3339(w.not_before),
                         to_rfc3339(w.not_after), bytea(w.installation_nonce),
                         w.confirm_within.count(), w.epoch)
            .affected_rows();
    if (written != 1) {
        const bool same =
            !tx.raw().exec_params(same_request_sql, w.station.get(), w.request_id.get()).empty();
        if (same)
            return Refusal{Reason::in_progress, "reserve: the same request is being worked on"};
        return element_refused("reserve: key, device or element has a live credential");
    }
    tx.raw().exec_params(intent_sql, bytea(w.serial.get()), bytea(w.tbs), bytea(w.tbs_sha256));
    return Done{};
}

Result<Done> Credentials::reserve(const Reserving& wanted) {
    pass_gate(tx_);
    HALLMARK_TRY(element_state, ask_again(tx_, wanted));
    HALLMARK_TRY(element, claim_element(tx_, wanted, element_state));
    HALLMARK_TRY(names, claim_key_and_names(tx_, wanted));
    HALLMARK_TRY(station, charge(tx_, "station", wanted.station.get(), wanted.product,
                                 wanted.station_limit));
    HALLMARK_TRY(lot, charge(tx_, "lot", wanted.lot.get(), wanted.product, wanted.lot_limit));
    return write_intent(tx_, wanted);
}

}  // namespace hallmark
