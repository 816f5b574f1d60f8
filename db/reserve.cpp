#include "db/arrays.h"
#include "db/claims.h"
#include "db/columns.h"
#include "db/gate.h"
#include "db/intents.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

// The order here is: lock and ask everything again, claim what must be unique, charge, write the
// intents. All in one commit; a crash before it leaves nothing, a crash after it leaves intents
// that reconcile burns.

namespace hallmark {
namespace {

struct Question {
    Reason reason;
    const char* detail;
};

// In the order of the columns of ask_again_sql.
constexpr std::array<Question, 12> questions{{
    {Reason::challenge_not_accepted, "challenge: spent or expired meanwhile"},
    {Reason::forbidden, "reserve: station not active, out of its window or scope"},
    {Reason::forbidden, "reserve: outside the shifts of the station's site"},
    {Reason::element_not_accepted, "custody: lot not released for this product, site and line"},
    {Reason::element_not_accepted, "custody: element neither allotted nor bound"},
    {Reason::element_not_accepted, "custody: its model or firmware is in quarantine"},
    {Reason::policy_denied, "policy: another version is current"},
    {Reason::evidence_not_accepted, "chain: the root is not pinned any more"},
    {Reason::unavailable, "reserve: intermediate suspended or expired"},
    {Reason::unavailable, "reserve: intermediate out of its window or for another product line"},
    {Reason::unavailable, "reserve: this policy version is on hold"},
    {Reason::unavailable, "reserve: this node's epoch is dead"},
}};

using Rows = std::vector<const IntentEntry*>;
/// A refusal where there is one, by the row's place in the batch.
using Refusals = std::vector<std::optional<Refusal>>;

std::size_t place_in(const pqxx::row& row) {
    return row[0].as<std::size_t>() - 1;  // WITH ORDINALITY counts from one.
}

}  // namespace

// The lot before the element, as everyone who locks both; elements in their order, as every node
// does. KEY SHARE lets the epoch's beat pass: under load there is always somebody who holds the
// row.
constexpr const char* ask_again_sql = R"sql(
    WITH open AS MATERIALIZED (
        SELECT d.site
        FROM (SELECT DISTINCT site FROM unnest($3::text[]) AS u (site)) d,
             site_clock(d.site, clock_timestamp()) k
        WHERE k.shift IS NOT NULL
    )
    SELECT w.i,
           EXISTS (SELECT FROM challenge c WHERE c.challenge = w.challenge AND c.spent_at IS NULL
                   AND c.expires_at > clock_timestamp()),
           s.state = 'active' AND s.expires > clock_timestamp() AND w.product = ANY (s.products) AND s.site = w.site,
           EXISTS (SELECT FROM open WHERE open.site = w.site),
           l.state = 'released' AND l.product = w.product AND l.site = w.site
           AND COALESCE(l.line = s.line, l.line IS NULL),
           e.state IN ('allotted', 'bound'),
           NOT EXISTS (SELECT FROM quarantine q WHERE q.vendor = w.vendor AND q.model IN (w.model, e.model)
                       AND q.lifted_at IS NULL AND COALESCE(q.firmware, w.firmware) = w.firmware),
           w.policy = (SELECT policy_sha256 FROM product_policy WHERE product = w.product
                       ORDER BY number DESC LIMIT 1),
           EXISTS (SELECT FROM vendor_pin v JOIN vendor_anchor a ON a.pin = v.number
                   WHERE v.vendor = w.vendor AND v.format = w.format AND v.active
                     AND a.kind = 'root' AND sha256(a.certificate) = w.anchor),
           i.state = 'active' AND i.not_after > clock_timestamp(),
           COALESCE(i.signs_from <= clock_timestamp(), true) AND COALESCE(i.signs_until > clock_timestamp(), true)
           AND COALESCE(w.product = ANY (i.products), true),
           NOT EXISTS (SELECT FROM product_hold WHERE policy_sha256 = w.policy AND held),
           p.beat_at > clock_timestamp() - interval '5 seconds'
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],
                $8::text[], $9::bytea[], $10::bytea[], $11::bigint[], $12::text[], $13::text[])
         WITH ORDINALITY AS w (element, product, site, station, policy, vendor, format, intermediate,
                               anchor, challenge, epoch, model, firmware, i)
    JOIN element e ON e.id = w.element
    JOIN lot l ON l.id = e.lot
    JOIN station s ON s.id = w.station
    JOIN intermediate i ON i.id = w.intermediate
    JOIN epoch p ON p.id = w.epoch
    ORDER BY w.element
    FOR SHARE OF l, s, i
    FOR KEY SHARE OF p
    FOR UPDATE OF e
)sql";
Refusals ask_again(Tx& tx, std::span<const IntentEntry* const> entries) {
    Refusals refusals(entries.size(), Refusal{Reason::unavailable,
                                              "reserve: station, element or intermediate is gone"});
    const pqxx::result rows = run_prepared(
        tx, ask_again_sql,
        texts(entries, [](auto* e) { return std::string_view(e->row.element.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.product.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.site.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.station.get()); }),
        byteas(entries, [](auto* e) { return ByteView(e->row.policy); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.vendor.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.format); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.intermediate.get()); }),
        byteas(entries, [](auto* e) { return ByteView(e->row.anchor); }),
        byteas(entries, [](auto* e) { return ByteView(e->challenge); }),
        numbers(entries, [](auto* e) { return e->row.epoch; }),
        texts(entries, [](auto* e) { return std::string_view(e->row.model); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.firmware); }));
    for (const auto& row : rows) {
        std::optional<Refusal>& refusal = refusals[place_in(row)];
        refusal.reset();
        for (std::size_t i = 0; i < questions.size() && !refusal; ++i) {
            const auto answer = row[static_cast<pqxx::row::size_type>(i + 1)];
            if (answer.is_null() || !answer.as<bool>())
                refusal = Refusal{questions[i].reason, questions[i].detail};
        }
    }
    return refusals;
}

