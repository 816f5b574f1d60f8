#include "db/proposals.h"

#include "db/columns.h"

namespace hallmark {
namespace {

const char* or_null(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

StoredProposal proposal_in(const pqxx::row& row) {
    StoredProposal found{.number = row[0].as<std::uint64_t>(),
                         .id = row[1].as<std::string>(),
                         .kind = row[2].as<std::string>(),
                         .canonical = row[3].as<std::string>(""),
                         .sha256 = digest_in(row[4]),
                         .proposer = OperatorId(row[5].as<std::string>()),
                         .proposed_at = instant_in(row[6]),
                         .expires_at = instant_in(row[7]),
                         .state = row[8].as<std::string>()};
    if (!row[9].is_null()) found.decided_by = OperatorId(row[9].as<std::string>());
    if (!row[10].is_null()) found.decided_at = instant_in(row[10]);
    if (!row[11].is_null()) found.break_glass = row[11].as<std::string>();
    found.why = row[12].as<std::string>();
    return found;
}

StoredBreakGlass break_glass_in(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .opened_by = OperatorId(row[1].as<std::string>()),
            .reason = row[2].as<std::string>(),
            .opened_at = instant_in(row[3]),
            .until = instant_in(row[4]),
            .has_power = row[5].as<bool>()};
}

}  // namespace

// The number is arbitrary and ours.
constexpr const char* lock_applications_sql = R"sql(
    SELECT pg_advisory_xact_lock(4842219)
)sql";
void Proposals::lock_applications() {
    tx_.raw().exec1(lock_applications_sql);
}

constexpr const char* clock_sql = R"sql(
    SELECT micros(clock_timestamp())
)sql";
Instant Proposals::clock() {
    return instant_in(tx_.raw().exec1(clock_sql)[0]);
}

constexpr const char* count_open_sql = R"sql(
    SELECT count(*)
    FROM proposal
    WHERE proposer = $1 AND state = 'open' AND expires_at > clock_timestamp()
)sql";
std::size_t Proposals::count_open(const OperatorId& proposer) {
    return run_prepared(tx_, count_open_sql, proposer.get())[0][0].as<std::size_t>();
}

constexpr const char* insert_proposal_sql = R"sql(
    INSERT INTO proposal (id, kind, canonical, proposal_sha256, proposer, proposed_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)
)sql";
void Proposals::insert(const StoredProposal& proposal) {
    run_prepared(tx_, insert_proposal_sql, proposal.id, proposal.kind, proposal.canonical,
                 bytea(proposal.sha256), proposal.proposer.get(), to_rfc3339(proposal.proposed_at),
                 to_rfc3339(proposal.expires_at));
}

constexpr const char* find_proposal_sql = R"sql(
    SELECT number, id, kind, canonical, proposal_sha256, proposer, micros(proposed_at),
           micros(expires_at), state, decided_by, micros(decided_at), break_glass, why
    FROM proposal
    WHERE id = $1
)sql";
std::optional<StoredProposal> Proposals::find(const std::string& id) {
    const pqxx::result rows = run_prepared(tx_, find_proposal_sql, id);
    if (rows.empty()) return std::nullopt;
    return proposal_in(rows[0]);
}

constexpr const char* find_locked_proposal_sql = R"sql(
    SELECT number, id, kind, canonical, proposal_sha256, proposer, micros(proposed_at),
           micros(expires_at), state, decided_by, micros(decided_at), break_glass, why
    FROM proposal
    WHERE id = $1
    FOR UPDATE
)sql";
std::optional<StoredProposal> Proposals::find_locked(const std::string& id) {
    const pqxx::result rows = run_prepared(tx_, find_locked_proposal_sql, id);
    if (rows.empty()) return std::nullopt;
    return proposal_in(rows[0]);
}