// Asked in a statement of its own, after the elements are locked: who held one before may have
// written what this sees.
constexpr const char* lives_sql = R"sql(
    SELECT w.i, c.live, c.void, (d.id IS NULL OR (d.product = w.product AND d.element = w.element))
           AND (o.id IS NULL OR o.id = w.device),
           COALESCE(d.state IN ('unprovisioned', 'issued'), true)
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (element, device, product, i)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state IN ('reserved', 'issued', 'active')) AS live,
               count(*) FILTER (WHERE state = 'void') AS void
        FROM credential
        WHERE element = w.element) c
    LEFT JOIN device d ON d.id = w.device
    LEFT JOIN device o ON o.element = w.element
)sql";
Refusals ask_lives(Tx& tx, const Rows& entries) {
    Refusals refusals(entries.size());
    const pqxx::result rows = run_prepared(
        tx, lives_sql,
        texts(entries, [](auto* e) { return std::string_view(e->row.element.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.device.get()); }),
        texts(entries, [](auto* e) { return std::string_view(e->row.product.get()); }));
    for (const auto& row : rows) {
        const std::size_t place = place_in(row);
        const auto refuse = [&](const char* detail) {
            refusals[place] = Refusal{Reason::element_not_accepted, detail};
        };
        if (row[1].as<long>() != 0) {
            refuse("custody: the element has a live credential");
        } else if (row[2].as<std::uint32_t>() > entries[place]->row.rework_limit) {
            refuse("custody: reworked too often");
        } else if (!row[3].as<bool>()) {
            refuse("identity: the device name or the element belongs to another");
        } else if (!row[4].as<bool>()) {
            refuse("custody: the device was provisioned before");
        }
    }
    return refusals;
}

/// Adds to what is said against the rows what the limits say against the rest of them.
void refuse_unfit(Tx& tx, const Rows& rows, Refusals& said) {
    Rows rest;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (said[i]) continue;
        rest.push_back(rows[i]);
        places.push_back(i);
    }
    if (rest.empty()) return;
    Refusals unfit = fit_limits(tx, rest);
    for (std::size_t i = 0; i < rest.size(); ++i)
        said[places[i]] = std::move(unfit[i]);
}

std::vector<Result<Done>> Intents::reserve(std::span<const IntentEntry* const> entries,
                                           Fitting fitting) {
    Refusals refusals = ask_again(tx_, entries);
    // The places of those that nothing was said against, in the order of their elements.
    std::vector<std::size_t> places(entries.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::erase_if(places, [&](std::size_t place) { return refusals[place].has_value(); });
    std::sort(places.begin(), places.end(), [&](std::size_t left, std::size_t right) {
        return entries[left]->row.element < entries[right]->row.element;
    });
    Rows rows;
    for (const std::size_t place : places)
        rows.push_back(entries[place]);

    if (!rows.empty()) {
        Refusals said = ask_lives(tx_, rows);
        if (fitting == Fitting::asked) refuse_unfit(tx_, rows, said);
        Rows fit;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            refusals[places[i]] = said[i];
            if (!said[i]) fit.push_back(rows[i]);
        }
        if (!fit.empty()) {
            const Result<Done> written = write_claims(tx_, fit);
            // Only a batch of one is refused as late as this.
            if (!written) refusals[0] = written.error();
        }
    }
    std::vector<Result<Done>> answers;
    for (std::optional<Refusal>& refusal : refusals) {
        if (refusal) {
            answers.emplace_back(std::move(*refusal));
        } else {
            answers.emplace_back(Done{});
        }
    }
    return answers;
}

}  // namespace hallmark