constexpr const char* overdue_sql = R"sql(
    SELECT number, id, kind, NULL::text, proposal_sha256, proposer, micros(proposed_at),
           micros(expires_at), state, decided_by, micros(decided_at), break_glass, why
    FROM proposal
    WHERE state = 'open' AND expires_at <= clock_timestamp()
    ORDER BY number
    LIMIT 100
    FOR UPDATE SKIP LOCKED
)sql";
std::vector<StoredProposal> Proposals::overdue() {
    std::vector<StoredProposal> found;
    for (const auto& row : run_prepared(tx_, overdue_sql))
        found.push_back(proposal_in(row));
    return found;
}

constexpr const char* list_proposals_sql = R"sql(
    SELECT number, id, kind, NULL::text, proposal_sha256, proposer, micros(proposed_at),
           micros(expires_at), state, decided_by, micros(decided_at), break_glass, why
    FROM proposal
    WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint = 0 OR number < $2)
    ORDER BY number DESC
    LIMIT $3
)sql";
std::vector<StoredProposal> Proposals::list(const std::optional<std::string>& state,
                                            std::uint64_t before, std::uint32_t limit) {
    std::vector<StoredProposal> found;
    for (const auto& row : run_prepared(tx_, list_proposals_sql, or_null(state), before, limit))
        found.push_back(proposal_in(row));
    return found;
}

constexpr const char* decide_sql = R"sql(
    UPDATE proposal
    SET state = $2, decided_by = $3, decided_at = clock_timestamp(), break_glass = $4::uuid, why = $5
    WHERE id = $1
)sql";
void Proposals::decide(const std::string& id, const Decision& decision) {
    run_prepared(tx_, decide_sql, id, decision.state,
                 decision.by ? decision.by->get().c_str() : nullptr, or_null(decision.break_glass),
                 decision.why);
}

constexpr const char* take_in_hand_sql = R"sql(
    SELECT set_config('hallmark.proposal', $1, true)
)sql";
void Proposals::take_in_hand(const std::string& id) {
    run_prepared(tx_, take_in_hand_sql, id);
}

constexpr const char* acts_about_sql = R"sql(
    SELECT count(*)
    FROM event
    WHERE subject = $1
)sql";
std::uint64_t Proposals::acts_about(const std::string& subject) {
    return run_prepared(tx_, acts_about_sql, subject)[0][0].as<std::uint64_t>();
}

constexpr const char* refused_lately_sql = R"sql(
    SELECT count(*)
    FROM event
    WHERE at > now() - interval '1 minute' AND type = 'proposal.refused' AND actor = $1
)sql";
std::size_t Proposals::refused_lately(const std::string& actor) {
    return run_prepared(tx_, refused_lately_sql, actor)[0][0].as<std::size_t>();
}

constexpr const char* open_one_sql = R"sql(
    SELECT id, opened_by, reason, micros(opened_at), micros(until), until > clock_timestamp()
    FROM break_glass
    WHERE state = 'open'
)sql";
std::optional<StoredBreakGlass> BreakGlasses::open_one() {
    const pqxx::result rows = run_prepared(tx_, open_one_sql);
    if (rows.empty()) return std::nullopt;
    return break_glass_in(rows[0]);
}

constexpr const char* open_sql = R"sql(
    INSERT INTO break_glass (id, opened_by, reason, until)
    VALUES (gen_random_uuid(), $1, $2, now() + $3 * interval '1 second')
    ON CONFLICT DO NOTHING
    RETURNING id, opened_by, reason, micros(opened_at), micros(until), until > clock_timestamp()
)sql";
std::optional<StoredBreakGlass> BreakGlasses::open(const OperatorId& by, const std::string& reason,
                                                   std::chrono::seconds lasting) {
    const pqxx::result rows = run_prepared(tx_, open_sql, by.get(), reason, lasting.count());
    if (rows.empty()) return std::nullopt;
    return break_glass_in(rows[0]);
}

constexpr const char* close_sql = R"sql(
    UPDATE break_glass
    SET state = 'closed', closing = $2
    WHERE id = $1
)sql";
void BreakGlasses::close(const std::string& id, const std::string& proposal) {
    run_prepared(tx_, close_sql, id, proposal);
}

}  // namespace hallmark
